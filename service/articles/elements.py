"""Elements and attributes of HTML: those that a feed may carry, and what becomes of all others.

docs/feeding.md lists them for newsrooms; a test compares it with these tables.
"""

from types import MappingProxyType


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEPT = _names(
    "p br hr h1 h2 h3 h4 h5 h6 div section blockquote pre ul ol li dl dt dd figure figcaption img details "
    "summary a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup time "
    "u var wbr ruby rt rp table caption colgroup col thead tbody tfoot tr th td"
)
ATTRIBUTES = MappingProxyType(
    {
        "*": {"lang", "dir"},
        "a": {"href", "title", "hreflang", "type"},
        "abbr": {"title"},
        "blockquote": {"cite"},
        "col": {"span"},
        "colgroup": {"span"},
        "del": {"datetime"},
        "details": {"open"},
        "dfn": {"title"},
        "img": {"src", "alt", "title", "width", "height"},
        "ins": {"datetime"},
        "li": {"value"},
        "ol": {"start", "reversed", "type"},
        "q": {"cite"},
        "span": {"title"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan", "scope"},
        "time": {"datetime"},
    }
)
SCHEMES = frozenset({"http", "https", "mailto", "tel"})  # of URLs

# Elements that become another one. HTML renders those that become a `div` as a block, so they part words.
RENAMED = MappingProxyType(
    {
        "strike": "s",
        "acronym": "abbr",
        "tt": "code",
        "listing": "pre",
        "dir": "ul",
        "menu": "ul",
        **dict.fromkeys(
            _names(
                "address article aside center dialog fieldset footer form header hgroup legend main marquee "
                "nav optgroup option search"
            ),
            "div",
        ),
    }
)
# Elements that go with everything in them: code, values of controls, and words for programs only.
DROPPED = _names("script style template title select datalist textarea canvas")
UNREAD = frozenset({"script", "style", "template", "iframe"})  # the parser drops their content, or takes it for text
DROPPED_IN_FORMS = frozenset({"button", "label", "output"})
# Elements that become a link, a picture or text, see `media`.
MEDIA = _names(
    "video audio iframe object embed img picture source svg math amp-img amp-anim amp-video amp-audio "
    "amp-iframe amp-youtube amp-vimeo amp-twitter amp-instagram amp-facebook"
)
VOID = _names("area base br col embed hr img input link meta param source track wbr")

# Elements that part words: the text before and the text after are two words.
BLOCKS = _names(
    "p br hr h1 h2 h3 h4 h5 h6 div section blockquote pre ul ol li dl dt dd figure figcaption details "
    "summary table caption thead tbody tfoot tr th td"
)
_OTHERS = _names(
    "applet area base basefont bgsound big blink body button command content data dialog element embed "
    "font frame frameset head html image input isindex keygen label link map marquee meta meter multicol "
    "nextid nobr noembed noframes noscript object optgroup output param plaintext portal progress rb rtc "
    "selectedcontent shadow slot spacer track xmp"
)
# The names of all elements that HTML has or had. Only their tags are markup in a plain text.
NAMES = KEPT | frozenset(RENAMED) | DROPPED | MEDIA | _OTHERS
