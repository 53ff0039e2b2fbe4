"""Writes the articles of the sample newsroom from their templates."""

import html
import re
from datetime import datetime, timedelta
from itertools import cycle, islice
from random import Random

from service.sample import photos
from service.sample.phrases import Place, StoryTemplate, paragraphs, phrases

REPORTERS_OF_DESK = 4
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def repeatable(purpose: str) -> Random:
    """Return a random generator that repeats its numbers at each run. Generators do not influence each other."""
    return Random(f"warta {purpose}")  # noqa: S311 - sample data, not a secret


class Writer:
    """Writes an article about one story in one place. Every slot has one value, so that all parts of the text agree."""

    def __init__(self, story: StoryTemplate, place: Place, published: datetime, number: int) -> None:
        self.story, self.published = story, published
        self.id = f"demo-{story.categories[0].lower()}-{number:04}"
        self.rng = rng = repeatable(self.id)
        names = phrases()
        given, family = rng.sample(names.given_names, 2), rng.sample(names.family_names, 2)
        tokoh, warga = map(" ".join, zip(given, family, strict=True))
        if place.kind == "abroad":
            tokoh = f"{rng.choice(names.given_names_abroad)} {rng.choice(names.family_names_abroad)}"
        role = rng.choice(story.roles)
        self.slots = {
            "kota": place.town,
            "provinsi": place.province,
            "tokoh": tokoh,
            "warga": warga,
            "jabatan": role,
            "jabatan_besar": role[0].upper() + role[1:],
            "hari": f"{DAYS[published.weekday()]} ({published.day}/{published.month})",
            "lembaga": rng.choice(story.institutions).format(kota=place.town),
            **_figures(rng),
        }

    def say(self, template: str, slots: dict[str, str] | None = None) -> str:
        """Make a choice for each `[a|b]` in the template, fill its slots, and return the text on one line."""
        chosen = re.sub(r"\[([^\[\]]*)\]", lambda match: self.rng.choice(match[1].split("|")), template)
        return " ".join(chosen.split()).format_map(slots or self.slots)

    def article(self, base_url: str) -> dict[str, object]:
        """The article, in the JSON form of the API."""
        story, rng = self.story, self.rng
        fields: dict[str, object] = {
            "id": self.id,
            "title": self.say(rng.choice(story.headlines)),
            "summary": self.say(story.summary),
            "content_html": self.body(),
            "section": "Berita",
            "categories": list(story.categories[: 2 if rng.random() < 0.35 else 1]),
            "tags": rng.sample(story.tags, rng.randint(2, len(story.tags))),
            "authors": [{"name": name, "url": f"{base_url}/author/{_slug(name)}"} for name in self.reporters()],
            "published_at": self.published.isoformat(),
            "language": "id",
        }
        if rng.random() < 0.85:
            fields["image"] = self.image(base_url)
        return fields

    def reporters(self) -> list[str]:
        """The authors of the article. Each desk has four reporters; one article in six has two authors."""
        desk = sorted(phrases().background).index(self.story.categories[0])
        team = list(islice(cycle(phrases().reporters), desk, desk + REPORTERS_OF_DESK))
        return self.rng.sample(team, 2 if self.rng.random() < 1 / 6 else 1)

    def image(self, base_url: str) -> dict[str, object]:
        width, height = photos.SIZE
        return {
            "url": f"{base_url}/photos/{self.id}.png",
            "type": "image/png",
            "length": len(photos.draw(self.id)),
            "width": width,
            "height": height,
            "caption": self.say(self.story.caption),
            "credit": self.rng.choice((*phrases().photographers, "Ist")),
        }

    def update(self, now: datetime) -> dict[str, object]:
        """The changed fields of a later version: always `updated_at`, in half of the cases a correction."""
        later = min((now - self.published) * self.rng.uniform(0.3, 0.8), timedelta(hours=7))
        updated = self.published + timedelta(seconds=round(later.total_seconds()))
        fields: dict[str, object] = {"updated_at": updated.isoformat()}
        if self.rng.random() < 0.5:
            fields["correction"] = self.say(self.rng.choice(phrases().corrections))
        return fields

    def body(self) -> str:
        """The body as HTML: the paragraphs of the story, two background paragraphs of its category, and a closing."""
        story = paragraphs(self.story.body)
        background = self.rng.sample(phrases().background[self.story.categories[0]], 2)
        closing = f"{self.rng.choice(phrases().closings)} {self.rng.choice(phrases().links)}"
        others = self.slots | _figures(self.rng)  # the background has other topics, so it needs other numbers
        return "\n".join(
            [self.block(text, self.slots) for text in story]
            + [self.block(text, others) for text in (*background, closing)]
        )

    def block(self, template: str, slots: dict[str, str]) -> str:
        """Convert one block of a body to HTML. Adjacent lines with the same mark are one element, except list items."""
        parts: list[tuple[str, str]] = []
        for line in map(str.strip, template.splitlines()):
            mark, text = (line[:2], line[2:]) if line[:2] in ("* ", "> ") else ("", line)
            if line.startswith("## "):
                mark, text = "##", line[3:]
            if parts and parts[-1][0] == mark and mark != "* ":
                text = f"{parts.pop()[1]} {text}"
            parts.append((mark, text))
        pieces = [_ELEMENTS[mark].format(self.inline(text, slots)) for mark, text in parts]
        return re.sub(r"(<li>.*</li>)", r"<ul>\n\1\n</ul>", "\n".join(pieces), flags=re.DOTALL)

    def inline(self, template: str, slots: dict[str, str]) -> str:
        """Convert a text to HTML. A part in `<>` becomes a link."""
        link = rf'<a href="https://example.org/{_slug(self.slots["lembaga"])}">\1</a>'
        return re.sub(r"&lt;(.*?)&gt;", link, html.escape(self.say(template, slots), quote=False))


_ELEMENTS = {
    "": "<p>{}</p>",
    "##": "<h2>{}</h2>",
    "> ": "<blockquote><p>{}</p></blockquote>",
    "* ": "<li>{}</li>",
}


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _figures(rng: Random) -> dict[str, str]:
    """Random numbers for the slots of the templates, in Indonesian notation."""
    return {
        "sedikit": str(rng.randint(3, 6)),
        "belasan": str(rng.randint(11, 19)),
        "puluhan": str(rng.randint(24, 88)),
        "ratusan": str(rng.randint(12, 96) * 10),
        "ribuan": f"{rng.randint(1, 8)}.{rng.randint(0, 19) * 50:03}",
        "juta": str(rng.randint(9, 96) * 5),
        "miliar": f"{rng.randint(1, 6)},{rng.randint(1, 9)}",
        "persen": f"{rng.randint(8, 38)},{rng.randint(1, 9)}",
        "skor": rng.choice(("1-0", "2-1", "3-2")),
    }
