vcl 4.1;

# Varnish in front of Warta. docs/edge.md says how to start it, and what is kept how long.
#
# Documents come with tags and a long life, and Warta purges by tag when they change. A purge ends an object's life
# and leaves its grace: while Warta answers nobody gets the old object, and when it does not, everybody does.

import std;
import vsthrottle;
import xkey;

include "./origin.vcl";

# --- requests --------------------------------------------------------------------------------------------------------

sub vcl_recv {
    if (req.method == "PURGE") {
        call purge_by_tag;
    }
    if (req.method != "GET" && req.method != "HEAD") {
        if (req.method ~ "^(POST|PUT|PATCH|DELETE|OPTIONS)$") {
            call keep_operators_apart;
            call write_ascii;
            return (pass);
        }
        return (synth(405, "Method not allowed"));
    }
    if (req.url ~ "[#%]|^/[amhrs]") {  # most addresses are done with this one look
        call keep_operators_apart;
        # A page view is one for each request, and the statistics are for those who may see them.
        if (req.url ~ "^/(api/|stats(\?|$)|articles/.*/views(\.gif)?(\?|$))") {
            call write_ascii;
            return (pass);
        }
    }
    unset req.http.Cookie;
    unset req.http.Authorization;
    unset req.http.A-IM;
    call choose_coding;

    if (req.restarts == 0 && std.healthy(req.backend_hint)) {
        # An old object is not good enough. Hubs and readers come the moment they hear of news.
        set req.grace = 0s;
    } else {
        set req.grace = 7d;
    }
    return (hash);
}

sub keep_operators_apart {
    # No address needs these escapes: they would be a second spelling of it, and a way around the next rule.
    if (req.url ~ "#" || req.url ~ "(?i)^[^?]*%(2[de]|5f|7e|3[0-9]|[46][1-9a-f]|[57][0-9a])") {
        return (synth(400, "The address is not in its canonical form"));
    }
    if (req.url ~ "^/(metrics|healthz|readyz)(\?|$)") {
        return (synth(404, "Not found"));
    }
}

sub write_ascii {
    # Warta is not handed a header with a byte beyond ASCII: of a chain of addresses what follows the last stranger's words
    # is passed on.
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

# One content coding, so that an address has four objects at most: the one of full weight that Warta makes smallest,
# else one of any weight but 0 (RFC 9110 §12.5.3).
sub choose_coding {
    if (!req.http.Accept-Encoding || req.http.Accept-Encoding == "gzip") {
        return;
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
        set beresp.ttl = 1s;
        set beresp.grace = 0s;
    } elseif (beresp.http.Cache-Control ~ "(?i)no-store|no-cache|private" || beresp.ttl <= 0s) {
        set beresp.ttl = 1s;
        set beresp.uncacheable = true;
    }
    return (deliver);
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
    set resp.http.Content-Type = "text/plain; charset=utf-8";
    set resp.http.Cache-Control = "no-store";
    synthetic(resp.reason + "." + {"
"});
    return (deliver);
}
