"""`warta webhooks`, and the deliveries of a real server, which is killed in between."""

import json
import os
import re
import signal
from contextlib import closing
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path

import pytest

from service.articles.dates import utc_now
from service.bootstrap import Services
from service.core.settings.model import Settings
from service.push.webhooks import Sender
from service.push.webhooks.endpoint_turn import TURN_LENGTH, Delivering, EndpointTurn
from service.storage import WebhookTurns
from tests.support.command import run
from tests.support.receiver import Receiver
from tests.support.server import Server, children, eventually

ALLOW = {"WARTA_WEBHOOKS__ALLOW": "127.0.0.0/8"}
URL = "https://arsip.example/warta"


def test_a_webhook_is_added_shown_tested_rotated_and_removed(tmp_path: Path) -> None:
    with Receiver() as receiver:
        added = run(tmp_path, "webhooks", "add", "arsip", receiver.url, "--event", "article.published")
        secret = added.output.strip()
        assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)
        listed = run(tmp_path, "webhooks", "list").output
        assert listed.split("\t")[:5] == ["arsip", receiver.url, "article.published", "all", "ok"]
        assert secret not in listed
        tested = run(tmp_path, "webhooks", "test", "arsip", **ALLOW)
        assert (tested.code, tested.output) == (0, "ok\tthe endpoint answers 204\n")
        new = run(tmp_path, "webhooks", "rotate", "arsip").output.strip()
        run(tmp_path, "webhooks", "test", "arsip", **ALLOW)
        assert [receiver.received[-1].is_signed_by(each) for each in (secret, new)] == [True, True]
    gone = run(tmp_path, "webhooks", "test", "arsip", **ALLOW)
    assert (gone.code, gone.output) == (1, "wrong\tConnection refused\n")
    refused = run(tmp_path, "webhooks", "test", "arsip")
    assert refused.code == 1
    assert "add its network to webhooks.allow" in refused.output
    assert run(tmp_path, "webhooks", "enable", "arsip").output == "enabled arsip\n"
    assert run(tmp_path, "webhooks", "replay", "arsip").output == "0 events to deliver\n"
    assert run(tmp_path, "webhooks", "replay", "arsip", "--since", "0").output == "0 events to deliver\n"
    assert run(tmp_path, "webhooks", "remove", "arsip").output == "removed arsip\n"
    assert run(tmp_path, "webhooks", "list").output == ""


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["add", "Arsip", URL], 2, "must have 1 to 50 small letters"),
        (["add", "arsip", "arsip.example"], 1, "url: only http and https URLs are fetched"),
        (["add", "arsip", URL, "--category", " "], 1, "categories.0: must not be empty"),
        (["add", "arsip", URL, "--event", "liked"], 2, "'liked' is not one of"),
        (["test", "tiada"], 1, "there is no webhook 'tiada'"),
        (["list", "tiada"], 1, "there is no webhook 'tiada'"),
        (["remove", "tiada"], 1, "there is no webhook 'tiada'"),
        (["replay", "tiada", "--since", "kapan"], 1, "since: is neither a cursor of the change log nor a time"),
    ],
    ids=str,
)
def test_wrong_use_is_one_line(tmp_path: Path, arguments: list[str], code: int, message: str) -> None:
    done = run(tmp_path, "webhooks", *arguments)
    assert done.code == code
    assert message in done.errors


def test_no_event_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    """SIGKILL while deliveries run. The next process repeats the events that were not confirmed, and loses none."""
    data = tmp_path / "data"
    token = run(data, "token", "create", "cms", "--scope", "articles:write").output.strip()
    with Receiver() as receiver:
        run(data, "webhooks", "add", "arsip", receiver.url)
        receiver.answer = lambda _: (500, {}) if receiver.ended.wait(0.02) else (200, {})
        with Server(data, WARTA_WEBHOOKS__ALLOW="127.0.0.0/8") as server:
            lines = b"\n".join(json.dumps({"id": f"a{n}", "title": "Judul"}).encode() for n in range(60))
            headers = {"Authorization": f"Bearer {token}"}
            assert server.request("POST", "/api/articles", lines, headers).status == 200
            eventually(lambda: len(receiver.received) > 15)
            for pid in (server.process.pid, *children(server.process.pid)):
                os.kill(pid, signal.SIGKILL)
            server.process.wait()
        assert len(receiver.received) < 60
        with closing(Services.build(Settings(data_dir=data))) as services:
            _deliver(services, utc_now() + TURN_LENGTH)
        assert {*receiver.lines} == {f"published a{n}" for n in range(60)}
        assert len({received.id for received in receiver.received}) == 60


def _deliver(services: Services, now: datetime) -> None:
    """Deliver everything, as another process does after the time of the killed one."""
    turns = WebhookTurns(services.database)
    sender = Sender([ip_network("127.0.0.0/8")])
    delivering = Delivering(services.store, turns, sender, services.delivery_counts, lambda: now)
    while due := turns.due(now):
        for name in due:
            turn = turns.take(name, now, TURN_LENGTH)
            assert turn
            EndpointTurn(turn, delivering, lambda: False).run()
