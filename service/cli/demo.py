"""`warta demo`: loads the sample newsroom, with page views and readers."""

import hashlib
from collections import Counter
from contextlib import suppress
from datetime import datetime
from itertools import groupby

from service.articles.article import Submission
from service.articles.dates import utc_now
from service.articles.validation import ValidationContext
from service.bootstrap import Services
from service.cli import context
from service.cli.commands import command
from service.cli.terminal import say
from service.core.errors import WartaError
from service.readers.aggregate import PollAggregate
from service.readers.polls import DocumentPolls, PolledUrl, RepresentationPolls
from service.sample import newsroom
from service.sample.readers import COMPRESSED_BYTES, DOCUMENT_BYTES, SamplePolls, polls
from service.storage import ReadershipStore, Scope

DEMO_TOKEN = "demo"  # noqa: S105 - name of the token with which `warta serve` signs its link to the statistics


@command()
def demo() -> None:
    """Load a sample newsroom of 200 articles with photos, page views and feed readers, if the store is empty.

    \b
    Example:
      warta demo && warta serve
    """
    settings = context.settings(may_start_here=True)
    with context.services(settings) as services:
        if not services.store.is_empty():
            say("the store holds articles already; the sample newsroom is not loaded")
            return
        with context.redis(settings):
            now = utc_now()
            articles, views = _load_articles(services, now)
            _load_readers(services, now)
            with suppress(WartaError):  # there is such a token already
                services.tokens.create(DEMO_TOKEN, Scope.STATS_READ, now)
            say(f"loaded a sample newsroom: {articles} articles, {views:,} page views, 30 days of feed readers")


def _load_articles(services: Services, now: datetime) -> tuple[int, int]:
    """Store the articles, and count their page views. Returns how many there are of both."""
    validation = ValidationContext.of(services.settings)
    samples = list(newsroom.articles(now=now, base_url=services.settings.base_url))
    submissions = [Submission.read(sample.fields, validation) for sample in samples]
    services.publisher.put(submissions)
    services.view_persistence.refill()
    views = 0
    for submission, sample in zip(submissions, samples, strict=True):
        for age, count in sample.views:
            services.counter.add(submission.id, (now - age).timestamp(), count)
            views += count
    return len(samples), views


def _load_readers(services: Services, now: datetime) -> None:
    """Store the sums of the polls, a transaction a day, as if the days had passed."""
    aggregate, store = PollAggregate(), ReadershipStore(services.database)
    for day, of_day in groupby(polls(now), key=lambda each: each.at.date()):
        aggregate.begin_batch()
        for each in of_day:
            _add(aggregate, each)
        sums = aggregate.take_sums()
        single = {name: len(addresses) for name, addresses in sums.single.items()}
        store.add(f"sample {day}", sums, single, now)


def _add(aggregate: PollAggregate, sample: SamplePolls) -> None:
    polled, name = PolledUrl(sample.feed, "rss"), f"{sample.feed} {sample.at}"

    def polls_of(digest: str) -> RepresentationPolls:
        return DocumentPolls(polled, digest, DOCUMENT_BYTES).of_representation(COMPRESSED_BYTES)

    sources = [
        hashlib.blake2b(f"{sample.agent.partition('/')[0]} {number}".encode(), digest_size=8).digest()
        for number in range(sample.ip_addresses)
    ]
    at = int(sample.at.timestamp())
    news = [(polls_of(f"{name} {number}").news, 1) for number in range(sample.news)]  # each is another document
    for poll, times in (*news, (polls_of(name).unchanged, sample.unchanged), (polls_of(name).unasked, sample.unasked)):
        if times:
            aggregate.add(poll, sample.agent, Counter(dict.fromkeys(sources, times)), at)
