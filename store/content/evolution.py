"""How a type that managers defined may change: no content of it that is in force may stop being sound by it."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from store import directory
from store.actor import Actor
from store.content import rules
from store.content.documents import Content, Revision
from store.content.reading import defined, live_all, live_raw, looking_up, type_of
from store.content.types import Body, ContentType, LookUp, find_built_in
from store.errors import Problem
from store.words import Words

KIND = "content_type"
MOST_NAMED = 10
UNKNOWN_TARGET = Words("没有「{target}」这种类型", "There is no type “{target}”")
MISFITS = Words(
    "{count} 条生效中的内容将不符合新的定义，请先修改它们，或在「迁移」中一并修改：{zh}",
    "{count} entries in force would not fit the new definition; change them first, or migrate them: {en}",
)


class Misfit(NamedTuple):
    entry: Revision | Content
    problem: Problem


def check_definition(code: str, body: Body, actor: Actor, now: datetime) -> list[Problem]:
    """What is wrong with this as the next definition of the type `code`; its own fields have been checked."""
    return [*unknown_targets(code, body, now), *told(_misfits(code, body, now), actor)]


def unknown_targets(code: str, body: Body, now: datetime) -> Iterator[Problem]:
    for index, row in enumerate(body["fields"]):
        target = row.get("target")
        # A type may refer to its own entries.
        if target and target != code and not _is_type(target, now):
            yield Problem("unknown_target", UNKNOWN_TARGET.fill(target=target), f"fields.{index}.target")


def _is_type(target: str, now: datetime) -> bool:
    return bool(find_built_in(target)) or directory.is_kind(target) or live_raw(KIND, target, now) is not None


def _misfits(code: str, body: Body, now: datetime) -> list[Misfit]:
    """Entries in force with the first thing that would be wrong with each and is not wrong by the present definition."""
    if live_raw(KIND, code, now) is None:
        return []
    before, after, look_up = type_of(code, now), defined(code, body), looking_up(now)
    found = ((each, _new_problem(each.body, before, after, look_up)) for each in live_all(code, now))
    return [Misfit(entry, problem) for entry, problem in found if problem is not None]


def _new_problem(body: Body, before: ContentType, after: ContentType, look_up: LookUp) -> Problem | None:
    _, problems = rules.check_body(after, body, look_up)
    if not problems:
        return None
    known = {(each.field, each.code) for each in rules.check_body(before, body, look_up)[1]}
    return next((each for each in problems if (each.field, each.code) not in known), None)


def told(misfits: list[Misfit], actor: Actor) -> Iterator[Problem]:
    """How many they are, and the first that the actor may see."""
    if not misfits:
        return
    seen = [each for each in misfits if actor.sees(each.entry.estate)][:MOST_NAMED]
    zh = "；".join(f"{each.entry.code}（{each.problem.field}：{each.problem.words.zh}）" for each in seen)
    en = "; ".join(f"{each.entry.code} ({each.problem.field}: {each.problem.words.en})" for each in seen)
    yield Problem("entries_do_not_fit", MISFITS.fill(count=len(misfits), zh=zh, en=en), "fields")
