vcl 4.1;

# Varnish in front of Warta. docs/edge.md says how to start it, and describes it. Varnish's IP address must be in the
# setting trusted_proxies of Warta, as 127.0.0.1 is in config/warta.toml. Otherwise all visitors count as one.
#
# Documents come with tags and a long lifetime, and Warta purges by tag when they change. A purge ends the lifetime of an
# object, but not its grace. While Warta answers, no client gets the old object. While it does not answer, all clients
# get it.
#
# Copy all files of this folder into one folder. Change only origin.vcl.

import std;
import vsthrottle;
import xkey;

include "./origin.vcl";      # where Warta is, and who may purge
include "./requests.vcl";    # refuses bad targets, takes bodies and purges
include "./variants.vcl";    # one object for all requests that get the same document
include "./answers.vcl";     # lifetimes, and errors

sub vcl_recv {
    # This one comparison accepts most URLs. The others are examined.
    if (req.url !~ "^(?:/[0-9a-z-]{1,200}+){1,8}+(?:\.[a-z]++){0,2}+$") {
        call read_target;
    }
    unset req.http.Host;  # Warta needs none, and no answer may contain one that a stranger has written
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
        # Each page view must reach Warta, and the statistics need a token.
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
        # No old object: hubs and readers come directly after the message about a change.
        set req.grace = 0s;
    } else {
        set req.grace = 7d;
    }
    return (hash);
}

sub vcl_hash {
    # Not the Host header: Warta does not use it, and any client may send another one.
    hash_data(req.url);
    return (lookup);
}

# After a failed request, Varnish waits a second before the next one for the same URL. Otherwise the waiting clients would
# ask one after the other. The token of vsthrottle comes back after this second.
sub vcl_miss {
    if (req.restarts > 0) {
        return (pass);  # there is no older object: Warta's own error is the answer
    }
    if (vsthrottle.remaining(req.url, 1, 1s) == 0) {
        return (restart);
    }
}
