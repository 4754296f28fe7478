"""(i) Content by the hundred thousand, published three times each, against a thousand: what is in force now and at a past
moment, everything of a type at once against the bare read of the same documents, and the search box."""

import gc
import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from bson import ObjectId
from flask import Flask
from flask.testing import FlaskClient

from admin_app.accounts.operations import ensure_accounts
from admin_app.app import create_app
from admin_app.shell.search import Finder, Hit, provide
from admin_app.tokens import operations as tokens
from bench.ground import Ground
from bench.population import BATCH, NOW
from bench.table import Measured
from bench.timing import Times, Trial, in_turns, ratio
from seeds.loader import load
from store.actor import SYSTEM, Actor
from store.connection import ensure_indexes
from store.content import known
from store.content.documents import Content, Revision
from store.content.reading import live_all
from store.content.searching import tokens_of
from store.content.superseding import marks
from store.words import Words

DATABASE = "anju_content"
USERNAME, PASSWORD = "manager", "only-for-measuring-harbour"
# Types of content that is never read by itself, each with as many pieces as the name says.
FEW, MANY, TWO_THOUSAND = "service_category", "service_item", "service_standard"
COUNTS = {FEW: 1_000, MANY: 100_000, TWO_THOUSAND: 2_000}
REVISIONS = 3
BEGINS = [NOW - timedelta(days=30 * each) for each in (3, 2, 1)]
PAST = BEGINS[1] + timedelta(days=10)
PAGE, PAGES, ROUNDS = 50, 10, 5
# Of a page of the search box, on a machine that has time for it; and what a finder that hangs is given.
MOST_MS, HANGS = 200, 0.5
Raw = dict[str, Any]


def measure(ground: Ground) -> list[Measured]:
    ground.use(DATABASE)
    ensure_indexes()
    load(NOW)
    for kind, count in COUNTS.items():
        _fill(ground, kind, count)
    app = create_app(ground.settings(DATABASE))
    ensure_accounts(app, [(USERNAME, USERNAME)], PASSWORD)
    secret = tokens.mint(USERNAME, ["all"], name="bench", actor=SYSTEM, now=NOW).secret
    gc.collect()
    gc.freeze()
    lines = [*_pages(app.test_client(), secret), *_everything(), *_searches(app)]
    ground.drop(DATABASE)
    return lines


def _fill(ground: Ground, kind: str, count: int) -> None:
    database = ground.patient(DATABASE)
    for begin in range(0, count, BATCH):
        pieces = [_piece(kind, number) for number in range(begin, min(begin + BATCH, count))]
        database["content"].insert_many([head for head, _ in pieces], ordered=False)
        database["revisions"].insert_many([each for _, made in pieces for each in made], ordered=False)


def _piece(kind: str, number: int) -> tuple[Raw, list[Raw]]:
    """A head and its revisions, as publications leave them."""
    key, code = ObjectId(), f"bench-{number:06d}"
    common = {"type": kind, "code": code}
    made = [_revision(key, n, common) for n in range(1, REVISIONS + 1)]
    for mark in marks(made):
        next(each for each in made if each["_id"] == mark.key)["superseded_at"] = mark.superseded_at
    body = made[-1]["body"]
    head = {**common, "_id": key, "version": 6, "state": "published", "revision": REVISIONS, "withdrawn": False}
    head |= {
        "tokens": tokens_of(code, body["name"], body),
        "name": body["name"],
        "draft": body,
        "published_at": BEGINS[-1],
        "changed_at": BEGINS[-1],
        "events": [],
    }
    return head, made


def _revision(key: ObjectId, number: int, common: Raw) -> Raw:
    begins = BEGINS[number - 1]
    name = {"zh": f"户内第{common['code']}项维修", "en": f"Repair {common['code']}"}
    steps = [{"code": f"step-{each}", "name": {"zh": "到场、说明、修复、请业主确认"}} for each in range(5)]
    body = {"name": name, "category": "repair", "kinds": ["repair"], "response_minutes": 30, "steps": steps}
    return {
        **common,
        "_id": f"{key}:{number}",
        "content": key,
        "number": number,
        "body": body,
        "uses": ["service_category:repair"],
        "withdrawn": False,
        "effective_at": begins,
        "published_at": begins,
        "by": USERNAME,
    }


