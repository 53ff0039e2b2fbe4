"""Declares an operation of the HTTP interface beside its handler: URL, token, parameters and answers.

The route table and the OpenAPI document are both made from the declarations, so that they cannot differ.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from service.storage import Scope
from service.web.http.caching import Caching, FixedCaching

Handler = TypeVar("Handler", bound=Callable[..., Any])

PROBLEMS = {
    400: "The request cannot be understood.",
    401: "No valid token.",
    403: "The token has another scope.",
    404: "There is nothing at this URL.",
    406: "No acceptable content coding.",
    408: "The body came too slowly.",
    409: "The stored article is newer, or there are too many already. `detail` says the reason.",
    410: "The article was withdrawn, or the store has never given the cursor.",
    412: "A condition (If-Match, If-None-Match, If-Unmodified-Since) names another version.",
    413: "The body is too long.",
    415: "The body is compressed, or a form.",
    422: "A field is not valid. `detail` names it.",
    503: "The store is away, or too many bodies come at the same time. Try again after Retry-After seconds.",
}


@dataclass(frozen=True)
class Parameter:
    """A parameter. `schema` is JSON Schema. `converter` is its part of the route's rule if it is in the path.

    A parameter in the path is always required, and others only if they are `required`.

    `example` is a valid value; None if the schema has values to choose from.
    """

    name: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    converter: str = ""
    example: Any = None
    required: bool = False


@dataclass(frozen=True)
class Header:
    """A header of an answer. `schema` is JSON Schema. An answer may lack a header that is not `required`."""

    name: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    required: bool = True


@dataclass(frozen=True)
class Body:
    """A body of a request or an answer.

    `schema` is a type that pydantic can describe, or JSON Schema; None for a body that is not described. `name` is the
    name of the schema in the OpenAPI document; without it the schema is written where it is used. `headers` are those
    of an answer. An answer without a body has no media types. `example` is one for all media types; `examples` has one
    for each.
    """

    description: str
    schema: Any = None
    name: str = ""
    media_types: Sequence[str] = ("application/json",)
    example: Any = None
    headers: Sequence[Header] = ()
    examples: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """One method of one URL.

    `path` is written as in OpenAPI: `/api/articles/{id}`. A request needs a token of `scope`; without `checks_token`
    the handler itself checks it. A text in `answers` stands for an answer without a body. `shared`: scripts of other
    sites may read the answer (CORS). `caching` is the policy for caches; None: no cache keeps the answer.
    """

    method: str
    path: str
    summary: str
    answers: Mapping[int, Body | str]
    problems: Sequence[int] = ()
    scope: Scope | None = None
    checks_token: bool = True
    parameters: Sequence[Parameter] = ()
    path_parameters: Sequence[Parameter] = ()
    header_parameters: Sequence[Parameter] = ()
    body: Body | None = None
    shared: bool = False
    rule: str = ""
    caching: Caching | FixedCaching | None = None

    @property
    def url_rule(self) -> str:
        """The rule of the route, as Werkzeug reads it."""
        rule = self.rule or self.path
        for parameter in self.path_parameters:
            rule = rule.replace(f"{{{parameter.name}}}", parameter.converter)
        return rule


def operation(
    method: str, path: str, summary: str, answers: Mapping[int, Body | str], **more: Any
) -> Callable[[Handler], Handler]:
    """Declare the decorated method as the handler of an operation. The arguments are those of Operation."""
    return declare(Operation(method, path, summary, answers, **more))


def declare(*operations: Operation) -> Callable[[Handler], Handler]:
    """Declare the decorated method as the handler of all these operations. They may share one rule."""

    def declared(handler: Handler) -> Handler:
        handler.__dict__.setdefault("operations", []).extend(operations)
        return handler

    return declared


def operations_of(handlers: Iterable[object]) -> Iterator[tuple[Operation, Callable[..., Any]]]:
    """Yield the operations of objects (or classes) with declared handlers, in the order of the code."""
    for each in handlers:
        for name, member in vars(each if isinstance(each, type) else type(each)).items():
            for declared in getattr(member, "operations", ()):
                yield declared, getattr(each, name)
