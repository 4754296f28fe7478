"""Fixtures of all tests: real servers, one database per parallel worker, emptied before each test."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from embedded.errors import EmbeddedError
from tests.servers import Addresses, SmtpReceiver, TestServers, WebhookReceiver, empty, of_worker

SERVER_FIXTURES = {"mongo_server", "redis_server", "database", "redis", "settings"}
BROWSER_FIXTURES = {"chromium", "page"}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SECRET_KEY = "only-for-tests-0123456789-abcdefghijkl"

_servers = pytest.StashKey[TestServers]()
_addresses = pytest.StashKey[Addresses]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "server: talks to a real mongod or redis-server (set by the fixtures used)")
    config.addinivalue_line("markers", "browser: drives a real Chromium (set by the fixtures used)")
    config.addinivalue_line("markers", "torture: kills and freezes parts for minutes; run by `make torture`")


@pytest.hookimpl(tryfirst=True)  # before pytest evaluates -m
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if names & SERVER_FIXTURES:
            item.add_marker(pytest.mark.server)
        if names & BROWSER_FIXTURES:
            item.add_marker(pytest.mark.browser)
    if "torture" not in config.getoption("markexpr"):
        _deselect(config, items, "torture")


def _deselect(config: pytest.Config, items: list[pytest.Item], marker: str) -> None:
    marked = [item for item in items if item.get_closest_marker(marker)]
    if marked:
        config.hook.pytest_deselected(items=marked)
        items[:] = [item for item in items if not item.get_closest_marker(marker)]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist: the controller owns the servers, because it outlives every worker."""
    if "not server" in node.config.getoption("markexpr"):
        return
    addresses = _start(node.config)
    node.workerinput["mongodb_uri"] = addresses.mongodb_uri
    node.workerinput["redis_url"] = addresses.redis_url


def pytest_unconfigure(config: pytest.Config) -> None:
    servers = config.stash.get(_servers, None)
    if servers:
        servers.stop()


def _start(config: pytest.Config) -> Addresses:
    if _addresses not in config.stash:
        config.stash[_servers] = TestServers()
        try:
            config.stash[_addresses] = config.stash[_servers].start()
        except EmbeddedError as error:
            pytest.exit(str(error), returncode=3)
    return config.stash[_addresses]


@pytest.fixture(scope="session")
def worker() -> str:
    """`master` without pytest-xdist, else `gw0`, `gw1` …"""
    return os.environ.get("PYTEST_XDIST_WORKER", "master")


@pytest.fixture(scope="session")
def addresses(request: pytest.FixtureRequest, worker: str) -> Addresses:
    """Where this worker's own databases are; starts the servers when nobody has."""
    handed_over = getattr(request.config, "workerinput", None)
    if handed_over and "mongodb_uri" in handed_over:
        return of_worker(Addresses(handed_over["mongodb_uri"], handed_over["redis_url"]), worker)
    return of_worker(_start(request.config), worker)


@pytest.fixture(scope="session")
def mongo_server(addresses: Addresses) -> str:
    """The address of this worker's MongoDB database."""
    return addresses.mongodb_uri


@pytest.fixture(scope="session")
def redis_server(addresses: Addresses) -> str:
    """The address of this worker's Redis database."""
    return addresses.redis_url


@pytest.fixture(scope="session")
def settings(mongo_server: str, redis_server: str) -> Any:
    """`Settings` of an installation on this worker's databases."""
    from store.settings import Settings

    return Settings.from_environment({"MONGODB_URI": mongo_server, "REDIS_URL": redis_server, "SECRET_KEY": SECRET_KEY})


@pytest.fixture(scope="session")
def _connected(settings: Any) -> Any:
    from store.connection import connect, ensure_indexes

    database = connect(settings)
    database.client.drop_database(database.name)  # servers named by MONGODB_URI may hold an earlier run's indexes
    ensure_indexes()
    return database


@pytest.fixture
def database(_connected: Any) -> Any:
    """The empty MongoDB database of this worker (`pymongo`), with MongoEngine connected to it and all indexes made."""
    empty(_connected)
    return _connected


@pytest.fixture(scope="session")
def _redis_client(redis_server: str) -> Iterator[Any]:
    from redis import Redis

    with Redis.from_url(redis_server) as client:
        yield client


@pytest.fixture
def redis(_redis_client: Any) -> Any:
    """The empty Redis database of this worker."""
    _redis_client.flushdb()
    return _redis_client


@pytest.fixture
def smtp() -> Iterator[SmtpReceiver]:
    """A mail server: `smtp.url`, `smtp.messages`, `smtp.wait_for(1)`, `smtp.refusal = "451 later"`."""
    with SmtpReceiver() as receiver:
        yield receiver


@pytest.fixture
def webhook() -> Iterator[WebhookReceiver]:
    """An HTTP receiver: `webhook.url`, `.requests`, `.wait_for(1)`, `.answer(status=503)`, `.answer_once(hang=9)`."""
    with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Playwright's browser object on the machine's own Chromium."""
    from playwright.sync_api import sync_playwright

    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if executable is None:
        pytest.fail("No Chromium on PATH. Install it: sudo apt-get install chromium fonts-noto-cjk", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page in a context of its own: no cookies or storage of another test."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


class _NoWatch:
    """Stands for `faulthandler` in `store.hanging`."""

    def dump_traceback_later(self, seconds: float, exit: bool = False) -> None:
        """Ends nothing."""

    def cancel_dump_traceback_later(self) -> None:
        """Has nothing to end."""


@pytest.fixture(scope="session", autouse=True)
def _unwatched() -> Iterator[None]:
    """A loop of the product that runs inside a test must not end the whole run on a slow machine; processes of the
    product's own are watched as ever."""
    patch = pytest.MonkeyPatch()
    patch.setattr("store.hanging.faulthandler", _NoWatch())
    yield
    patch.undo()
