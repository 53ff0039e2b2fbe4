vcl 4.1;

# Varnish in front of Warta. docs/edge.md says how to start it, and what is kept how long. Varnish's IP address must be
# in trusted_proxies of Warta's settings, as 127.0.0.1 is in config/warta.toml: otherwise all visitors count as one.
#
# Documents come with tags and a long life, and Warta purges by tag when they change. A purge ends an object's life
# and leaves its grace: while Warta answers nobody gets the old object, and when it does not, everybody does.

import std;
import vsthrottle;
import xkey;

include "./origin.vcl";

# --- requests --------------------------------------------------------------------------------------------------------

sub vcl_recv {
    # Most URLs are in order, and this one look says so.
    if (req.url !~ "^(?:/[0-9a-z-]{1,200}+){1,8}+(?:\.[a-z]++){0,2}+$") {
        call read_target;
    }
    unset req.http.Host;  # Warta needs none, and none that a stranger wrote shall be in an answer
    unset req.http.X_Forwarded_For;  # Warta would read each of these as X-Forwarded-For
    unset req.http.X_Forwarded-For;
    unset req.http.X-Forwarded_For;
    if (req.method != "GET" && req.method != "HEAD") {
        call answer_other_methods;
    }
    if (req.http.Transfer-Encoding || req.http.Content-Length ~ "[^0]") {
        return (synth(400, "A request with the method " + req.method + " has no body here"));
    }
    if (req.url ~ "^/[amhrs]") {
        call keep_operators_apart;
        # A page view is one for each request, and the statistics are for those who may see them.
        if (req.url ~ "^/(api/|stats([/?]|$)|articles/.*/views(\.gif)?(\?|$))") {
            call write_ascii;
            return (pass);
        }
    }
    unset req.http.Cookie;
    unset req.http.Authorization;
    unset req.http.A-IM;
    call spell_once;
    call tell_people_apart;
    call choose_coding;
    call choose_format;

    if (req.restarts == 0 && std.healthy(req.backend_hint)) {
        # An old object is not good enough. Hubs and readers come the moment they hear of news.
        set req.grace = 0s;
    } else {
        set req.grace = 7d;
    }
    return (hash);
}

# A target is a path with or without a query. What a server must accept besides (RFC 9112 §3.2.2) becomes one, and the
# rest is refused: each of these forms would be a way around the rules below.
sub read_target {
    if (req.url ~ "^.{2501}") {  # 200 characters, each of them four escaped bytes, and what stands around them
        return (synth(414, "The URL is longer than 2,500 characters"));
    }
    set req.url = regsub(req.url, "(?i)^https?://[^/?#]+/?", "/");
    # No URL needs an escape for a letter, a digit, or one of "-._~".
    if (req.url !~ "^/(?!/)" || req.url ~ "#|^[^?]*/\.\.?(?:[/?]|$)"
        || req.url ~ "(?i)^[^?]*%(?:2[de]|5f|7e|3[0-9]|[46][1-9a-f]|[57][0-9a])") {
        return (synth(400, "The URL is not in its canonical form"));
    }
}

sub answer_other_methods {
    if (req.method == "PURGE") {
        call purge_by_tag;
    }
    if (req.method !~ "^(POST|PUT|PATCH|DELETE|OPTIONS)$") {
        return (synth(405, "Method not allowed"));
    }
    call keep_operators_apart;
    call write_ascii;
    call receive_body;
    return (pass);
}

sub keep_operators_apart {
    if (req.url ~ "^/(metrics|healthz|readyz)(\?|$)") {
        return (synth(404, "Not found"));
    }
}

# A body that comes slowly would hold a thread of Warta for as long as its sender likes. So Varnish has all of it before
# Warta hears of the request. A batch of articles is the exception, since it may be of any size: Warta looks at its token
# first, and origin.vcl says how many there may be at a time.
sub receive_body {
    if (!req.http.Transfer-Encoding && req.http.Content-Length !~ "[^0]") {
        return;
    }
    if (req.url == "/api/articles" && req.method == "POST" && req.http.Authorization) {
        set req.backend_hint = warta_batches;
        return;
    }
    if (req.url ~ "^/api/") {
        if (std.integer(req.http.Content-Length, 0) > 1000000) {  # limits.article_bytes of Warta's settings
            return (synth(413, "The body is longer than 1,000,000 bytes"));
        }
        if (!std.cache_req_body(1000000B)) {
            call refuse_body;
        }
    } else {
        if (std.integer(req.http.Content-Length, 0) > 16384) {
            return (synth(413, "The body is longer than 16,384 bytes"));
        }
        if (!std.cache_req_body(16384B)) {
            call refuse_body;
        }
    }
}

sub refuse_body {
    if (req.http.Content-Length) {
        return (synth(408, "The body did not come in time"));
    }
    return (synth(413, "The body did not come in time, or is too long"));
}

# Warta is not handed a header with a byte beyond ASCII: of a chain of addresses what follows the last stranger's words
# is passed on.
sub write_ascii {
    set req.http.X-Forwarded-For = regsub(req.http.X-Forwarded-For, "^.*[^0-9A-Fa-f.:, ]", "");
    if (req.http.User-Agent) {
        set req.http.User-Agent = regsuball(req.http.User-Agent, "[^ -~]+", "?");
    }
}

