"""Sample articles of the tests, and the time at which they are tested."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from service.articles.article import Submission
from service.articles.validation import ValidationContext
from service.core.settings.model import Settings
from service.feeds.names import CountableArticle

READING = ValidationContext(ZoneInfo("Asia/Jakarta"), "https://feeds.example", True)
NOW = datetime(2026, 2, 22, 2, 40, tzinfo=UTC)

# The fields of a new article that every partner takes.
ACCEPTED: dict[str, Any] = {
    "title": "Judul yang cukup panjang",
    "content_html": f"<p>{'Kata demi kata. ' * 30}</p>",
    "published_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
    "language": "id",
}


def submission(article_id: str, **fields: object) -> Submission:
    """Return a valid article with the given fields."""
    default = {
        "id": article_id,
        "title": f"Judul {article_id}",
        "content_html": f"<p>Isi {article_id}.</p>",
        "categories": ["Dinamika"],
        "published_at": "2026-02-22T09:00:00+07:00",
    }
    return Submission.read({**default, **fields}, ValidationContext.of(Settings(base_url="https://feeds.example")))


def countable(list_names: Mapping[str, Sequence[str]], published_at: datetime = NOW) -> dict[str, CountableArticle]:
    """Return the data for the view counter of articles on these category lists."""
    return {id_: CountableArticle(names, published_at) for id_, names in list_names.items()}
