"""Headers of requests for a feed: those of browsers in which a person opens it, and those of programs."""

_CHROMIUM = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
)
_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Mobile/15E148 Safari/604.1"
)
_HTML = "text/html,application/xhtml+xml,application/xml;q=0.9"
_COMPRESSED = "gzip, deflate, br"

# What a click on a link, a bookmark and the address bar send.
BROWSERS = {
    "chromium": {
        "User-Agent": _CHROMIUM,
        "Accept": f"{_HTML},image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
        "Accept-Encoding": f"{_COMPRESSED}, zstd",
        "Sec-Fetch-Site": "none",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-User": "?1",
        "Sec-Fetch-Dest": "document",
        "Upgrade-Insecure-Requests": "1",
    },
    "firefox": {
        "User-Agent": _FIREFOX,
        "Accept": f"{_HTML},*/*;q=0.8",
        "Accept-Encoding": f"{_COMPRESSED}, zstd",
        "Sec-Fetch-Dest": "document",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Site": "cross-site",
        "Priority": "u=0, i",
    },
    "safari": {
        "User-Agent": _SAFARI,
        "Accept": f"{_HTML},*/*;q=0.8",
        "Accept-Encoding": _COMPRESSED,
        "Sec-Fetch-Dest": "document",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Site": "none",
    },
}
_FEEDS = "application/atom+xml, application/rss+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.7, */*;q=0.1"
PROGRAMS = {
    "curl": {"User-Agent": "curl/8.14.1", "Accept": "*/*"},
    "feedparser": {
        "User-Agent": "feedparser/6.0.12 +https://github.com/kurtmckee/feedparser/",
        "Accept": "application/atom+xml,application/rdf+xml,application/rss+xml,application/x-netcdf,application/xml"
        ";q=0.9,text/xml;q=0.2,*/*;q=0.1",
        "A-IM": "feed",
    },
    "miniflux": {"User-Agent": "Mozilla/5.0 (compatible; Miniflux/2.2.9; +https://miniflux.app)", "Accept": _FEEDS},
    "freshrss": {
        "User-Agent": "FreshRSS/1.26.3 (Linux; https://freshrss.org)",
        "Accept": "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/xml;q=0.8, "
        "text/xml;q=0.8, text/html;q=0.7, unknown/unknown;q=0.1, application/unknown;q=0.1, */*;q=0.1",
    },
    "netnewswire": {
        "User-Agent": "NetNewsWire (RSS Reader; https://netnewswire.com/)",
        "Accept": "application/rss+xml, application/atom+xml, application/json;q=0.9, application/feed+json",
    },
    "feedly": {"User-Agent": "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 42 subscribers; )", "Accept": "*/*"},
    "newsblur": {
        "User-Agent": "NewsBlur Feed Fetcher - 7 subscribers - https://www.newsblur.com/site/1/berita (Mozilla/5.0 "
        "(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.0.1 Safari/605.1.15)",
        "Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.8, text/xml;q=0.6, */*;q=0.2",
    },
    "inoreader": {"User-Agent": "Mozilla/5.0 (compatible; inoreader.com/1.0; 9 subscribers)", "Accept": "*/*"},
    "newsboat": {"User-Agent": "newsboat/2.38 (Linux x86_64)", "A-IM": "feed", "Accept": "*/*"},
    "thunderbird": {
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0",
        "Accept": "application/atom+xml,application/rss+xml;q=0.9,application/rdf+xml;q=0.8,application/xml;q=0.7,"
        "text/xml;q=0.7,*/*;q=0.1",
        "Sec-Fetch-Dest": "empty",
        "Sec-Fetch-Mode": "no-cors",
        "Sec-Fetch-Site": "cross-site",
    },
    # A reader that pretends to be a browser of the time before Fetch Metadata.
    "tt-rss": {"User-Agent": _FIREFOX, "Accept": f"{_HTML},*/*;q=0.8"},
    # Readers in a browser or on Electron, and scripts of pages.
    "extension": {
        "User-Agent": _CHROMIUM,
        "Accept": "*/*",
        "Sec-Fetch-Dest": "empty",
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Site": "none",
    },
    "script": {
        "User-Agent": _FIREFOX,
        "Accept": "*/*",
        "Origin": "https://lain.example",
        "Sec-Fetch-Dest": "empty",
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Site": "cross-site",
    },
    "iframe": {
        "User-Agent": _CHROMIUM,
        "Accept": f"{_HTML},*/*;q=0.8",
        "Sec-Fetch-Dest": "iframe",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Site": "cross-site",
    },
}
