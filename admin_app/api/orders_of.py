"""The work orders that other records have made, as they stand: a record itself learns of its orders when they end."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from store.emergencies.steps import step_key
from store.findings.rules import check_key, order_key
from store.work.documents import WorkOrder

Raw = dict[str, Any]
_SHOWN = {"_id": 0, "key": 1, "number": 1, "state": 1, "kind": 1, "due_at": 1, "assignee": 1}


def with_orders(rows: Sequence[Raw]) -> list[Raw]:
    """Requests with all their orders, open ones too, in the order of their making."""
    keys = {row["_id"]: _keys_of_request(row) for row in rows}
    found = _found(rows, (key for each in keys.values() for key in each))
    return [{**row, "work_orders": _in_order(keys[row["_id"]], found, row.get("work_orders") or ())} for row in rows]


def with_steps(kind: str) -> Callable[[Sequence[Raw]], list[Raw]]:
    """Drills or incidents whose steps name their orders from the beginning."""

    def join(rows: Sequence[Raw]) -> list[Raw]:
        found = _found(
            rows, (step_key(kind, row["_id"], step["code"]) for row in rows for step in row.get("steps") or ())
        )
        return [{**row, "steps": [_step(kind, row, step, found) for step in row.get("steps") or ()]} for row in rows]

    return join


def with_rounds(rows: Sequence[Raw]) -> list[Raw]:
    """Findings whose rounds name the orders that are under way."""
    keys = [key for row in rows for each in row.get("rounds") or () for key in _keys_of_round(row, each)]
    found = _found(rows, keys)
    return [{**row, "rounds": [_round(row, each, found) for each in row.get("rounds") or ()]} for row in rows]


def _keys_of_request(row: Mapping[str, Any]) -> list[str]:
    made = range(1, max(row.get("orders_made") or 0, 1) + 1)
    return [*(f"request:{row['_id']}:{n}" for n in made), f"request:{row['_id']}:callback"]


def _in_order(keys: Iterable[str], found: Mapping[str, Raw], ended: Sequence[Raw]) -> list[Raw]:
    """What the request was told counts where the order itself is not there any more."""
    standing = [found[key] for key in keys if key in found]
    numbers = {each["number"] for each in standing}
    return [*standing, *(each for each in ended if each["number"] not in numbers)]


def _step(kind: str, row: Mapping[str, Any], step: Raw, found: Mapping[str, Raw]) -> Raw:
    order = found.get(step_key(kind, row["_id"], step["code"]))
    return {**step, "order": step.get("order") or order["number"]} if order else step


def _keys_of_round(row: Mapping[str, Any], each: Mapping[str, Any]) -> tuple[str, str]:
    return order_key(row["_id"], each["n"]), check_key(row["_id"], each["n"])


def _round(row: Mapping[str, Any], each: Raw, found: Mapping[str, Raw]) -> Raw:
    order, check = (found.get(key) for key in _keys_of_round(row, each))
    shown = dict(each)
    if order:
        shown["number"] = each.get("number") or order["number"]
    if check:
        shown["check"] = {"number": check["number"], **(each.get("check") or {})}
    return shown


def _found(rows: Sequence[Raw], keys: Iterable[str]) -> dict[str, Raw]:
    """One query by the unique index of estate and key."""
    wanted = {"estate": {"$in": sorted({row["estate"] for row in rows})}, "key": {"$in": list(keys)}}
    return {each["key"]: each for each in WorkOrder._get_collection().find(wanted, _SHOWN)}
