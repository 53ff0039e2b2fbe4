vcl 4.1;

# Varnish in front of Warta. docs/edge.md says how to start it, and what is kept how long. Varnish's IP address must be
# in trusted_proxies of Warta's settings, as 127.0.0.1 is in config/warta.toml: otherwise all visitors count as one.
#
# Documents come with tags and a long life, and Warta purges by tag when they change. A purge ends an object's life
# and leaves its grace: while Warta answers nobody gets the old object, and when it does not, everybody does.
#
# All files of this folder belong into one folder. Only origin.vcl differs from place to place.

import std;
import vsthrottle;
import xkey;

include "./origin.vcl";      # where Warta is, and who may purge
include "./requests.vcl";    # refuses bad targets, takes bodies and purges
include "./variants.vcl";    # one object for all requests that get the same document
include "./answers.vcl";     # what is kept how long, and errors

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
