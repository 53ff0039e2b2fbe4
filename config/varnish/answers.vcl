# Warta's answers, and the answers to clients. default.vcl includes this file.

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
