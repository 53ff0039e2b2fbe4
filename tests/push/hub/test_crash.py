"""A worker that dies at any step delays deliveries, and loses none. Real processes are killed with SIGKILL."""

import signal
import subprocess
import sys
import time

import pytest

from service.bootstrap import Services
from tests.push.hub.conftest import HubUser
from tests.support.server import DEADLINE, ROOT, environment, eventually

# The worker dies at the end of a step, before the next one.
DYING = """
import os, signal, sys
from service.cli import main
from service.storage.hub import HubTopics, Subscriptions
def dies(step):
    def run(*arguments, **named):
        step(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    return run
{patch}
sys.argv = ["warta", "worker"]
main()
"""
STEPS = {
    "the change is followed": "HubTopics._follow = dies(HubTopics._follow)",
    "the version is recorded": "HubTopics.settle = dies(HubTopics.settle)",
    "a portion is taken": "Subscriptions.take = dies(Subscriptions.take)",
    "some are sent": "Subscriptions.settle = lambda *_: os.kill(os.getpid(), signal.SIGKILL)",
    "the outcomes are stored": "Subscriptions.settle = dies(Subscriptions.settle)",
}


def die(services: Services, step: str) -> None:
    """Run `warta worker` until it is killed after the step."""
    settings = services.settings
    process = subprocess.Popen(
        [sys.executable, "-c", DYING.format(patch=STEPS[step])],
        cwd=ROOT,
        env=environment(
            settings.data_dir,
            WARTA_BASE_URL=settings.base_url,
            WARTA_REDIS_URL=settings.redis_url.get_secret_value(),
            WARTA_OUTGOING_ALLOW="127.0.0.0/8",
            WARTA_HUB__DELIVERY_SECONDS=f"{settings.hub.delivery_seconds}",
            WARTA_SITE__TITLE=settings.site.title,
            WARTA_SITE__DESCRIPTION=settings.site.description,
            WARTA_SITE__RIGHTS=settings.site.rights,
            WARTA_SITE__TAG_AUTHORITY=settings.site.tag_authority,
        ),
        stderr=subprocess.DEVNULL,
    )
    assert process.wait(DEADLINE) == -signal.SIGKILL


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_is_killed_loses_nothing(user: HubUser, step: str) -> None:
    paths = [f"/{number}" for number in range(20)]
    with user.worker():
        for path in paths:
            user.ask(path)
        eventually(lambda: user.totals().subscriptions == len(paths))
        time.sleep(0.6)  # the topic is compared once after its first subscription
    user.publish("baru")  # its commit is all that happens before the crash
    die(user.services, step)
    sent = len(user.subscriber.deliveries())
    assert sent == {"some are sent": sent, "the outcomes are stored": sent}.get(step, 0)
    user.end_leases()
    with user.worker():
        for path in paths:
            user.delivered(1, path)
        eventually(lambda: user.totals().due == 0)
    assert all(b"Judul baru" in call.body for call in user.subscriber.deliveries())
    again = len(user.subscriber.deliveries()) - len(paths)
    assert again <= (sent if step == "some are sent" else 0)  # only what was sent and not stored is sent again
