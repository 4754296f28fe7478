"""Every page of the back office that the manager can open: in Chinese on screens, tablets and phones, and in English.

The pages are read from the application itself: a new one is looked at without being named here, and one that needs a
record that nobody has told this test about fails it.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from store.actor import SYSTEM
from store.content.documents import Content
from store.content.types import built_in
from store.described.documents import DOCUMENTS
from store.devices.documents import Device
from store.devices.operations import enrol
from store.directory import kinds
from store.emergencies.documents import Drill
from store.findings.documents import Finding
from store.incidents.documents import Incident
from store.kinds import made_kinds
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from store.versioned import Change, create
from store.work.documents import WorkOrder
from tests import cast
from tests.api.world import make_finding, make_incident
from tests.browser import stage
from tests.browser.clockwork import Background
from tests.browser.inspection import (
    chinese_signs_in,
    covered,
    cut_off,
    english_in,
    standing_in,
    too_wide,
    written_over,
)
from tests.browser.people import Person
from tests.described import make_sample
from tests.store.test_emergencies_drills import make_plan

WIDTHS = (1440, 1024)
NARROW = (1024, 768, 390)
# Answers for scripts and downloads, and the library's own addresses that lead to the pages.
NO_PAGES = re.compile(
    r"export|template$|lookup|/details/|/edit/|/new/$|intake/(history|households|items|promise)|inbox/unread|photos|static|plans/$|routes/$"
)
# Somebody's own words have no other language.
TYPED = "消防通道堵塞"
AtABrowser = Callable[..., Person]
RECORDS = (ServiceRequest, WorkOrder, Drill, Incident, Finding)


@pytest.fixture
def estate(app: Flask, site: str, background: Background, start: datetime) -> None:
    """A night with a missed round, a complaint that was escalated, a drill; everything that lists can show."""
    stage.set_up(app, start)
    revised = {**stage.PLAN, "times": ["20:00", "22:00", "00:00", "02:00", "04:00"], "place": "地下一层"}
    cast.publish("plan", "night", revised, now=start, actor=cast.manager())
    values = {"estate": cast.ESTATE, "kind": "complaint", "item": "complaint-attitude", "channel": "phone"}
    requests.create({**values, "words": "说话不耐烦", "place": "3-1201"}, actor=SYSTEM, now=start)
    make_plan("fire", name={"zh": "火灾", "en": "Fire"}, calendar=None, live_per_year=2)
    drill = {"kind": "live", "plan": {"code": "fire", "revision": 1}, "year": start.year, "ordinal": 1}
    planned = {"number": "D-0001", "state": "planned", "planned_for": start + timedelta(days=20)}
    planned |= {"title": "火灾演练", "title_en": "Fire drill"}
    create(Drill(estate=cast.ESTATE, key="drill", **drill, **planned), Change("plan"), actor=SYSTEM, now=start)
    enrol("6f0c1b9e-3a54-4b7e-9c52-0d7f5f3f1a11", "巡更平板", actor=cast.guard(), now=start)
    for kind in made_kinds():
        make_sample(kind)
    make_finding(title=TYPED, severity="high", note="纸箱堆到门口", photos=["a" * 64])
    titles = {"title": "火灾预案 · 3号楼12层", "title_en": "Fire · 3号楼12层"}
    make_incident(**titles, place="3号楼12层", words="三层冒烟")
    background.pass_until(start + timedelta(hours=26))
    assert [page for page, document in record_pages().items() if not document.objects.first()] == []


def addresses(app: Flask) -> Iterator[str]:
    """Every page, with what it needs filled in. `codes` of content and the directory are the first there is of a kind."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        if rule.rule.startswith("/admin/") and "GET" in (rule.methods or ()) and not NO_PAGES.search(rule.rule):
            yield from _filled(rule.rule, rule.arguments)


def record_pages() -> dict[str, Any]:
    """Where the pages of each kind of record begin → its document."""
    pages = {"/admin/requests/": ServiceRequest, "/admin/work/": WorkOrder, "/admin/drills/": Drill}
    pages |= {"/admin/incidents/": Incident, "/admin/findings/": Finding, "/admin/devices/": Device}
    return pages | {f"/admin/{kind.page}/": DOCUMENTS[kind.name] for kind in made_kinds()}


def _filled(rule: str, arguments: set[str]) -> Iterator[str]:
    if not arguments:
        yield rule
    elif arguments == {"key"}:
        kind = next(document for start, document in record_pages().items() if rule.startswith(start))
        found = kind.objects.first()
        if found:
            yield rule.replace("<key>", getattr(found, "number", None) or found.code)
    elif arguments == {"kind"}:
        yield rule.replace("<kind>", "staff" if "transfer" in rule else "working_calendar")
    elif arguments == {"code"}:
        code = _code_of(rule)
        if code:
            yield rule.replace("<code>", code)
    else:
        # Types that managers define have the same pages as the built-in ones, and none is defined here.
        assert arguments == {"kind", "code"}, f"say in this test how to fill in {rule}"


