"""Boilerplate: links to other articles, advertisements, share buttons, author boxes, comments."""

import re
from functools import lru_cache
from typing import Any

from .blocks import MEDIA, text_of

Element = Any

MAX_SHARE_OF_LINKS = 0.6  # of a block's text; a block with more links than that leads to other pages
_OTHERS = {"nav", "aside", "form", "button", "footer", "dialog", "input", "menu"}
_ROLES = {"navigation", "complementary", "search", "dialog", "banner", "contentinfo"}
_PARTS = (
    r"(?:[_-]{1,2}(?:box|bar|area|list|section|wrap(?:per)?|container|widgets?|block|inner|outer|content|items?|links?|module|form"
    r"|buttons?|btns?|icons?|holder|row|group|panel|title|heading|header|posts?|articles?|news|stories|story|berita|artikel|slot|unit"
    r"|top|bottom|left|right|inline|desktop|mobile|\d{1,6}))*(?=\s|$)"
)
# Words at the end of a class or an id, perhaps with parts of names that say nothing (`related-posts-2`).
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|sharethis|sharedaddy|addtoany|social|socials|sosmed|social-?media|related|terkait|baca-?juga|read-?(?:more|also|next)"
    r"|recommend(?:ed|ations?)?|rekomendasi|recirc(?:ulation)?|outbrain|taboola|mgid|komentar|comments?|disqus(?:_thread)?|respond|iklan|ads?|advert(?:s|isements?|ising)?"
    r"|sponsor(?:ed)?|promo(?:tion)?s?|newsletters?|subscri(?:be|ption)s?|signup|sign-up|breadcrumbs?|tags|tag-?cloud|sidebar|popular|terpopuler|populer|trending"
    r"|pagination|paging|navigation|copyright|cookies?|consent|modal|(?:author|writer|autor|penulis)[_-]{0,2}(?:bio(?:graphy)?|info|card|profile|description|about|box)|about-?(?:the-?)?author|post-?author|bio|byline|dateline"
    r"|footer|paid-?wall|login-?wall|reg-?wall|opt-?in|embed-?consent|consent-?\w{0,12}|sourcepoint\w{0,20}|privacy-?\w{0,12}|toc|table-of-contents|(?:next|prev(?:ious)?)-?(?:posts?|story|stories|articles?)"
    r"|disclaimer|audio-?player|saboxplugin-\w{1,12}|read-?on|up-?next|most-?read|more-?stories"
    r"|(?:single-?)?(?:post|entry|article)-?meta|whats-?app(?:-\w{0,12})?|toolbar|print|skip-?link|screen-reader-text|sr-only|visually-hidden)"
    + _PARTS,
    re.IGNORECASE,
)
# Readers' comments are not of the article, however long they are.
_COMMENTS = re.compile(r"(?:^|[\s_-])(?:komentar|comments?|disqus(?:_thread)?|respond)" + _PARTS, re.IGNORECASE)
_ARTICLE = re.compile(
    r"(?:^|[\s_-])(?:article|entry|post|story|artikel|berita)[_-]{0,2}(?:body|content|text|inner)(?=[\s_-]|$)",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|intro(?:duction)?|standfirst|dek|deck|subtitle|sub-?head(?:line)?|subheading|excerpt"
    r"|chapo|entradilla|vorspann|sapo"
    r"|summary|abstract|ingress|preamble)(?:[_-]{1,2}(?:text|paragraph))?(?=\s|$)",
    re.IGNORECASE,
)
_EMBEDS = re.compile(r"(?:twitter-tweet|instagram-media|tiktok-embed|fb-post|embed)", re.IGNORECASE)
_DATED = re.compile(
    r"(?:^\W*\d{4} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일].{0,60}$"
    r"|\b(?:19|20)\d\d\b.{0,20}\b\d{1,2}[.:]\d\d\b|\b\d{1,2}[./ -](?:\w{3,9}|\d{1,2})[./ -](?:19"
    r"|20)\d\d\b(?=.{0,20}$)|\b\w{3,9} \d{1,2}, (?:19|20)\d\d\b(?=.{0,25}$))"
)
_BY = re.compile(
    r"\W*(?:oleh|laporan|reporter|penulis|pewarta|by|von|por|par)\b\s*:?\s*\S{2,}(?:\s\S+){0,8}$", re.IGNORECASE
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")  # `authorBio`
_UTILITY = re.compile(r"[:\[]")
# An offer to subscribe, to log in or to follow, at the beginning of a block.
_OFFER = re.compile(
    r"\W*(?:already a (?:subscriber|member)\b|(?:please )?(?:log|sign) ?in to (?:read|continue|comment)\b"
    r"|subscribe (?:now|today|to (?:our|read|continue)\b)|for subscribers only\b"
    r"|sign up (?:for|to)\b.{0,80}(?:newsletter|briefing|e-?mails?|inbox|alerts?)\b"
    r"|get\b.{0,100}(?:delivered|straight) (?:through|to) your (?:letterbox|inbox|door)\b"
    r"|(?:berlangganan|daftar|masuk) (?:sekarang|untuk (?:membaca|melanjutkan))\b"
    r"|jetzt (?:abonnieren|registrieren|freischalten)\b|mit meiner anmeldung\b.{0,40}newsletter"
    r"|réservé aux abonnés\b|inscrivez-vous à\b.{0,60}newsletter"
    r"|(?:follow|ikuti)\b.{2,60} (?:on|di) (?:google news|whatsapp|facebook|twitter|instagram|telegram|youtube)\b"
    r"|.{0,30}(?:有料会員になる|会員限定|有料記事読み放題|無料会員登録))",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LINK = re.compile(
    r"\W{0,5}(?:(?:baca|lihat|simak|tonton|cek|saksikan)(?: juga| pula| selengkapnya| berita| artikel)\b"
    r"|(?:read|see|watch) (?:also|more|next)\b"
    r"|also (?:read|see)\b|related(?: (?:articles?|stories|news|posts|content|topics|coverage))?\s*:"
    r"|more (?:on|from) |(?:mehr|lesen sie|lees ook|lire aussi|à lire|leia (?:mais|também)|lea también"
    r"|(?:te|le) puede interesar|puedes ver|lee también|leggi anche"
    r"|czytaj (?:też|także|również)|zobacz też|läs (?:mer|också)|les også"
    r"|læs også|lue myös|читайте также)\b).{0,250}",
    re.IGNORECASE | re.DOTALL,
)
_LABEL = re.compile(
    r"\W*(?:advertisement|advertising|iklan|sponsored(?: content)?|anzeige|publicidad|publicité|pubblicità"
    r"|reklama|werbung"
    r"|scroll (?:to continue|untuk|ke bawah untuk)\b.{0,60}|(?:lanjut|teruskan"
    r"|lanjutkan) (?:mem)?baca\b.{0,40}|(?:artikel|berita) ini (?:telah|pernah) tayang\b.{0,200}"
    r"|(?:artikel|berita|konten|topik) (?:terkait|lainnya|pilihan|populer)|terkait|terpopuler|populer"
    r"|pilihan redaksi|pilihan editor|rekomendasi(?: untuk anda)?"
    r"|related(?: (?:articles?|stories|news|posts|content|topics))?|recommended(?: for you| stories)?"
    r"|(?:©|\(c\)|copyright\b).{0,60}|関連.{0,10}|おすすめ.{0,10}|あわせて読みたい.{0,10}"
    r"|czytaj (?:więcej|także|też)|leer más|lire (?:la suite|plus)|weiterlesen|mehr (?:lesen|zum thema)|leggi di più"
    r"|lees (?:meer|verder)|läs mer|les mer|devamını oku"
    r"|schon gelesen\?|das (?:thema )?könnte (?:dich|sie) auch interessieren"
    r"|(?:inhaltsverzeichnis|table of contents|daftar isi)"
    r"|related links|see also|don[’']t miss|up next|top stories|this slideshow requires javascript"
    r"|tell us what you think|like this story\?.{0,60}|what do you think\?"
    r"|(?:externer|external) (?:inhalt|content).{0,30}|(?:ein|mit einem) klick für den datenschutz"
    r"|.{0,12}(?:datenschutz|privatsphäre)-?einstellungen (?:ändern|verhindern das laden)\b.{0,300}"
    r"|read more|more stories|most (?:read|popular)|you may (?:also )?like.{0,20}"
    r"|bagikan(?: (?:artikel|berita|ke).{0,30})?|share(?: (?:this|on|via)\b.{0,40})?|tweet|whats ?app"
    r"|facebook|twitter|telegram|salin (?:tautan|link)|copy(?: link)?|e-?mail|print|cetak|komentar"
    r"|related coverage|teilen|kommentieren|zum weiterlesen|lust auf mehr|share this article"
    r"|(?:last modified|ultima modifica|letzte änderung|zuletzt (?:geändert|aktualisiert)|terakhir diperbarui)\b.{0,40}"
    r"|ten tekst przeczytasz\b.{0,30}|we want to hear what you think about this article\b.{0,120}"
    r"|comments?|tags?|posted|posted (?:in|by|on)|by|in"
    r"|gambas:.{0,40}|\[gambas:.{0,60}\]|follow us.{0,60}|ikuti kami.{0,60})\W*",
    re.IGNORECASE,
)


def is_article(element: Element) -> bool:
    """True if an element holds one article and nothing else, by its kind or its names."""
    return element.tag == "article" or bool(_ARTICLE.search(_names(element)))


def is_comments(element: Element) -> bool:
    """True if an element holds readers' comments, by its names."""
    return bool(_COMMENTS.search(_names(element)))


def is_aside(element: Element) -> bool:
    """True if an element is beside the article by its kind, its role or its names."""
    if element.tag in _OTHERS or element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if _INVISIBLE.search(element.get("style") or "") or element.get("role") in _ROLES:
        return True
    return _is_named_aside(_names(element))


@lru_cache(4096)  # names of a page's elements
def _is_named_aside(names: str) -> bool:
    return bool(names) and bool(_NAMES.search(names)) and not _EMBEDS.search(names)


def _names(element: Element) -> str:
    if not element.attrib:
        return ""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:500]
    if ":" in names or "[" in names:  # of Tailwind: `print:block` says how an element looks
        names = " ".join(name for name in names.split() if not _UTILITY.search(name))
    return _HUMP.sub("-", names) if names.strip() else ""


def is_lead(element: Element) -> bool:
    """True if an element is a lead by its names or those of its parent."""
    parent = element.getparent()
    return any(_LEAD.search(_names(each)) for each in (element, parent) if each is not None)


def is_label(text: str) -> bool:
    """True if a block says nothing but `ADVERTISEMENT`, `Bagikan`, `Baca juga` and the like."""
    return bool(len(text) <= 300 and _LABEL.fullmatch(text))


def is_offer(text: str) -> bool:
    """True if a block offers a subscription, a newsletter or a log-in."""
    return len(text) <= 300 and bool(_OFFER.match(text))


def is_byline(text: str) -> bool:
    """True if a block is a date or a byline, such as `Jumat, 10 September 2021 | 11:43 WIB` or `Oleh: Sari`."""
    return len(text) <= 120 and bool(_DATED.search(text) or _BY.match(text))


def is_teaser(article: Element) -> bool:
    """True if an `article` element leads to another page: its headline is a link."""
    heading = next(article.iter("h2", "h3", "h4"), None)
    if heading is None or next(article.iter("h1"), None) is not None:
        return False
    return any(True for _ in heading.iter("a")) or any(above.tag == "a" for above in heading.iterancestors())


def is_read_also(element: Element, text: str) -> bool:
    """True if a block is a link to another article, such as `Baca juga: …`."""
    if len(text) > 300 or not _LINK.fullmatch(text):
        return False
    return text.rstrip().endswith(":") or share_of_links(element) > 0.3 or len(text) < 150


def share_of_links(element: Element) -> float:
    """The share of the text that is in links."""
    linked = sum(len(text_of(link)) for link in element.iter("a"))
    return linked / max(len(text_of(element)), 1) if linked else 0.0


def has_media(element: Element) -> bool:
    return any(True for _ in element.iter(*MEDIA))
