"""What clients say of content codings, and the one that is asked for in their place; None for no coding."""

CODINGS = [
    ("gzip, deflate, br, zstd", "br"),
    ("gzip, deflate", "gzip"),
    ("GZIP", "gzip"),
    ("br;q=1.0, gzip;q=0.8, *;q=0.1", "br"),
    ("br;q=0.5, gzip", "gzip"),
    ("gzip;q=0.5, zstd;q=0.9", "zstd"),
    ("gzip;q=1.0, deflate;q=0.6, identity;q=0.3", "gzip"),
    ("gzip;q=0, br; q=0.0", None),
    ("identity, gzip;q=0.5", None),
    ("gzip;q=0.001", "gzip"),
    ("*", "gzip"),
    ("deflate", None),
    ("brotli, xgzip, gzipx", None),
    ("", None),
    ("*;q=0", "*;q=0"),
    ("identity;q=0", "identity;q=0"),
]