def _code_of(rule: str) -> str | None:
    """The first entry there is of the rule's kind; None where there is none."""
    content = re.match(r"/admin/content/(?:-/)?(\w+?)s?/", rule)
    entry = re.match(r"/admin/directory/(\w+)/", rule)
    if entry:
        found = kinds()[entry[1]].objects.first()
    else:
        assert content is not None, f"say in this test how to fill in {rule}"
        found = Content.objects(type=content[1]).first()
    return found.code if found else None


def known_codes() -> frozenset[str]:
    """What stands in lists because it is an entry's code or the key of a kind."""
    entries = {each.code for document in kinds().values() for each in document.objects.only("code")}
    heads = Content.objects.only("code", "type")
    entries |= {code for code, _ in stage.CHECKPOINTS}
    return frozenset(
        entries | {each.code for each in heads} | {each.type for each in heads} | set(kinds()) | built_in().keys()
    )


def chinese_names() -> frozenset[str]:
    """What has a name in English too: titles of records, and content. People and estates have one name."""
    records = (each for document in RECORDS for each in document.objects.only("title", "title_en"))
    pairs = [(each.title, each.title_en) for each in records]
    alone = [title for title, english in pairs if english is None and TYPED not in title]
    assert alone == [], "made without a title in English"
    pairs += [(each.name.get("zh"), each.name.get("en")) for each in Content.objects.only("name")]
    return frozenset(chinese for chinese, english in pairs if chinese and english and english != chinese)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_screen_is_chinese_fits_and_is_silent(
    app: Flask, estate: None, at_a_browser: AtABrowser, width: int
) -> None:
    manager = at_a_browser(cast.manager(), width=width)
    manager.sign_in("/admin/today/")
    codes, wrong = known_codes(), dict[str, Any]()
    seen = 0
    for address in addresses(app):
        answer = manager.page.goto(manager.site + address)
        if answer.status == 403:
            manager.complaints.clear()
            continue
        if manager.page.query_selector("[data-live]"):  # a part of the page is still being worked out
            manager.page.wait_for_load_state("networkidle")
        seen += 1
        found = {
            "status": answer.status if answer.status != 200 else None,
            "english": english_in(manager.page, codes),
            "wider than the window": too_wide(manager.page),
            "cut off": cut_off(manager.page),
            "covered": covered(manager.page),
            "written over": written_over(manager.page),
            "complaints": list(manager.complaints),
        }
        manager.complaints.clear()
        if any(found.values()):
            wrong[address] = {what: how for what, how in found.items() if how}
    assert not wrong, "\n".join(f"{address}: {found}" for address, found in wrong.items())
    assert seen > 60


def test_every_screen_fits_tablets_and_phones_and_speaks_english(
    app: Flask, estate: None, at_a_browser: AtABrowser
) -> None:
    """One walk for all widths: a page is made once and measured at each of them."""
    manager = at_a_browser(cast.manager(), width=NARROW[0], language="en-US")
    manager.sign_in("/admin/today/")
    names, wrong = chinese_names(), dict[str, Any]()
    assert {"夜间巡更", "服务态度投诉"} <= names
    for address in addresses(app):
        if manager.page.goto(manager.site + address).status == 403:
            continue
        if manager.page.query_selector("[data-live]"):
            manager.page.wait_for_load_state("networkidle")
        found: dict[str, Any] = {
            "Chinese signs": chinese_signs_in(manager.page),
            "Chinese names": standing_in(manager.page, names),
        }
        for width in NARROW:
            manager.page.set_viewport_size({"width": width, "height": 900})
            found[f"wider than {width}"] = too_wide(manager.page)
            found[f"cut off at {width}"] = cut_off(manager.page)
            found[f"written over at {width}"] = written_over(manager.page)
        if any(found.values()):
            wrong[address] = {what: how for what, how in found.items() if how}
    assert not wrong, "\n".join(f"{address}: {found}" for address, found in wrong.items())


def test_a_page_that_does_not_fit_or_is_not_chinese_would_be_seen(page: Any) -> None:
    page.set_content("<p class=card>一</p><p class=card style='margin-top: -2em'>二</p>")
    assert covered(page) == ["一"]
    page.set_content("<div style='width: 9000px'>Save this draft</div><p title='Hover me'>编号 sunshine-guards</p>")
    assert too_wide(page)
    assert english_in(page) == ["Save this draft", "Hover me"]
    page.set_content("<main><p>On duty：nobody</p><p lang=zh>值班：无</p></main>")
    assert chinese_signs_in(page) == ["On duty：nobody"]
    page.set_content("<main><p>Now: 夜间巡更</p><p lang=zh>夜间巡更</p></main>")
    assert standing_in(page, {"夜间巡更"}) == ["Now: 夜间巡更"]
    page.set_content("<main><p>Monday the first</p><p style='margin-top: -2em'>Tuesday the second</p></main>")
    assert written_over(page) == ["Monday the first × Tuesday the second"]
