"""The words of the pages, in Indonesian and English, and dates as a newsroom writes them."""

from datetime import datetime

WORDS = {
    "id": {
        "subscribe": "Berlangganan",
        "subscribe_hint": "Salin salah satu alamat ini ke pembaca feed Anda.",
        "feeds": "Semua feed",
        "opml": "Semua feed dalam satu berkas, untuk pembaca feed Anda",
        "categories": "Kategori",
        "tags": "Topik",
        "authors": "Penulis",
        "latest": "Terbaru",
        "popular": "Populer",
        "updates": "UPDATE",
        "empty": "Belum ada berita di sini.",
        "more": "Selengkapnya",
        "report": "Laporan",
        "correction": "Ralat",
        "photo": "Foto",
        "headline_only": "Isi berita ini belum tersedia.",
        "home": "Beranda",
        "read_on": "Baca di halaman aslinya",
        "skip": "Langsung ke isi",
        "read_times": "{:,} kali dibaca",
        "pinned": "Pilihan redaksi",
        "computed": "Urutan sejak",
        "404": "Tidak ada di sini",
        "410": "Berita ini telah ditarik",
        "error": "Ada kendala",
    },
    "en": {
        "subscribe": "Subscribe",
        "subscribe_hint": "Copy one of these addresses into your feed reader.",
        "feeds": "All feeds",
        "opml": "All feeds in one file, for your feed reader",
        "categories": "Categories",
        "tags": "Topics",
        "authors": "Authors",
        "latest": "Latest",
        "popular": "Popular",
        "updates": "Latest",
        "empty": "No stories here yet.",
        "more": "More",
        "report": "Report",
        "correction": "Correction",
        "photo": "Photo",
        "headline_only": "The text of this story is not available yet.",
        "home": "Home",
        "read_on": "Read on the original page",
        "skip": "Skip to content",
        "read_times": "read {:,} times",
        "pinned": "Editors’ choice",
        "computed": "In this order since",
        "404": "Not here",
        "410": "This story was withdrawn",
        "error": "Something is wrong",
    },
}
_DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "id": (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
        *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def long_date(when: datetime, language: str) -> str:
    """Return a date like `Kamis, 12 Februari 2026 | 02:33`, in the time zone of `when`."""
    day, month = _DAYS[language][when.weekday()], _MONTHS[language][when.month - 1]
    return f"{day}, {when.day} {month} {when.year} | {when:%H:%M}"
