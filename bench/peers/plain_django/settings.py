"""Settings for a site that caches in Redis, as in Django's documentation.

By default, Django caches single pages before they are compressed. With `PEER_TUNED=1`, its two cache middlewares cache
the whole site, including compressed answers. This shows the best result of Django.
"""

import os

TUNED = bool(os.environ.get("PEER_TUNED"))
CACHE_SECONDS = 300

SECRET_KEY = "the bench's own"  # noqa: S105 - it protects nothing
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.peers.plain_django.urls"
WSGI_APPLICATION = "bench.peers.plain_django.wsgi.application"
INSTALLED_APPS = ["bench.peers.plain_django"]
USE_TZ = True
LANGUAGE_CODE = "id"
TIME_ZONE = "Asia/Jakarta"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["PEER_ARTICLES"]}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": os.environ["PEER_REDIS"]}}
CACHE_MIDDLEWARE_SECONDS = CACHE_SECONDS

# In the order of "Middleware ordering" in Django's documentation.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    *(["django.middleware.cache.UpdateCacheMiddleware"] if TUNED else []),
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    *(["django.middleware.cache.FetchFromCacheMiddleware"] if TUNED else []),
]
