# mypy: disable-error-code="import-not-found"
"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peers.plain_django.settings")
application = get_wsgi_application()
