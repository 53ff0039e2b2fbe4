# Warta's answers, and the answers to clients. default.vcl includes this file.

sub vcl_backend_fetch {
    if (bereq.uncacheable) {
        set bereq.first_byte_timeout = 60s;  # Warta stores a batch of articles before it answers
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
            # The answer may be older than a purge that came meanwhile, and comes after Warta's second purge, which
            # follows after 0.5 seconds.
            set beresp.ttl = 1s;
        }
        if (beresp.ttl <= 0s) {
            set beresp.ttl = 0.1s;  # outdated, but all waiting clients get this one answer
        }
        unset beresp.http.Surrogate-Control;
    } elseif (beresp.status != 200) {
        # Kept for a second, in spite of no-store: a "hit for miss" would send every request to Warta for minutes, also
        # when there is a feed again.
        call keep_shortly;
    } elseif (beresp.http.Cache-Control ~ "(?i)no-store|no-cache|private" || beresp.ttl <= 0s) {
        call keep_shortly;
        set beresp.uncacheable = true;
    }
    return (deliver);
}

# Varnish asks for a whole document in one coding, without conditions. If it gets another answer, a client has used a
# header that Varnish does not know, such as Accept_Encoding, which Warta reads as Accept-Encoding. Do not keep it.
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

# The number of URLs that do not exist has no limit. So Varnish keeps only ten of their answers in a second.
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

sub vcl_deliver {
    if (resp.http.xkey) {
        # The object is current, because Warta would have purged an outdated one. A reader that computes its age from Age
        # or Date would take it for stale, and ask again every time.
        unset resp.http.Age;
        set resp.http.Date = now;
        unset resp.http.xkey;
    }
    return (deliver);
}

sub vcl_synth {
    if (resp.status == 503 && req.restarts == 0) {
        return (restart);  # with the object in the cache, of any age
    }
    if (req.http.Transfer-Encoding || req.http.Content-Length ~ "[^0]") {
        set resp.http.Connection = "close";  # otherwise Varnish would wait for the rest of the body
    }
    set resp.http.Content-Type = "text/plain; charset=utf-8";
    set resp.http.Cache-Control = "no-store";
    synthetic(resp.reason + "." + {"
"});
    return (deliver);
}
