"""What strangers write into X-Forwarded-For, and what of it a proxy on this machine passes on."""

FORWARDED = [
    ("\xe9", "127.0.0.1"),
    ("\xe9, 192.0.2.1", "192.0.2.1, 127.0.0.1"),
    ("192.0.2.9, \xe9, 192.0.2.1", "192.0.2.1, 127.0.0.1"),
    ("192.0.2.9, 2001:db8::1", "192.0.2.9, 2001:db8::1, 127.0.0.1"),
]
