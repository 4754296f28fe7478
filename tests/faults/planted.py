"""Bugs that somebody could write tomorrow, planted into a process. The oracle that does not see them is worth nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo import UpdateOne

Plant = Callable[[datetime], None]


def drops_the_version_filter(now: datetime) -> None:
    """The sweep writes by id alone: what another sweep did meanwhile is done again."""
    from store.deadlines import operations as deadlines

    def careless(found: Mapping[str, Any], update: Mapping[str, Any]) -> UpdateOne:
        return UpdateOne({"_id": found["_id"]}, update)

    vars(deadlines)["UpdateOne"] = careless


def marks_before_it_sends(now: datetime) -> None:
    """Killed in between, the letter is *sent* and nobody has it."""
    from store.notices import crew
    from store.notices.outcomes import mark_sent

    follow = crew.Crew._next

    def hasty(all_: Any, hand: Any) -> Any:
        outgoing = follow(all_, hand)
        if outgoing is not None:
            mark_sent(all_._run, [outgoing])
        return outgoing

    vars(crew)["Crew"]._next = hasty


def counts_due_from_now(now: datetime) -> None:
    """Due is when the order was made plus the duration: it drifts with every lateness of the generator."""
    from store.plans import rules

    rules.due_at = lambda slot, body: now + timedelta(minutes=body["duration_minutes"])


def moves_the_mark_first(now: datetime) -> None:
    """The plan's mark goes on before its orders are made: killed in between, they never are."""
    from store.plans import operations as plans

    replaced = vars(plans)
    make, move = replaced["make"], plans._move_mark
    waiting: list[tuple[Any, Any]] = []

    def postponed(*arguments: Any, **more: Any) -> int:
        waiting.append((arguments, more))
        return 0

    def moved(*arguments: Any) -> None:
        move(*arguments)
        while waiting:
            first, more = waiting.pop(0)
            make(*first, **more)

    replaced |= {"make": postponed, "_move_mark": moved}


def clears_pending_first(now: datetime) -> None:
    """The relay calls a record done before the notices are written."""
    from store.notices import relay

    insert, mark = relay._insert, relay._mark
    waiting: list[Any] = []

    def marked(*arguments: Any) -> None:
        mark(*arguments)
        while waiting:
            insert(waiting.pop(0))

    relay._insert, relay._mark = waiting.append, marked  # type: ignore[assignment]


def forgets_the_intent(now: datetime) -> None:
    """A publication is called finished before its revision stands."""
    from store.content import operations as content
    from store.content.documents import Content

    stand = content.write_revision

    def careless(head: Any) -> Any:
        Content._get_collection().update_one({"_id": head.pk}, {"$unset": {"publishing": ""}})
        return stand(head)

    content.write_revision = careless


PLANTS: dict[str, Plant] = {
    each.__name__: each
    for each in (
        drops_the_version_filter,
        marks_before_it_sends,
        counts_due_from_now,
        moves_the_mark_first,
        clears_pending_first,
        forgets_the_intent,
    )
}
