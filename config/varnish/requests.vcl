# Requests before the cache: their targets, methods and bodies. default.vcl includes this file.

# A target is a path with or without a query. A target with http:// or https:// and a host (RFC 9112 §3.2.2) becomes one.
# All other forms are refused, because they would be a way around the rules below.
sub read_target {
    if (req.url ~ "^.{2501}") {  # an id of 200 characters, each of four escaped bytes, and the rest of the URL
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

# A slow body would hold a thread of Warta. So Varnish waits for the whole body before it asks Warta. A batch of articles
# is the exception, because it may have any size. Warta checks its token first, and origin.vcl limits the number of
# batches at the same time.
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

# Warta gets a header with a byte beyond ASCII as an empty header. So Varnish removes these bytes. From X-Forwarded-For, it
# keeps the IP addresses after them.
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
        # Varnish has added the IP address of its peer. A comma means that this peer is a proxy, and the client is unknown.
        return (synth(403, "This IP address may not purge"));
    }
    if (!req.http.Surrogate-Key) {
        return (synth(400, "Surrogate-Key must name the tags"));
    }
    set req.http.Purged = xkey.softpurge(req.http.Surrogate-Key);
    return (synth(200, "Purged " + req.http.Purged));
}
