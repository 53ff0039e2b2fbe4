"""The key and the entry of a document in both caches, memory and Redis."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

from service.documents.document import Document


class DocumentKey(NamedTuple):
    """The key of a document: the list that it shows, and its own name, such as `latest:rss:50`.

    It is `unusual` if the client chose the number of its entries. Memory keeps such documents apart.
    """

    list_name: str
    name: str
    unusual: bool = False


@dataclass(frozen=True)
class CacheEntry:
    """A document, and the state that it was `built_from`: the version and the order of its list.

    `built_from` is empty if that state is not known for sure.
    """

    document: Document
    built_from: str

    @cached_property
    def line(self) -> bytes:
        """The first line of the value in Redis. It identifies the entry."""
        return f"{self.built_from} {self.document.level.value}\n".encode()

    def pack(self) -> bytes:
        return self.line + self.document.pack()

    @classmethod
    def unpack(cls, value: bytes) -> Self:
        """The entry of a value from `pack`. Raises ValueError for any other value."""
        line, _, packed = value.partition(b"\n")
        entry = cls(Document.unpack(packed), line.decode().rpartition(" ")[0])
        if entry.line != line + b"\n":
            raise ValueError("the line does not fit the document")
        return entry
