# This is origin.vcl for the containers of docker-compose.yml. A purge needs the key, WARTA_EDGE__TOKEN, because the IP
# addresses of containers change. Only `warta` has a fixed IP address there.

backend warta {
    .host = "warta";
    .port = "8000";
    .connect_timeout = 0.5s;
    .first_byte_timeout = 5s;
    .between_bytes_timeout = 2s;
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
    .host = "warta";
    .port = "8000";
    .connect_timeout = 0.5s;
    .max_connections = 20;
}

acl purgers {
    "127.0.0.1";
}
