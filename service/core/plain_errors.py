"""Error messages of the operating system and of libraries, without error numbers and objects of Python."""

import os
import re
import socket
import ssl

# What libraries write around the words of the operating system.
_FORMS = (
    (r"\[Errno -?\d+\] ", ""),  # Python, and psycopg after it
    (r"\bError -?\d+ (?:while )?connecting to (\S+?)\. ", r"connecting to \1: "),  # redis-py
    (r"\(-?\d+, '([^']*)'\)", r"\1"),  # redis-py: the arguments of an OSError
    (r"\[SSL[^\]]*\] |\s*\(_ssl\.c:\d+\)", ""),  # ssl
    (r" : <redis\..*", ""),  # redis-py: the clients of Sentinel
)
_NAME_ERRORS = {
    socket.EAI_NONAME: "there is no host of this name",
    socket.EAI_AGAIN: "the name server does not answer",
}


def plain_message(error: BaseException) -> str:
    """The first line of the error's message in plain words: `Connection refused`, not `[Errno 111] Connection refused`.

    Only the form is changed: the message may hold what the library puts into it, such as a host.
    """
    if isinstance(error, socket.gaierror) and error.errno in _NAME_ERRORS:
        return _NAME_ERRORS[error.errno]
    message = str(error)
    if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) and (error.errno or 0) > 0:
        message = os.strerror(error.errno or 0)  # asyncio writes Python's objects into the message and `strerror`
    line = (message.strip().splitlines() or [type(error).__name__])[0]
    for form, plain in _FORMS:
        line = re.sub(form, plain, line)
    return line.rstrip(".")
