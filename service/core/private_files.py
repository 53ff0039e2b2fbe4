"""Files and folders of the data directory: only the user that runs Warta may use them, whatever the umask is.

Permissions of existing files and folders are only removed, never added, and only if Warta's user owns the file or
folder. If a folder has the setgid bit, the operator shares it with its group (`chmod g+s`): the permissions of the
group stay. If a folder has the sticky bit, it is for all users, like /tmp: its permissions stay.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path


def private_folder(folder: Path) -> None:
    """Make the folder, with mode 0700; `restrict` it if it exists. Raises OSError."""
    try:
        folder.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise
        restrict(folder)
    else:
        folder.chmod(0o700)


def private_file(file: Path) -> None:
    """Make the file, empty and with mode 0600; `restrict` it if it exists. Raises OSError."""
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
    """Remove the permissions of other users from a file or folder. One that is missing or not ours is left alone."""
    with suppress(FileNotFoundError, PermissionError):
        status = path.stat()
        folder = status if stat.S_ISDIR(status.st_mode) else path.parent.stat()
        taken = stat.S_IRWXO if folder.st_mode & stat.S_ISGID else stat.S_IRWXG | stat.S_IRWXO
        for_all = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
        if status.st_uid == os.geteuid() and status.st_mode & taken and not for_all:
            path.chmod(stat.S_IMODE(status.st_mode) & ~taken)