def _pages(client: FlaskClient, secret: str) -> Iterator[Measured]:
    """The same page of the API in turns: of few, of many, of many as they were."""

    def trial(kind: str, query: str = "") -> Trial:
        address, headers = f"/api/v1/content/{kind}?limit={PAGE}{query}", {"Authorization": f"Bearer {secret}"}

        def run() -> None:
            for _ in range(PAGES):
                answer = client.get(address, headers=headers)
                if answer.status_code != 200 or answer.data.count(b'"effective_at"') != PAGE:
                    raise RuntimeError(f"{address} was answered by {answer.status_code}")

        return Trial(lambda: None, run)

    at = f"&at={PAST:%Y-%m-%dT%H:%M:%SZ}"
    times = in_turns({"few": trial(FEW), "many": trial(MANY), "past": trial(MANY, at)}, ROUNDS)
    what = f"{COUNTS[MANY]:,} × {REVISIONS} ÷ of {COUNTS[FEW]:,}"
    yield _line(f"published list of {PAGE} of {what}", times["many"], times["few"], 1.5)
    yield _line(f"the same as it was two months ago, of {what}", times["past"], times["few"], 3.0)


def _everything() -> Iterator[Measured]:
    """`live_all` with nothing known and, as a process goes on, with the revisions known; the bare read has neither."""
    keys: Sequence[str] = [each.key for each in live_all(TWO_THOUSAND, NOW)]
    revisions = Revision._get_collection()

    def bare() -> None:
        list(revisions.find({"_id": {"$in": keys}}))

    def ours() -> None:
        live_all(TWO_THOUSAND, NOW)

    trials = {"bare": Trial(lambda: None, bare), "ours": Trial(ours, ours), "first": Trial(known.forget, ours)}
    times = in_turns(trials, ROUNDS)
    name = f"live_all of {len(keys):,} ÷ bare read of the same documents"
    yield _line(name, times["ours"], times["bare"], 1.5)
    yield _line("  the first time in a process", times["first"], times["bare"], None)


def _searches(app: Flask) -> Iterator[Measured]:
    """The page of the search box over all heads: for what is nowhere, and so too beside a finder that hangs."""
    reader = _signed_in(app)

    def trial(text: str, answer: bool) -> Trial:
        address = f"/admin/search/?q={quote(text)}"

        def run() -> None:
            page = reader.get(address)
            if page.status_code != 200 or ("bench-" in page.text) != answer:
                raise RuntimeError(f"{address} was answered by {page.status_code}, or otherwise than it must be")

        return Trial(run, run)

    times = in_turns({"miss": trial("没有这样的内容", False), "hit": trial("户内第bench-0", True)}, ROUNDS)
    heads = Content._get_collection().estimated_document_count()
    for what, took in times.items():
        name = f"search box, a {what} among {heads:,} heads ÷ {MOST_MS} ms"
        yield Measured(name, str(took), took.median * 1000 / MOST_MS, 1.0)
    # That it is given up is what is measured.
    logging.getLogger("admin_app.shell.search").setLevel(logging.CRITICAL)
    provide(app, Finder(Words("挂起", "Hanging"), "content.read", _hang, order=0, seconds=HANGS))
    beside = in_turns({"beside": trial("户内第bench-0", True)}, 1)["beside"]
    longer = beside.median - times["hit"].median
    yield Measured(f"  beside a finder that hangs, so much longer ÷ its {HANGS} s", str(beside), longer / HANGS, 1.5)


def _hang(text: str, actor: Actor) -> Iterator[Hit]:
    list(Content._get_collection().find({"$where": "sleep(20000) || true"}).limit(1))
    yield Hit("never", "", "/")


def _signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    token = client.get("/login").text.split('name="csrf-token" content="')[1].split('"')[0]
    client.post("/login", data={"username": USERNAME, "password": PASSWORD, "csrf_token": token})
    return client


def _line(name: str, times: Times, to: Times, bound: float | None) -> Measured:
    return Measured(name, f"{times}, {to}", ratio(times, to), bound)
