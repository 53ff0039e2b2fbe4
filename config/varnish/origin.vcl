# The place of Warta, and the IP addresses that may purge. Change this file for your machines. default.vcl includes it.

backend warta {
    .host = "127.0.0.1";
    .port = "8000";
    .connect_timeout = 0.5s;
    .first_byte_timeout = 5s;
    .between_bytes_timeout = 2s;
    # Two of three probes decide: Varnish notices the end and the return of Warta within 2 or 3 seconds.
    .probe = {
        .url = "/healthz";
        .interval = 1s;
        .timeout = 1s;
        .window = 3;
        .threshold = 2;
        .initial = 3;
    }
}

# Batches of articles, which Varnish sends to Warta during the upload. They have at most this number of connections.
backend warta_batches {
    .host = "127.0.0.1";
    .port = "8000";
    .connect_timeout = 0.5s;
    .max_connections = 20;
}

# They may purge without a key, if varnishd has no WARTA_EDGE__TOKEN in its environment. With this variable, only the key counts.
acl purgers {
    "127.0.0.1";
    "::1";
}
