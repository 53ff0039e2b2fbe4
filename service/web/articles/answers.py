"""Answers with an article: its JSON, ETag, URLs and warnings."""

import json
from collections.abc import Sequence
from hashlib import blake2b
from urllib.parse import quote

from flask import Response
from pydantic import Field
from werkzeug.http import http_date

from service.articles.article import Article, Submission, page_url
from service.articles.dates import utc_now
from service.core.errors import FieldError
from service.core.settings.model import Settings
from service.storage import PutOutcome, WrittenArticle
from service.web.http.json_answers import json_answer
from service.web.problems import Reason, warnings_of

ETAG_BYTES = 12  # of the digest in an ETag
STATUS_OF_OUTCOME = {PutOutcome.ADDED: 201, PutOutcome.CHANGED: 200, PutOutcome.UNCHANGED: 200}


class StoredArticle(Submission):
    """An article as it is stored."""

    warnings: list[Reason] = Field(
        default=[], description="The values that Warta left out, because it cannot use them. Missing if there are none."
    )


def etag(article: Article) -> str:
    """The ETag of the article's JSON, without quotes. It is strong, and the same in every store with this article."""
    return blake2b(json.dumps(article.fields()).encode(), digest_size=ETAG_BYTES).hexdigest()


class ArticleAnswers:
    """Makes the answers of a newsroom with these settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def stored(self, written: WrittenArticle, warnings: Sequence[FieldError]) -> Response:
        """Return the article as a request has stored it, and the values that were left out with their reasons."""
        article, outcome = written
        answer = json_answer(
            {**article.fields(), **warnings_of(warnings)},
            STATUS_OF_OUTCOME[outcome],
            {"Warta-Outcome": outcome.value, **self._headers(article)},
        )
        if outcome is PutOutcome.ADDED:
            answer.headers["Location"] = f"{self._settings.base_url}/api/articles/{quote(article.id, safe='')}"
        return answer

    def shown(self, article: Article) -> Response:
        """Return the article. The client may keep it, and must validate it before each use."""
        headers = {"Cache-Control": "private, no-cache", **self._headers(article)}
        if article.updated_at <= utc_now():  # not that of an embargo: RFC 9110 §8.8.2.1
            headers["Last-Modified"] = http_date(article.updated_at)
        return json_answer(article.fields(), headers=headers)

    def _headers(self, article: Article) -> dict[str, str]:
        """Return the ETag and the pages of the article (RFC 8288): its own, and Warta's if there is one."""
        pages = [article.url] if article.url else []
        if self._settings.article_pages:
            pages.append(page_url(self._settings.base_url, article.id))
        links = ", ".join(f'<{page}>; rel="alternate"; type="text/html"' for page in pages)
        return {"ETag": f'"{etag(article)}"', "Link": links}
