"""Files and folders of the data directory: for the user that Warta runs as, whatever the umask is.

Permissions are only taken away, never given, and only from what is ours. A folder with the setgid bit is one that the
operator shares with its group (`chmod g+s`): there what the group may do stays as it is. A folder with the sticky bit
is for everybody, as /tmp is, and stays so.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path


def private_folder(folder: Path) -> None:
    """Make the folder, with mode 0700; take an existing one from others. Raises OSError."""
    try:
        folder.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise
        restrict(folder)
    else:
        folder.chmod(0o700)


def private_file(file: Path) -> None:
    """Make the file, empty and with mode 0600; take an existing one from others. Raises OSError."""
    try:
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        restrict(file)
        return
    try:
        os.fchmod(made, 0o600)
    finally:
        os.close(made)


def restrict(path: Path) -> None:
    """Take an existing file or folder from others. What is not there, or not ours, stays as it is."""
    with suppress(FileNotFoundError, PermissionError):
        status = path.stat()
        folder = status if stat.S_ISDIR(status.st_mode) else path.parent.stat()
        taken = stat.S_IRWXO if folder.st_mode & stat.S_ISGID else stat.S_IRWXG | stat.S_IRWXO
        for_all = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
        if status.st_uid == os.geteuid() and status.st_mode & taken and not for_all:
            path.chmod(stat.S_IMODE(status.st_mode) & ~taken)
