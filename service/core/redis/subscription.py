"""Messages between hosts over a channel of Redis (pub/sub). A message may be lost; it is never the only way."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

from redis import RedisError
from redis.exceptions import RedisClusterException, ResponseError

from service.core.plain_errors import plain_message

PING_SECONDS = 1.0  # between two pings, which show that the connection still works
SILENCE_SECONDS = 3.0  # without an answer to a ping; then the connection is made anew
RETRY_SECONDS = 1.0  # between two attempts to connect


log = logging.getLogger(__name__)
_refused = threading.Event()


def publish(redis: Any, channel: str, message: str) -> None:
    """Publish a message, in a `RedisLink.use` block. A refusal by the server's ACL is logged once, and not raised."""
    try:
        redis.publish(channel, message)
    except ResponseError as error:
        if not _refused.is_set():
            _refused.set()
            log.warning(
                "redis refuses the channel %s; other hosts see changes a second later: %s",
                channel,
                plain_message(error),
            )


class Subscription:
    """Listens to one channel in a thread of its own, and connects anew as long as it runs.

    `connect` makes a client. `receive` is called in the thread with each message. `connected` is called after each new
    connection: messages may have been lost before.
    """

    def __init__(
        self,
        connect: Callable[[], Any],
        channel: str,
        receive: Callable[[bytes], None],
        connected: Callable[[], None] = lambda: None,
    ) -> None:
        self._connect = connect
        self._channel = channel
        self._receive = receive
        self._connected = connected
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="subscription", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop listening. Waits for at most PING_SECONDS."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(PING_SECONDS)

    def _run(self) -> None:
        is_failing = False
        while not self._stopping.is_set():
            try:
                with closing(self._connect()) as client, closing(client.pubsub()) as messages:
                    messages.subscribe(self._channel)
                    is_failing = False
                    self._listen(messages)
            except (RedisError, RedisClusterException, OSError) as error:
                if not is_failing and not self._stopping.is_set():
                    log.warning("changes on other hosts are seen a second later: %s", plain_message(error))
                is_failing = True
                self._stopping.wait(RETRY_SECONDS)

    def _listen(self, messages: Any) -> None:
        """Receive until `stop`. Raises RedisError if the server no longer answers."""
        heard_at = pinged_at = time.monotonic()
        while not self._stopping.is_set():
            message = messages.get_message(timeout=PING_SECONDS / 4)
            now = time.monotonic()
            if message:
                heard_at = now
                if message["type"] == "message":
                    self._receive(message["data"])
                elif message["type"] == "subscribe":
                    self._connected()
            if now >= heard_at + SILENCE_SECONDS:
                raise RedisError("the server does not answer")
            if now >= pinged_at + PING_SECONDS:
                pinged_at = now
                messages.ping()