sub purge_by_tag {
    if (std.getenv("WARTA_EDGE__TOKEN") ~ ".") {
        if (req.http.Authorization != "Bearer " + std.getenv("WARTA_EDGE__TOKEN")) {
            return (synth(403, "The key is missing or wrong"));
        }
    } elseif (client.ip !~ purgers || req.http.X-Forwarded-For ~ ",") {
        # Varnish has added the client's address: if there is another, a proxy on a trusted address passes it on.
        return (synth(403, "Purging is not for this address"));
    }
    if (!req.http.Surrogate-Key) {
        return (synth(400, "Surrogate-Key must name the tags"));
    }
    set req.http.Purged = xkey.softpurge(req.http.Surrogate-Key);
    return (synth(200, "Purged " + req.http.Purged));
}

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

sub vcl_hash {
    # Not the Host header: Warta never looks at it, and anybody may send another one.
    hash_data(req.url);
    return (lookup);
}

# What could not be had a moment ago is not asked for again before a second has passed: those who have waited for it
# would ask one after the other. A token that comes back after a second stands for that.
sub vcl_miss {
    if (req.restarts > 0) {
        return (pass);  # there is no older object: Warta's own error is the answer
    }
    if (vsthrottle.remaining(req.url, 1, 1s) == 0) {
        return (restart);
    }
}

# --- answers of Warta ------------------------------------------------------------------------------------------------

sub vcl_backend_fetch {
    if (bereq.uncacheable) {
        set bereq.first_byte_timeout = 60s;  # a batch of articles is stored before it is answered
        set bereq.between_bytes_timeout = 60s;
    } elseif (bereq.is_bgfetch && vsthrottle.remaining(bereq.url, 1, 1s) == 0) {
        return (abandon);
    }
}

sub vcl_backend_response {
    if (bereq.uncacheable) {
        return (deliver);
    }
    if (beresp.status >= 500) {
        call give_up;
    }
    call refuse_what_was_not_asked_for;
    set beresp.grace = 7d;
    if (beresp.http.Surrogate-Control ~ "max-age=[0-9]+") {
        set beresp.http.xkey = beresp.http.Surrogate-Key;
        unset beresp.http.Surrogate-Key;
        set beresp.ttl = std.duration(regsub(beresp.http.Surrogate-Control, "^.*max-age=([0-9]+).*$", "\1s"), 1s);
        if (beresp.time - bereq.time > 0.4s) {
            # It may be older than a purge that came meanwhile. Warta purges again after 0.5 seconds; this is later.
            set beresp.ttl = 1s;
        }
        if (beresp.ttl <= 0s) {
            set beresp.ttl = 0.1s;  # old already; but those who wait for it need not ask one after the other
        }
        unset beresp.http.Surrogate-Control;
    } elseif (beresp.status != 200) {
        # For a second, although it says no-store: a "hit for miss" would let every request through for minutes, also
        # when there is a feed again.
        call keep_shortly;
    } elseif (beresp.http.Cache-Control ~ "(?i)no-store|no-cache|private" || beresp.ttl <= 0s) {
        call keep_shortly;
        set beresp.uncacheable = true;
    }
    return (deliver);
}

# Varnish asks for a whole document in one coding, and without conditions. If the answer is another one, then the
# stranger has found a header that says more, such as Accept_Encoding, which is Accept-Encoding for Warta.
sub refuse_what_was_not_asked_for {
    if ((beresp.http.Content-Encoding && beresp.http.Content-Encoding != bereq.http.Accept-Encoding)
        || (beresp.status != 200 && beresp.status != 404 && beresp.status != 410
            && beresp.status != 301 && beresp.status != 303 && beresp.status != 307 && beresp.status != 308)) {
        set beresp.ttl = 0s;
        set beresp.grace = 0s;
        set beresp.uncacheable = true;
        return (deliver);
    }
}

# There is no end of URLs that have nothing to show. So ten of them are kept in a second, and the others not at all.
sub keep_shortly {
    set beresp.grace = 0s;
    if (vsthrottle.is_denied("kept shortly", 10, 1s)) {
        set beresp.ttl = 0s;
    } else {
        set beresp.ttl = 1s;
    }
}

sub give_up {
    # An error must not take the place of a good object. vcl_synth looks for one.
    if (vsthrottle.is_denied(bereq.url, 1, 1s)) {
        std.log("failed again: " + bereq.url);
    }
    return (abandon);
}

sub vcl_backend_error {
    if (!bereq.uncacheable) {
        call give_up;
    }
    set beresp.http.Content-Type = "text/plain; charset=utf-8";
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Retry-After = "5";
    synthetic("The service cannot be reached now; try again in a few seconds." + {"
"});
    return (deliver);
}

# --- answers to the client -------------------------------------------------------------------------------------------

sub vcl_deliver {
    if (resp.http.xkey) {
        # The object is as fresh as it can be, however long it has been here: it would have been purged. A reader
        # that reckons its age from either field would take it for stale, and ask again every time.
        unset resp.http.Age;
        set resp.http.Date = now;
        unset resp.http.xkey;
    }
    return (deliver);
}

sub vcl_synth {
    if (resp.status == 503 && req.restarts == 0) {
        return (restart);  # with what is here, however old
    }
    if (req.http.Transfer-Encoding || req.http.Content-Length ~ "[^0]") {
        set resp.http.Connection = "close";  # or Varnish would wait for the rest of the body
    }
    set resp.http.Content-Type = "text/plain; charset=utf-8";
    set resp.http.Cache-Control = "no-store";
    synthetic(resp.reason + "." + {"
"});
    return (deliver);
}
