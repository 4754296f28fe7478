"""制度覆盖: for every clause the rules that carry it out and the newest evidence, as a screen and as a printed report."""

from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from typing import NamedTuple

from flask import request, url_for
from flask_admin import Admin, expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.content.places import url_of
from admin_app.backoffice.content.tabs import kind_words
from admin_app.backoffice.frame.base import BackofficeView, Choice
from admin_app.backoffice.frame.navigation import MenuPlace
from store import clock, directory
from store.access import permits
from store.content import reading
from store.kinds import find as find_kind
from store.policies.evidence import MOST_COUNTED, Evidence
from store.policies.operations import ClauseCoverage, Rule, coverage
from store.policies.rules import EVIDENCE
from store.words import Words, translated

PERIODS = (
    Choice("30", Words("最近 30 天", "Last 30 days")),
    Choice("90", Words("最近 90 天", "Last 90 days")),
    Choice("365", Words("最近一年", "Last year")),
)
STATES: dict[str, tuple[str, Words]] = {
    "covered": ("done", Words("有据", "Proven")),
    "no_evidence": ("overdue", Words("本期无证据", "No evidence this period")),
    "no_rule": ("overdue", Words("无规则", "No rule")),
}
SENTENCE = Words(
    "{n} 条：{covered} 有据、{no_evidence} 本期无证据、{no_rule} 无规则",
    "{n} clauses: {covered} proven, {no_evidence} without evidence this period, {no_rule} without a rule",
)
POLICY = Words("制度", "Policy")
MOST_RULES = 6


class Chapter(NamedTuple):
    number: int
    title: Words
    clauses: list[ClauseCoverage]


class Coverage(BackofficeView):
    permission = "content.read"
    title = Words("制度覆盖", "Policy coverage")
    endpoint_name = "policy_coverage"
    menu_place = MenuPlace("policies", 10)

    def _get_view_url(self, admin: Admin, url: str | None) -> str:
        return "/admin/coverage"

    @expose("/")
    def index(self) -> str:
        asked = request.args.get("period", "30")
        period = asked if asked in {each.value for each in PERIODS} else "30"
        now = clock.now()
        found = coverage(now, timedelta(days=int(period)), current_actor())
        wanted = request.args.get("state", "")
        shown = [each for each in found if wanted not in STATES or each.state == wanted]
        return self.render(
            "policies/coverage.html",
            sentence=sentence(found),
            counts=Counter(each.state for each in found),
            chapters=_chapters(shown, now),
            any_policy=bool(found),
            period=period,
            periods=PERIODS,
            wanted=wanted,
            states=STATES,
            now=now,
            rule_url=rule_url,
            # Managers' own types are looked up, each once.
            kind_words=cache(kind_words),
            record_words=record_words,
            count_words=count_words,
            evidence_words=EVIDENCE,
            record_url=record_url,
            most_rules=MOST_RULES,
            new_policy=url_of("policy", "create_view") if permits(current_actor(), "content.write") else None,
        )


def sentence(found: list[ClauseCoverage]) -> Words:
    counts = Counter(each.state for each in found)
    return SENTENCE.fill(n=len(found), **{state: counts[state] for state in STATES})


def _chapters(found: list[ClauseCoverage], now: datetime) -> list[Chapter]:
    titles = _titles(now)
    grouped = groupby(found, key=lambda each: (each.policy, each.chapter))
    return [Chapter(key[1], titles.get(key, Words("", "")), list(clauses)) for key, clauses in grouped]


def _titles(now: datetime) -> dict[tuple[str, int], Words]:
    return {
        (policy.code, chapter["number"]): translated(chapter["title"])
        for policy in reading.live_all("policy", now)
        for chapter in policy.body.get("chapters") or ()
    }


def rule_url(rule: Rule) -> str | None:
    return None if directory.is_kind(rule.type) else url_of(rule.type, "entry", code=rule.code)


def record_words(evidence: Evidence) -> Words:
    found = find_kind(evidence.kind)
    return found.one if found else POLICY


def count_words(evidence: Evidence) -> Words:
    if evidence.count > MOST_COUNTED:
        return Words("本期 {n} 件以上", "more than {n} in the period").fill(n=MOST_COUNTED)
    return Words("本期 {n} 件", "{n} in the period").fill(n=evidence.count)


def record_url(evidence: Evidence) -> str | None:
    """The page of the record, when some part of the back office has one."""
    if evidence.kind == "policy":
        return url_of("policy", "entry", code=evidence.number)
    found = find_kind(evidence.kind)
    # The list finds one by its number.
    return url_for(f"{found.list_endpoint}.index_view", q=evidence.number) if found else None
