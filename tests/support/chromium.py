"""A real browser for tests, told what to do over the DevTools protocol; a test without one is skipped."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from tests.support.server import DEADLINE, eventually

CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
_MAY_SKIP = not CHROMIUM and "REQUIRE_BROWSER" not in os.environ
needs_chromium = pytest.mark.skipif(_MAY_SKIP, reason="there is no browser: put chromium on PATH, or set CHROMIUM")
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/{}.0.0.0 Safari/537.36"
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--no-first-run", "--lang=id"),
    # Hosts that are no loopback to it: over http it trusts them as little as those of the internet.
    "--host-resolver-rules=MAP *.test 127.0.0.1",
    # Who says that it has no head is a program, and its views do not count.
    f"--user-agent={AGENT.format(150)}",
)
Message = dict[str, Any]


class Chromium:
    """A browser with a profile of its own, for the time of a `with` block."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM
        self.process = subprocess.Popen(
            [
                *("sh", "-c", 'exec "$@" 3<&0 4>&1', "sh"),  # it reads commands from 3, and answers on 4
                *(CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        assert self.process.stdin
        assert self.process.stdout
        self._commands, self._messages = self.process.stdin, self.process.stdout
        self._answers: dict[int, Message] = {}
        self._events: list[Message] = []
        self._sent = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._commands.close()  # it ends when nobody can command it any more
        try:
            self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(DEADLINE)
        self._messages.close()

    def tab(self, *, background: bool = False) -> "Tab":
        """A new tab, of a reader of its own. One in the background is hidden until it is activated."""
        target = self.call("Target.createTarget", url="about:blank", background=background)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, target, session)
        tab.call("Emulation.setUserAgentOverride", userAgent=AGENT.format(self._sent))
        return tab

    def call(self, method: str, session: str | None = None, **parameters: object) -> Any:
        """The result of a command; the test fails when the browser refuses it."""
        self._sent += 1
        number = self._sent
        command = {"id": number, "method": method, "params": parameters}
        if session:
            command["sessionId"] = session
        self._commands.write(json.dumps(command).encode() + b"\0")
        answer: Message = eventually(lambda: self._answers.pop(number, {}))
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def events(self, session: str, method: str) -> list[Message]:
        """What the browser has said under this name."""
        return [
            event["params"]
            for event in list(self._events)
            if event["method"] == method and event.get("sessionId") == session
        ]

    def _read(self) -> None:
        rest = b""
        while block := self._messages.read(2**16):
            *messages, rest = (rest + block).split(b"\0")
            for message in map(json.loads, messages):
                if "id" in message:
                    self._answers[message["id"]] = message
                else:
                    self._events.append(message)


class Tab:
    """A page in the browser, and what it has asked for and complained of."""

    def __init__(self, browser: Chromium, target: str, session: str) -> None:
        self._browser = browser
        self._target = target
        self._session = session
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: object) -> Any:
        return self._browser.call(method, self._session, **parameters)

    def events(self, method: str) -> list[Message]:
        return self._browser.events(self._session, method)

    def open(self, url: str) -> None:
        """Go there, and wait until the document can be used. An event of the document before it does not count."""
        loader = self.call("Page.navigate", url=url)["loaderId"]
        eventually(lambda: self._loader() == loader and self.evaluate("document.readyState") != "loading")

    def settle(self) -> None:
        """Wait until every request of the page has come to its end. Those of a page that was left may have none."""

        def open_requests() -> set[str]:
            ends = [*self.events("Network.loadingFinished"), *self.events("Network.loadingFailed")]
            asked = self.events("Network.requestWillBeSent")
            page = self._loader()
            # The browser's own, for an icon, begin when they like.
            return {
                event["requestId"] for event in asked if event["type"] != "Other" and event["loaderId"] in (page, "")
            } - {event["requestId"] for event in ends}

        eventually(lambda: not open_requests())

    def _loader(self) -> str:
        """The id of the document that the tab shows; all of its requests have it."""
        return str(self.call("Page.getFrameTree")["frameTree"]["frame"]["loaderId"])

    def show(self) -> None:
        """Bring a background tab to the front."""
        self._browser.call("Target.activateTarget", targetId=self._target)

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, as JSON has it."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def eventually(self, expression: str, is_so: Callable[[Any], object] = bool) -> Any:
        """The value of the expression, as soon as it is as it should be."""
        return eventually(lambda: value if is_so(value := self.evaluate(expression)) else None)

    def text(self, selector: str) -> str:
        """What a reader sees there."""
        return str(self.evaluate(f"document.querySelector({json.dumps(selector)}).innerText"))

    def complaints(self) -> Iterator[str]:
        """Whatever the page threw, and what the browser refused to it."""
        for event in self.events("Runtime.exceptionThrown"):
            yield event["exceptionDetails"]["text"]
        for event in self.events("Log.entryAdded"):
            if event["entry"]["source"] != "network":  # a server that is away
                yield event["entry"]["text"]
        for event in self.events("Runtime.consoleAPICalled"):
            yield event["type"]
