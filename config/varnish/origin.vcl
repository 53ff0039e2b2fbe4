# Where Warta is, and who may purge: the one file that differs from place to place. default.vcl includes it.

backend warta {
    .host = "127.0.0.1";
    .port = "8000";
    .connect_timeout = 0.5s;
    .first_byte_timeout = 5s;
    .between_bytes_timeout = 2s;
    # Sick after two of three, and well again after two of three: within 2 or 3 seconds either way.
    .probe = {
        .url = "/healthz";
        .interval = 1s;
        .timeout = 1s;
        .window = 3;
        .threshold = 2;
        .initial = 3;
    }
}

# Batches of articles, which are sent on while they come. Nobody can hold more connections to Warta with them than these.
backend warta_batches {
    .host = "127.0.0.1";
    .port = "8000";
    .connect_timeout = 0.5s;
    .max_connections = 20;
}

# Heard without a key, as long as varnishd has no WARTA_EDGE__TOKEN in its environment. With one, the key alone counts.
acl purgers {
    "127.0.0.1";
    "::1";
}
