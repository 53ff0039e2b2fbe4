# The variants of a URL: requests for the same document become equal. default.vcl includes this file.

# One content coding, so that a URL has at most four objects: the smallest coding of full weight, or otherwise a coding of
# any weight except 0 (RFC 9110 §12.5.3).
sub choose_coding {
    std.collect(req.http.Accept-Encoding);
    if (!req.http.Accept-Encoding || req.http.Accept-Encoding == "gzip") {
        return;
    }
    if (req.http.Accept-Encoding ~ "^.{501}") {
        return (pass);
    }
    if (req.http.Accept-Encoding ~ "(?i)(^|,)\s*br\s*(;\s*q=1[.0]*\s*)?(,|$)") {
        set req.http.Accept-Encoding = "br";
    } elseif (req.http.Accept-Encoding ~ "(?i)(^|,)\s*zstd\s*(;\s*q=1[.0]*\s*)?(,|$)") {
        set req.http.Accept-Encoding = "zstd";
    } elseif (req.http.Accept-Encoding ~ "(?i)(^|,)\s*gzip\s*(;\s*q=1[.0]*\s*)?(,|$)") {
        set req.http.Accept-Encoding = "gzip";
    } elseif (req.http.Accept-Encoding ~ "(?i)(^|,)\s*identity\s*(;\s*q=1[.0]*\s*)?(,|$)") {
        unset req.http.Accept-Encoding;
    } elseif (req.http.Accept-Encoding ~ "(?i)(^|,)\s*br\s*;\s*q=0?\.0*[1-9]") {
        set req.http.Accept-Encoding = "br";
    } elseif (req.http.Accept-Encoding ~ "(?i)(^|,)\s*zstd\s*;\s*q=0?\.0*[1-9]") {
        set req.http.Accept-Encoding = "zstd";
    } elseif (req.http.Accept-Encoding ~ "(?i)(^|,)\s*gzip\s*;\s*q=0?\.0*[1-9]") {
        set req.http.Accept-Encoding = "gzip";
    } elseif (req.http.Accept-Encoding ~ "^\s*\*\s*$") {
        set req.http.Accept-Encoding = "gzip";
    } elseif (req.http.Accept-Encoding ~ "\*|(?i)identity") {
        return (pass);  # perhaps the client accepts not even the identity: Warta decides
    } else {
        unset req.http.Accept-Encoding;
    }
}

# One spelling of each URL, so that nobody can fill the cache with many spellings. A query without effect is removed.
# Warta answers other spellings, too. Such requests go to Warta each time, and the answers are not kept.
sub spell_once {
    if (req.url ~ "\?") {
        set req.url = regsub(req.url, "^(/|/(?:articles|static)/[^?]*|/robots\.txt|/embed\.js|/embed/demo)\?.*$", "\1");
        set req.url = regsub(req.url, "\?$", "");
    }
    if (req.url !~ "^(?:/(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*+)++(?:\?limit=(?:100|[1-9][0-9]?))?$"
        || req.url ~ "//|^/articles/[^/]*/|^/(?!articles/).*%2F"
        || req.url ~ "^/photos/") {  # the sample newsroom draws a photo for any name
        return (pass);
    }
}

# Warta redirects a browser that opens a feed to the page of the feed, and programs get the document: its answers have
# `Vary: Sec-Fetch-Dest`. While Warta is away, browsers get the document, too, because it is in the cache.
sub tell_people_apart {
    if (req.http.Sec-Fetch-Dest != "document" || req.url !~ "\.(?:rss|atom|json)(?:\?|$)"
        || req.restarts > 0 || !std.healthy(req.backend_hint)) {
        unset req.http.Sec-Fetch-Dest;
    }
}

# One format for the URL of a feed without an extension, as Warta chooses it: a page, RSS, Atom or JSON. Errors are pages
# for clients that accept HTML, so there are five classes. Warta itself chooses for unusual headers, and the answer is
# not kept.
sub choose_format {
    if (!req.http.Accept || req.url ~ "\.[a-z]+(?:\?|$)") {
        return;
    }
    std.collect(req.http.Accept);
    if (req.http.Accept == "*/*" || req.http.Accept == "") {
        unset req.http.Accept;
        return;
    }
    # Unusual headers: no plain list of media types, a weight in a wrong place, a part of a wildcard, HTML with a weight,
    # or a media type of errors.
    if (req.http.Accept ~ "^.{501}|[^\w!#$&^.+/*;=, -]|;(?! *[\w-]+=[\w.+-]+ *(?:[;,]|$))"
        || req.http.Accept ~ "(?i); *q=(?!(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?) *(?:,|$))"
        || req.http.Accept ~ "(?i)(?:text|application)/\*|problem\+json|text/html *;") {
        return (pass);
    }
    if (req.http.Accept ~ "(?i)(?:^|,) *application/rss\+xml *(?:; *q=1[.0]* *)?(?:,|$)") {
        if (req.http.Accept ~ "(?i)(?:^|,) *text/html *(?:,|$)") {
            set req.http.Accept = "application/rss+xml, text/html";
        } else {
            unset req.http.Accept;
        }
    } elseif (req.http.Accept ~ "(?i)(?:^|,) *text/html *(?:,|$)") {
        set req.http.Accept = "text/html";
    } elseif (req.http.Accept ~ "(?i)(?:^|,) *application/atom\+xml *(?:; *q=1[.0]* *)?(?:,|$)") {
        set req.http.Accept = "application/atom+xml";
    } elseif (req.http.Accept ~ "(?i)(?:^|,) *application/(?:feed\+)?json *(?:; *q=1[.0]* *)?(?:,|$)") {
        set req.http.Accept = "application/feed+json";
    } elseif (req.http.Accept ~ "(?i)(?:^|,) *(?:application|text)/xml *(?:; *q=1[.0]* *)?(?:,|$)") {
        unset req.http.Accept;
    } elseif (req.http.Accept ~ "(?i)(?:^|,) *application/(?:(?:rss|atom)\+xml|(?:feed\+)?json|xml) *;|(?:^|,) *text/xml *;") {
        return (pass);  # it has a lower weight than others, perhaps lower than a wildcard
    } else {
        unset req.http.Accept;
    }
}
