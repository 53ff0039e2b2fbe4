"""Real servers for the tests: a Redis and a PostgreSQL per test process, and what is built on them.

Nothing is mocked. Both servers come from PyPI wheels, listen on unix sockets only, and start when first asked for.
"""

import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from flask.testing import FlaskClient
from redis import Redis

from service.app import create_app
from service.articles.validation import ValidationContext
from service.bootstrap import Services
from service.core.metrics import Metrics
from service.core.redis import PrivateRedis, RedisLink, connect
from service.core.settings.model import Settings
from service.core.settings.site import Site
from service.storage import ArticleStore, Database, Scope
from service.storage.migrations import migrate
from tests.support.build import Build, opened
from tests.support.clock import Clock
from tests.support.postgres import PostgresServer

# How long an example takes says something about the machine, not about the code.
hypothesis.settings.register_profile("warta", deadline=None)
hypothesis.settings.load_profile("warta")


@pytest.fixture(autouse=True)
def salts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same salts in each run: readers are counted by hashes, of which two in a hundred runs would else collide."""
    monkeypatch.setattr("secrets.token_bytes", random.Random(7).randbytes)  # noqa: S311 - a sample


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other tests may need longer for an answer than readers should wait for."""
    monkeypatch.setattr("service.core.redis.client.TIMEOUT_SECONDS", 3.0)
    for limit in ("READ_SECONDS", "PROBE_SECONDS", "READ_PATIENCE_SECONDS", "PATIENCE_SECONDS"):
        monkeypatch.setattr(f"service.storage.database.{limit}", 3.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRedis]:
    server = PrivateRedis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRedis]:
    """A Redis of the test's own, to be stopped and started."""
    server = PrivateRedis(tmp_path_factory.mktemp("r"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: PrivateRedis) -> str:
    """A Redis without data."""
    with Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def link(redis_url: str, metrics: Metrics) -> Iterator[RedisLink]:
    link = RedisLink(connect(redis_url), metrics)
    yield link
    link.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    # A short path: a unix socket's may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="warta-pg-"))
    server = PostgresServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, for each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    address = server.empty_database()
    yield address
    server.drop(address)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database."""
    database = Database(database_url.replace("postgresql://", "postgresql+psycopg://"))
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> ArticleStore:
    return ArticleStore(database)


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    """A newsroom on SQLite and the session's Redis."""
    site = Site(title="Warta Uji", description="Berita uji", rights="© Warta Uji", tag_authority="uji.example,2026")
    return Settings(base_url="https://feeds.example", data_dir=tmp_path, redis_url=redis_url, site=site)


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    with opened(settings) as services:
        yield services


@pytest.fixture
def build() -> Iterator[Build]:
    """Builds the objects of one more process, and closes them at the end of the test."""
    with ExitStack() as opened:
        yield lambda settings: opened.enter_context(closing(Services.build(settings)))


@pytest.fixture
def client(settings: Settings, services: Services) -> FlaskClient:
    """An HTTP client without credentials."""
    return create_app(settings, services).test_client()


@pytest.fixture
def token(services: Services) -> dict[str, str]:
    """Headers that let a request write articles."""
    secret = services.tokens.create("cms", Scope.ARTICLES_WRITE, datetime.now(UTC))
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def reading(settings: Settings) -> ValidationContext:
    return ValidationContext.of(settings)
