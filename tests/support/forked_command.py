"""`warta` for shell scripts, forked from a process that has imported it: a start takes some 50 ms instead of a second.

The program that runs is the real one, with the arguments, environment, working directory and files of its caller.
"""

import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
_CALL = """\
import json, os, socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
request = {"arguments": sys.argv[2:], "cwd": os.getcwd(), "environment": dict(os.environ)}
socket.send_fds(connection, [json.dumps(request).encode()], [0, 1, 2])
code = connection.recv(1)
sys.exit(code[0] if code else "warta ended without an exit code")
"""
# `serve` starts processes that import the main module again, so it cannot be forked.
_SCRIPT = """\
#!/bin/sh
case "$1" in serve | worker) exec env PYTHONPATH={root} {python} -m service.cli "$@" ;; esac
exec {python} -I -S {call} {socket} "$@"
"""


class ForkedCommand:
    """The command `warta` in a folder that callers put on their PATH, for the time of a `with` block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        call, path = folder / "call.py", folder / "warta.socket"
        call.write_text(_CALL)
        script = folder / "warta"
        script.write_text(_SCRIPT.format(root=ROOT, python=sys.executable, call=call, socket=path))
        script.chmod(0o755)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forked_command", str(self._listener.fileno())],
            cwd=ROOT,
            pass_fds=[self._listener.fileno()],
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait()
        self._listener.close()


def serve(listener: socket.socket) -> None:
    """Fork a process for each call, for ever."""
    from service import cli  # not before: only this process pays for it

    for module in pkgutil.iter_modules(cli.__path__, "service.cli."):  # a command imports its module when it is called
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    importlib.import_module("service.bootstrap")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            code = 1
            try:
                _become_the_caller(connection)
                code = _exit_code(cli)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                connection.send(bytes([code]))
                os._exit(code)
        connection.close()


def _become_the_caller(connection: socket.socket) -> None:
    message, descriptors, _, _ = socket.recv_fds(connection, 1 << 20, 3)
    request = json.loads(message)
    for target, descriptor in enumerate(descriptors):
        os.dup2(descriptor, target)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["warta", *request["arguments"]]


def _exit_code(cli: object) -> int:
    try:
        cli.main()  # type: ignore[attr-defined]
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
