# mypy: disable-error-code="import-not-found"
"""The URLs of the feeds. Each page is cached for five minutes, unless the whole site is cached."""

from django.urls import path
from django.views.decorators.cache import cache_page

from bench.peers.plain_django.feeds import Latest, LatestAtom
from bench.peers.plain_django.settings import CACHE_SECONDS, TUNED

kept = (lambda feed: feed) if TUNED else cache_page(CACHE_SECONDS)

urlpatterns = [path("latest.rss", kept(Latest())), path("latest.atom", kept(LatestAtom()))]
