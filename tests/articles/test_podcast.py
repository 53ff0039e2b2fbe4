"""The fields of an episode, as a CMS may write them."""

from typing import Any

import pytest

from service.articles.article import Submission
from service.articles.podcast import Chapters, Episode, Transcript
from service.articles.validation import ValidationContext
from tests.support.newsroom import SETTINGS


def episode(**fields: Any) -> Episode:
    read = Submission.read({"id": "1", "title": "Judul", "podcast": fields}, ValidationContext.of(SETTINGS)).podcast
    assert read
    return read


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        *((1834, 1834), (1833.6, 1834), ("1834", 1834), ("30:34", 1834), ("0:30:34", 1834), ("00:30:34.5", 1834)),
        *(("90:00", 5400), (" 1:02:03 ", 3723), (0, 0)),
    ],
)
def test_a_duration_is_seconds_or_a_clock(duration: object, seconds: int | None) -> None:
    assert episode(duration=duration).duration == seconds


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            ("duration", value)
            for value in (-1, True, "30 menit", "1:2:3:4", "1:2", 10**9, "9" * 30, float("inf"), "٣")
        ),
        *((name, value) for name in ("season", "episode") for value in (0, -1, True, "dua", 10**9)),
        *(("explicit", "mungkin"), ("type", "panjang"), ("image", "javascript:x"), ("chapters", "/bab.json")),
        *(("transcripts", [{"url": "https://x.example/a"}]), ("transcripts", [{"type": "text/vtt"}])),
        *(("transcripts", [{"url": "https://x.example/a.vtt"}] * 21), ("bab", 1)),
    ],
)
def test_what_cannot_be_used_is_left_out_and_named(field: str, value: object) -> None:
    podcast = {"author": "Sari", field: value}
    fields = {"id": "1", "title": "Judul", "podcast": podcast}
    submission, warnings = Submission.read_with_warnings(fields, ValidationContext.of(SETTINGS))
    assert {warning.field.split(".")[1] for warning in warnings} == {field}
    assert submission.podcast == Episode(author="Sari")


def test_transcripts_and_chapters_have_the_media_types_of_their_files() -> None:
    names = ("a.vtt", "b.SRT?x=1.txt", "c.html", "d.txt", "e.json")
    read = episode(
        transcripts=[{"url": f"https://x.example/{name}"} for name in names],
        chapters="https://x.example/bab.json",
    )
    assert [transcript.type for transcript in read.transcripts] == [
        *("text/vtt", "application/x-subrip", "text/html", "text/plain", "application/json"),
    ]
    assert read.chapters == Chapters(url="https://x.example/bab.json", type="application/json+chapters")
    own = {"url": "https://x.example/f", "type": "TEXT/VTT", "language": "su", "rel": "captions"}
    assert episode(transcripts=[own]).transcripts == (
        Transcript(url="https://x.example/f", type="text/vtt", language="su", rel="captions"),
    )


def test_an_episode_comes_back_from_its_json() -> None:
    fields = {
        "duration": "1:02:03",
        "explicit": "yes",
        "season": 2,
        "episode": "12",
        "type": "bonus",
        "image": "https://x.example/12.jpg",
        "author": "Sarah <b>& Budi</b>",
        "transcripts": [{"url": "https://x.example/12.vtt"}],
        "chapters": {"url": "https://x.example/12.json"},
    }
    read = episode(**fields)
    assert (read.duration, read.explicit, read.episode, read.author) == (3723, True, 12, "Sarah & Budi")
    assert Episode.from_row(read.model_dump(mode="json")) == read
    assert episode(**read.model_dump(mode="json")) == read
    assert Episode.from_row(Episode().model_dump(mode="json")) == Episode()
