"""The body of a request with an article: the id from the URL, and the client's wish about stale articles."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from service.articles.article import Article, Submission
from service.articles.validation import MAX_ID_CHARACTERS, Id, nfc
from service.core.errors import ArticleInvalid, FieldError, StaleArticle

STALE = "stale"  # the member of an article's JSON that says what happens if the stored article is newer
REFUSE, REPLACE = "refuse", "replace"


class SubmittedArticle(Submission):
    """An article in a request, with `stale`."""

    id: Id = Field("", description="Not needed, because the id is in the URL.")
    stale: Literal["refuse", "replace"] = Field(
        "replace", description="`refuse`: an `updated_at` that is older than the stored one gets 409."
    )


def identified(fields: Mapping[str, Any], article_id: str) -> dict[str, Any]:
    """Return the fields with the id from the URL. Raises ArticleInvalid if the body has a different id."""
    sent = fields.get("id")
    if sent not in (None, "") and nfc(str(sent)) != article_id:
        raise ArticleInvalid(
            [FieldError("id", f"is {str(sent)[:MAX_ID_CHARACTERS]!r} here and {article_id!r} in the URL")]
        )
    return {**fields, "id": article_id}


def without_wish(fields: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return the fields of the article alone, and whether the client refuses to replace a newer article.

    Raises ArticleInvalid.
    """
    article = {name: value for name, value in fields.items() if name != STALE}
    wish = fields.get(STALE)
    if wish not in (None, REFUSE, REPLACE):
        raise ArticleInvalid([FieldError(STALE, f"must be {REFUSE} or {REPLACE}")])
    if wish == REFUSE and not fields.get("updated_at"):
        raise ArticleInvalid([FieldError("updated_at", f'is required with "{STALE}": "{REFUSE}"')])
    return article, wish == REFUSE


def stale_article() -> StaleArticle:
    return StaleArticle("updated_at: the stored article is newer or withdrawn, and stays as it is")


def check_not_stale(submission: Submission, known: Article | None) -> None:
    """Raises StaleArticle if the submission is older than the stored article."""
    if submission.is_stale(known):
        raise stale_article()
