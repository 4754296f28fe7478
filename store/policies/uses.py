"""Who needs a policy: whatever carries out one of its clauses, as long as no other policy in force has that clause."""

from collections.abc import Iterator, Mapping
from typing import Any

from store.content.documents import Content, Revision
from store.people.documents import Department
from store.policies.rules import clauses_of
from store.usage import User, finds_users
from store.words import translated


@finds_users
def clause_users(kind: str, code: str) -> Iterator[User]:
    """Rules name clauses and not the policy, so that it would seem to be used by nobody."""
    if kind != "policy":
        return
    clauses = _clauses_of_it_alone(code)
    if not clauses:
        return
    carrying = _in_force({"type": {"$ne": "policy"}}, {"body.clause": {"$in": clauses}})
    for head, body in sorted(carrying, key=lambda each: (each[0]["type"], each[0]["code"])):
        yield User(head["type"], head["code"], translated(body.get("name") or head["name"]), (head.get("estate"),))
    for department in Department.objects(clause__in=clauses, active__ne=False).order_by("code"):
        yield User(Department.KIND, department.code, translated(department.name), ())


def _clauses_of_it_alone(code: str) -> list[str]:
    policies = {head["code"]: body for head, body in _in_force({"type": "policy"}, {})}
    others = {number for other, body in policies.items() if other != code for number, _ in clauses_of(body)}
    return sorted({number for number, _ in clauses_of(policies.get(code) or {})} - others)


def _in_force(heads: Mapping[str, Any], revisions: Mapping[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(head, newest body) of what was published and not withdrawn. Two queries."""
    wanted = {"revision": {"$gt": 0}, "withdrawn": {"$ne": True}, **heads}
    fields = {"type": 1, "code": 1, "name": 1, "estate": 1, "revision": 1}
    found = {each["_id"]: each for each in Content._get_collection().find(wanted, fields)}
    newest = {"content": {"$in": list(found)}, **revisions}
    return [
        (found[each["content"]], each["body"])
        for each in Revision._get_collection().find(newest, {"content": 1, "number": 1, "body": 1})
        if each["number"] == found[each["content"]]["revision"]
    ]
