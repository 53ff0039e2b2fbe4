"""What the Recommendation asks of a hub, as a strict subscriber sees it. Sections are those of WebSub."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from service.core.settings.hub import Hub
from service.documents.formats import ALL_FORMATS
from tests.push.hub.conftest import TOPIC, HubUser
from tests.support.answers import payload
from tests.support.articles import submission
from tests.support.server import eventually
from tests.support.subscriber import Call, answer, confirm

FORM = "application/x-www-form-urlencoded"


def test_the_hub_and_the_topic_are_found_in_headers_and_documents(client: FlaskClient, user: HubUser) -> None:
    """§4."""
    for extension in ("rss", "atom", "json"):
        response = client.get(f"/latest.{extension}")
        links = response.headers["Link"]
        assert '<https://feeds.example/hub>; rel="hub"' in links
        assert f'<https://feeds.example/latest.{extension}>; rel="self"' in links
        for url in (b"https://feeds.example/hub", f"https://feeds.example/latest.{extension}".encode()):
            assert url in response.data
    user.services.publisher.put([submission(f"{number}") for number in range(120)])
    archive = re.search(r"https://feeds\.example(/latest/archive/[^\"]+)", client.get("/latest.atom").text)
    assert archive
    assert "hub" not in client.get(archive[1]).headers["Link"]


def test_a_subscription_is_verified_and_gets_new_documents(hub: HubUser, client: FlaskClient) -> None:
    """§5.1, §5.3, §7, §7.1."""
    hub.subscribe("/callback?key=a%20b&hub.mode=mine", lease_seconds="7200", secret="rahasia")
    [asked] = hub.subscriber.verifications()
    assert asked.path.startswith("/callback?key=a%20b&hub.mode=mine&")
    assert asked.query["hub.mode"] == ["mine", "subscribe"]
    assert (asked.query["hub.topic"], asked.query["hub.lease_seconds"]) == ([TOPIC], ["7200"])
    assert len(asked.query["hub.challenge"][0]) > 20
    hub.publish("baru")
    hub.delivered(1)
    [delivery] = hub.subscriber.deliveries()
    assert delivery.path == "/callback?key=a%20b&hub.mode=mine"
    served = client.get("/latest.rss", headers={"Accept-Encoding": "identity"})
    assert delivery.body == served.data
    assert delivery.headers["content-type"] == served.headers["Content-Type"]
    assert delivery.headers["link"] == f'<https://feeds.example/hub>; rel="hub", <{TOPIC}>; rel="self"'
    assert delivery.is_signed("rahasia")
    assert not delivery.is_signed("lain")


def test_without_a_secret_there_is_no_signature(hub: HubUser) -> None:
    hub.subscribe()
    hub.publish("baru")
    hub.delivered(1)
    assert "x-hub-signature" not in hub.subscriber.deliveries()[0].headers


def test_each_format_is_a_topic(hub: HubUser, client: FlaskClient) -> None:
    """Also those for partners, one with a limit, and those of a category and a ranking."""
    topics = [f"latest.{extension}" for extension in ALL_FORMATS]
    topics += ["latest.rss?limit=1", "category/dinamika.atom", "popular/entered.json", "trending.rss"]
    for number, topic in enumerate(topics):
        assert hub.ask(f"/{number}", topic=f"https://feeds.example/{topic}").status_code == 202
    eventually(lambda: hub.totals().subscriptions == len(topics))
    hub.publish("baru")
    timely = [number for number, topic in enumerate(topics) if "popular" not in topic and "trending" not in topic]
    eventually(lambda: {call.callback for call in hub.subscriber.deliveries()} == {f"/{number}" for number in timely})
    for call in hub.subscriber.deliveries():
        topic = topics[int(call.callback[1:])]
        served = client.get(f"/{topic}", headers={"Accept-Encoding": "identity"})
        assert (call.body, call.headers["content-type"]) == (served.data, served.headers["Content-Type"]), topic


@pytest.mark.parametrize(
    ("wished", "granted"),
    [
        ({}, 864_000),
        ({"lease_seconds": "0"}, 3600),
        ({"lease_seconds": "9" * 5_000}, 2_592_000),
        ({"lease_seconds": "86400"}, 86_400),
    ],
    ids=["none", "zero", "endless", "a day"],
)
def test_the_lease_is_within_the_limits(hub: HubUser, wished: dict[str, str], granted: int) -> None:
    hub.subscribe(**wished)
    assert hub.subscriber.verifications()[0].query["hub.lease_seconds"] == [str(granted)]


@pytest.mark.parametrize(
    "reply",
    [answer(200, b"other"), answer(200), answer(404), answer(302, Location="/other"), b"no HTTP\r\n\r\n"],
    ids=["another text", "nothing", "404", "redirect", "garbage"],
)
def test_a_callback_that_does_not_confirm_gets_nothing(hub: HubUser, reply: bytes) -> None:
    async def script(_call: Call, _writer: object) -> bytes:
        return reply

    hub.subscriber.scripts["/unwilling"] = script
    hub.ask("/unwilling")
    eventually(lambda: hub.subscriber.verifications("/unwilling"))
    hub.subscribe("/willing")
    hub.publish("baru")
    hub.delivered(1, "/willing")
    assert hub.subscriber.deliveries("/unwilling") == []
    assert hub.totals().subscriptions == 1


def test_a_challenge_with_more_behind_it_is_no_confirmation(hub: HubUser) -> None:
    async def script(call: Call, writer: object) -> bytes:
        return answer(200, call.query["hub.challenge"][0].encode() + b"\n")

    hub.subscriber.scripts["/newline"] = script
    hub.ask("/newline")
    eventually(lambda: hub.subscriber.verifications("/newline") and hub.totals().waiting == 0)
    assert hub.totals().subscriptions == 0


def test_a_renewal_replaces_lease_and_secret_once_it_is_verified(hub: HubUser) -> None:
    hub.subscribe(secret="lama")
    hub.ask(secret="baru", lease_seconds="1000000")
    eventually(lambda: len(hub.subscriber.verifications()) == 2 and hub.totals().waiting == 0)
    hub.publish("baru")
    hub.delivered(1)
    assert hub.subscriber.deliveries()[0].is_signed("baru")
    challenges = {call.query["hub.challenge"][0] for call in hub.subscriber.verifications()}
    assert len(challenges) == 2
    assert hub.totals().subscriptions == 1


def test_a_renewal_that_is_not_confirmed_changes_nothing(hub: HubUser) -> None:
    hub.subscribe(secret="lama")

    async def refuse(call: Call, writer: object) -> bytes:
        return answer(404 if call.method == "GET" else 200)

    hub.subscriber.scripts["/callback"] = refuse
    hub.ask(secret="baru")
    eventually(lambda: len(hub.subscriber.verifications()) == 2 and hub.totals().waiting == 0)
    hub.publish("baru")
    hub.delivered(1)
    assert hub.subscriber.deliveries()[0].is_signed("lama")


def test_unsubscribing_is_verified_too(hub: HubUser) -> None:
    hub.subscribe("/stays")
    hub.subscribe("/goes")

    async def refuse(call: Call, writer: object) -> bytes:
        return answer(404)

    hub.subscriber.scripts["/stays"] = refuse
    for path in ("/stays", "/goes"):
        assert hub.ask(path, mode="unsubscribe").status_code == 202
    eventually(lambda: hub.totals().waiting == 0)
    assert hub.totals().subscriptions == 1
    asked = hub.subscriber.verifications("/goes")[-1]
    assert (asked.mode, asked.query["hub.topic"]) == ("unsubscribe", [TOPIC])
    assert "hub.lease_seconds" not in asked.query
    hub.subscriber.scripts["/stays"] = confirm
    hub.publish("baru")
    hub.delivered(1, "/stays")
    assert hub.subscriber.deliveries("/goes") == []


def test_after_the_lease_nothing_is_sent(hub: HubUser) -> None:
    hub.subscribe("/expired")
    hub.subscribe("/kept")
    with hub.services.database.writing() as connection:
        past = "UPDATE hub_subscriptions SET expires_at = '2026-01-01 00:00:00' WHERE callback LIKE '%expired'"
        connection.execute(text(past))
    hub.publish("baru")
    hub.delivered(1, "/kept")
    assert hub.subscriber.deliveries("/expired") == []


@pytest.mark.parametrize("limits", [Hub(subscriptions_per_host=2), Hub(subscriptions=2)], ids=["host", "total"])
def test_more_subscriptions_than_the_limit_are_denied_with_a_reason(hub: HubUser) -> None:
    """§5.2. A renewal is not one more."""
    hub.subscribe("/1")
    hub.subscribe("/2")
    hub.ask("/3")
    denied = eventually(lambda: hub.subscriber.verifications("/3"))[0]
    assert denied.query["hub.mode"] == ["denied"]
    assert denied.query["hub.topic"] == [TOPIC]
    assert "largest number of subscriptions" in denied.query["hub.reason"][0]
    hub.ask("/2", secret="baru")
    eventually(lambda: len(hub.subscriber.verifications("/2")) == 2)
    assert hub.totals().subscriptions == 2


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"mode": "publish"}, 400, "hub.mode: publish is not accepted"),
        ({"mode": "denied"}, 400, "hub.mode: must be subscribe or unsubscribe"),
        ({"mode": ""}, 400, "hub.mode"),
        ({"topic": ""}, 400, "hub.topic: is missing"),
        ({"topic": "https://other.example/latest.rss"}, 400, "hub.topic: this hub has only topics whose URL begins"),
        ({"topic": "https://feeds.example/latest"}, 400, r"self: https://feeds\.example/latest\.rss"),
        ({"topic": f"{TOPIC}?limit=50"}, 400, r"self: https://feeds\.example/latest\.rss$"),
        ({"topic": f"{TOPIC}?limit=0"}, 400, "limit"),
        ({"topic": f"{TOPIC}?page=2"}, 400, "the only parameter"),
        ({"topic": "https://feeds.example/Category/Dinamika.rss"}, 400, "another URL"),
        ({"topic": "https://feeds.example/latest/archive/0.rss"}, 400, "archive"),
        ({"topic": "https://feeds.example/category/tiada.rss"}, 404, "there is no feed 'category/tiada'"),
        ({"topic": "https://feeds.example/stats"}, 404, "there is no feed"),
        ({"callback": ""}, 400, "hub.callback: is missing"),
        ({"callback": "ftp://a.example/"}, 400, "hub.callback: only http and https"),
        ({"callback": "https://a.example/#x"}, 400, "hub.callback: must not have a fragment"),
        ({"callback": "https://a.example/#"}, 400, "hub.callback: must not have a fragment"),
        ({"callback": "https://u:p@a.example/"}, 400, "hub.callback: a URL may not contain a user name"),
        ({"callback": "http://10.0.0.1/"}, 400, "hub.callback: 10.0.0.1 leads to 10.0.0.1, which is not a public"),
        ({"callback": "http://[::ffff:169.254.169.254]/"}, 400, "hub.callback: .*not a public"),
        ({"callback": "https://a.example:0/"}, 400, "hub.callback: .*no server has the port 0"),
        ({"callback": "https://a.example\\@b.example/"}, 400, "hub.callback: a URL may not contain a user name"),
        ({"callback": "https://a.example\\b.example/"}, 400, "hub.callback: .*a host may have only letters"),
        ({"callback": f"https://a.example/{'x' * 2000}"}, 400, "hub.callback: is longer than"),
        ({"callback": "https://a.example/é"}, 400, "hub.callback: must be written in ASCII"),
        ({"lease_seconds": "soon"}, 400, "hub.lease_seconds: must be a number"),
        ({"lease_seconds": "-5"}, 400, "hub.lease_seconds: must be a number"),
        ({"secret": "x" * 200}, 400, "hub.secret: must be shorter than 200 bytes"),
        ({"secret": "é" * 100}, 400, "hub.secret"),
        ({"secret": "a\0b"}, 400, "hub.secret"),
    ],
    ids=lambda value: str(sorted(value.items()))[:60] if isinstance(value, dict) else None,
)
def test_a_wrong_request_is_refused_with_a_sentence(
    user: HubUser, change: dict[str, str], status: int, says: str
) -> None:
    fields = {"mode": "subscribe", "topic": TOPIC, "callback": "https://a.example/", **change}
    form = urlencode({f"hub.{name}": value for name, value in fields.items()})
    response = user.client.post("/hub", data=form, content_type=FORM)
    assert response.status_code == status
    assert re.search(says, payload(response)["detail"])
    assert user.totals().waiting == 0


def test_a_secret_of_199_bytes_is_taken(user: HubUser) -> None:
    assert user.ask(secret="x" * 199).status_code == 202


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"hub.mode=subscribe&hub.mode=subscribe", FORM, 400),
        (b"hub.mode=%ff", FORM, 400),
        (b"&".join(b"a=%d" % n for n in range(101)), FORM, 400),
        (b"hub.mode=subscribe" + b"x" * 20_000, FORM, 413),
        (b"{}", "application/json", 415),
        (b"", "", 415),
        (b"", FORM, 400),
    ],
    ids=["twice", "no UTF-8", "many fields", "too long", "JSON", "no type", "empty"],
)
def test_a_body_that_is_no_such_form_is_refused(user: HubUser, body: bytes, media_type: str, status: int) -> None:
    assert user.client.post("/hub", data=body, content_type=media_type or None).status_code == status


def test_other_fields_and_parameters_of_the_media_type_are_ignored(user: HubUser) -> None:
    form = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": user.subscriber.url(), "x": "y"}
    more = urlencode([*form.items(), ("hub.verify", "sync"), ("hub.verify", "async"), ("hub.verify_token", "t")])
    assert user.client.post("/hub", data=more, content_type=f"{FORM}; charset=UTF-8").status_code == 202


@pytest.mark.parametrize("limits", [Hub(enabled=False)], ids=["off"])
def test_a_hub_that_is_off_is_not_named_and_answers_404(client: FlaskClient, user: HubUser) -> None:
    assert "hub" not in client.get("/latest.rss").headers["Link"]
    assert client.get("/hub").status_code == user.ask().status_code == 404


def test_a_person_who_opens_the_hub_learns_how_to_subscribe(client: FlaskClient, user: HubUser) -> None:
    assert "hub.callback" in client.get("/hub").text


def test_corrections_withdrawals_embargoes_and_expiries_are_pushed(hub: HubUser, announcing: None) -> None:
    hub.subscribe()
    hub.publish("satu", title="Salah")
    hub.delivered(1)
    hub.publish("satu", title="Benar", correction="Judul diperbaiki.")
    hub.delivered(2)
    hub.services.publisher.withdraw("satu")
    hub.delivered(3)
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    hub.publish(
        "nanti", title="Nanti", published_at=soon.isoformat(), expires_at=(soon + timedelta(seconds=2)).isoformat()
    )
    hub.delivered(5)
    bodies = [call.body for call in hub.subscriber.deliveries()]
    assert [b"Salah" in body for body in bodies] == [True, False, False, False, False]
    assert [b"Benar" in body for body in bodies] == [False, True, False, False, False]
    assert [b"Nanti" in body for body in bodies] == [False, False, False, True, False]


def test_many_changes_are_few_deliveries_and_the_last_one_is_the_newest(hub: HubUser, client: FlaskClient) -> None:
    hub.subscribe()
    for number in range(20):
        hub.publish("satu", title=f"Judul {number}")
    eventually(lambda: b"Judul 19" in b"".join(call.body for call in hub.subscriber.deliveries()[-1:]))
    assert len(hub.subscriber.deliveries()) < 20
    bodies = [call.body for call in hub.subscriber.deliveries()]
    assert len(set(bodies)) == len(bodies)


def test_a_change_that_readers_do_not_see_is_not_pushed(hub: HubUser) -> None:
    hub.subscribe("/berita", topic="https://feeds.example/category/dinamika.headlines.json")
    hub.publish("lama", content_html="<p>Isi lain.</p>", updated_at="2026-02-22T09:00:00+07:00")
    hub.publish("baru")
    hub.delivered(1)
    assert len(hub.subscriber.deliveries()) == 1
