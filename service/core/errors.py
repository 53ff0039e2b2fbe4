"""The exception classes. Every failure that a user can see is one of these, and its message is written for that user.

The command line prints the message as one line and exits with status 1. `web.problems` maps each class to an HTTP
status.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class WartaError(Exception):
    """Base of all errors of Warta. The message says what is wrong and, if possible, what to do."""


class SettingsError(WartaError):
    """A setting is unknown or has no valid value. The message names the setting and its place."""


@dataclass(frozen=True)
class FieldError:
    """An error of one field. `field` is a path such as `image.url` or `authors.0.name`."""

    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}" if self.field else self.reason


class FieldsInvalid(WartaError):
    """Submitted data is invalid. `errors` names each wrong field with the reason."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = tuple(errors)


class ArticleInvalid(FieldsInvalid):
    """A submitted article is invalid."""


class OverrideInvalid(FieldsInvalid):
    """A submitted decision of an editor is invalid."""


class TooManyOverrides(WartaError):
    """A list has the largest number of decisions already. The message names that number."""


class WebhookInvalid(FieldsInvalid):
    """A submitted webhook is invalid."""


class WebhookExists(WartaError):
    """There is a webhook of this name already."""


class TooManyWebhooks(WartaError):
    """There is the largest number of webhooks already. The message names that number."""


class NoSuchMethod(WartaError):
    """The HTTP method of a request does not exist."""


class NotFound(WartaError):
    """There is no such feed, article, token or decision."""


class OtherName(NotFound):
    """The article has another id: the name is its id in another source, or an old URL."""

    def __init__(self, article_id: str) -> None:
        super().__init__(f"the article has the id {article_id!r}")
        self.article_id = article_id


class NotYet(NotFound):
    """The next page of an archive is not full yet. Until then, the feed itself has its entries."""


class FeedMoved(NotFound):
    """A feed has another name: its category was renamed, or the name is another spelling. `name` is the feed's name."""

    def __init__(self, path: str, name: str) -> None:
        super().__init__(f"there is no feed {path!r}; it is {name!r}")
        self.name = name


class Gone(WartaError):
    """The article was withdrawn."""


class CursorUnknown(WartaError):
    """The store has never given this cursor: it is of another store, or of one that was replaced by a backup."""


class StaleArticle(WartaError):
    """A submitted article is older than the stored one, and the client asked not to replace a newer one."""


class KeyReused(WartaError):
    """The Idempotency-Key of a request was used before, for a different request."""


class MediaTypeUnsupported(WartaError):
    """The body of a request has a form that Warta does not read (RFC 9110 §15.5.16). The message says what to send."""


class NotAuthorized(WartaError):
    """The request has no valid token."""


class NotPermitted(WartaError):
    """The token is valid, but its scope does not cover the request."""


class BadRequest(WartaError):
    """A request has an invalid parameter or header. The message names it."""


class TooLarge(WartaError):
    """A request body, or a line of it, is longer than the limit. The message names the limit."""


class TargetTooLong(WartaError):
    """The path or the query of a request is longer than that of any existing URL (RFC 9110 §15.5.15)."""


class BodyTooSlow(WartaError):
    """The body of a request did not arrive in time (RFC 9110 §15.5.9)."""


class TooBusy(WartaError):
    """Warta already receives the largest number of requests of this kind. The client may try again."""


class NotAcceptable(WartaError):
    """There is no representation that the client accepts (RFC 9110 §15.5.7)."""


class PreconditionFailed(WartaError):
    """A condition of the request does not match the current state (RFC 9110 §15.5.13). The message names the header."""


class LogUnreadable(WartaError):
    """An access log cannot be opened or read. The message names the file."""


class StoreUnavailable(WartaError):
    """The database cannot be reached or used at present."""


class RedisUnavailable(WartaError):
    """Redis cannot be reached at present. Callers continue without it."""


class EdgeUnavailable(WartaError):
    """A cache in front of Warta has not confirmed a purge; Warta repeats it. The message names the cache, no secret."""


class HubUnavailable(WartaError):
    """A hub of others has not accepted a ping; Warta repeats it. The message names the hub."""


class FeedUnavailable(WartaError):
    """A feed cannot be built, and no cache has it."""


class ServerFailed(WartaError):
    """A server that Warta starts (its own, or the private Redis) did not start. The message names the reason."""
