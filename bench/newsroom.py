"""Any number of invented articles in the form of the API, of about 2.5 KB each."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, product
from random import Random

CATEGORIES = tuple(f"Kategori {number}" for number in range(1, 21))
TAGS = 200
AUTHORS = 50
NEWEST = datetime(2026, 9, 1, tzinfo=UTC)

# Some thousands of words. The first ones are frequent, so that the text compresses like real text.
_SYLLABLES = ["".join(pair) for pair in product("bdgjklmnprstw", "aiu")]
_WORDS = ["".join(each) for length in (2, 3) for each in product(_SYLLABLES[:: length - 1], repeat=length)]
_OFTEN = list(accumulate(1 / (rank + 8) for rank in range(len(_WORDS))))


def articles(count: int, prefix: str = "bench", tags: int = TAGS) -> Iterator[dict[str, object]]:
    """Yield `count` articles, a minute apart, oldest first. The same arguments give the same articles."""
    dice = Random(f"warta {prefix}")
    for number in range(count):

        def words(many: int) -> str:
            return " ".join(dice.choices(_WORDS, cum_weights=_OFTEN, k=many)).capitalize()

        yield {
            "id": f"{prefix}-{number}",
            "url": f"https://news.example/{prefix}/{number}",
            "title": f"{words(7)} & {number}",
            "summary": f"{words(18)}.",
            # Work for the sanitizer: a link to complete, markup to keep, markup to remove.
            "content_html": (
                f'<p class="lead" style="color:red">{words(60)}.</p><script>track()</script>'
                f'<p><a href="/arsip?id=1&amp;p=2" onclick="x()">{words(2)}</a> {words(80)}.</p>'
                f"<blockquote><p>{words(40)}.</p></blockquote>"
                f"<p>{words(90)}. <strong>{words(3)}</strong> &mdash; <em>redaksi</em>.</p><p>{words(70)}.</p>"
            ),
            "section": "Berita",
            "categories": [CATEGORIES[number % len(CATEGORIES)]],
            "tags": [f"Topik {number % tags}"],
            "authors": [{"name": f"Penulis {number % AUTHORS}"}],
            "published_at": (NEWEST - timedelta(minutes=count - number - 1)).isoformat(),
            "image": {
                "url": f"https://news.example/foto/{number}.jpg",
                "length": 80_000,
                "caption": words(6),
                "credit": "Ist",
            },
        }
