# The variants of a URL: requests that get the same document become the same. default.vcl includes this file.

# One content coding, so that a URL has four objects at most: the one of full weight that Warta makes smallest,
# else one of any weight but 0 (RFC 9110 §12.5.3).
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
        return (pass);  # perhaps even the identity is ruled out: Warta shall say
    } else {
        unset req.http.Accept-Encoding;
    }
}

# One spelling of each URL, so that nobody can fill the cache with many of them. A query that makes no difference is cut.
# What Warta would answer, too, but never writes itself, is asked for each time and not kept.
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

# A browser that opens a feed is redirected to the feed's page, and everything else gets the document: Warta's answers
# have `Vary: Sec-Fetch-Dest`. While Warta is away people get the document, too, since it is here.
sub tell_people_apart {
    if (req.http.Sec-Fetch-Dest != "document" || req.url !~ "\.(?:rss|atom|json)(?:\?|$)"
        || req.restarts > 0 || !std.healthy(req.backend_hint)) {
        unset req.http.Sec-Fetch-Dest;
    }
}

# One format for a feed's URL without extension, as Warta chooses it: a page, RSS, Atom or JSON. An error is a page
# for those who want HTML, so there are five classes. What is unusual is for Warta to choose, and is not kept.
sub choose_format {
    if (!req.http.Accept || req.url ~ "\.[a-z]+(?:\?|$)") {
        return;
    }
    std.collect(req.http.Accept);
    if (req.http.Accept == "*/*" || req.http.Accept == "") {
        unset req.http.Accept;
        return;
    }
    # Unusual: what is no plain list of media types, a weight out of place, a part of a wildcard, HTML with a weight, a
    # wish for the form of errors.
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
        return (pass);  # weighed below others, perhaps below a wildcard
    } else {
        unset req.http.Accept;
    }
}
