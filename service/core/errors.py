"""The exception tree. Every failure that a user can meet is one of these, and its message is for that user.

The command line prints the message as one line and exits 1; `web.problems` turns the class into a status.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class WartaError(Exception):
    """Base of all; its text says what is wrong and, where it can, what to do."""


class SettingsError(WartaError):
    """A setting is unknown or has no valid value; the text names it and where it stands."""


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field; `field` is a path such as `image.url` or `authors.0.name`."""

    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}" if self.field else self.reason


class FieldsInvalid(WartaError):
    """What was handed in cannot be accepted; `errors` names each field with its reason."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = tuple(errors)


class ArticleInvalid(FieldsInvalid):
    """An article cannot be accepted."""


class DecisionInvalid(FieldsInvalid):
    """An editor's decision cannot be accepted."""


class TooManyDecisions(WartaError):
    """No further decision fits where it is to hold; the text says how many do."""


class NoSuchMethod(WartaError):
    """A request whose method is none that there is."""


class NotFound(WartaError):
    """There is no such feed, article, token or decision."""


class NotYet(NotFound):
    """The archive's next page, which fills while it is asked for: what it will hold is in the feed itself."""


class Gone(WartaError):
    """The article was withdrawn."""


class NotAuthorized(WartaError):
    """The request carries no token that is valid."""


class NotPermitted(WartaError):
    """The token is valid, but its scope does not cover the request."""


class BadRequest(WartaError):
    """The request cannot be understood; the text names the parameter or header."""


class TooLarge(WartaError):
    """A body, or a line of it, is longer than the limit that the text names."""


class TargetTooLong(WartaError):
    """The path or the query of a request is longer than any that exists (RFC 9110 §15.5.15)."""


class BodyTooSlow(WartaError):
    """The body of a request did not arrive in time (RFC 9110 §15.5.9)."""


class TooBusy(WartaError):
    """As many requests of this kind are being received as may be; the client may try again."""


class NotAcceptable(WartaError):
    """No representation that the client accepts exists (RFC 9110 §15.5.7)."""


class PreconditionFailed(WartaError):
    """The request wants a state that is not the present one (RFC 9110 §15.5.13); the text names the header."""


class LogUnreadable(WartaError):
    """An access log cannot be opened or read; the text names the file."""


class StoreUnavailable(WartaError):
    """The database cannot be reached or used now."""


class RedisUnavailable(WartaError):
    """Redis cannot be reached now; callers go on without it."""


class EdgeUnavailable(WartaError):
    """A cache in front of Warta has not confirmed a purge; it will be asked again. The text names it, and no secret."""


class FeedUnavailable(WartaError):
    """A feed can neither be built nor found in any cache."""


class ServerFailed(WartaError):
    """A server that Warta starts (its own, or the private Redis) did not come up; the text says why."""
