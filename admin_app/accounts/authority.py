"""Whose accounts somebody may see and touch: to set a password is to become the other, so it takes all that he has."""

from collections.abc import Iterable, Mapping
from typing import Any

from admin_app.accounts.documents import Account
from store.access import holds, require
from store.actor import Actor
from store.errors import NotFound
from store.people.documents import Staff
from store.people.rules import lies_within
from store.words import Words

ACCOUNT = Words("账号", "Account")
PERMISSION = "accounts.write"
# Who types at the machine itself: whoever can do that could also write to the database.
OPERATOR = Actor(code="operator", name="命令行", roles=frozenset({"system"}), estates=None)


def require_authority(actor: Actor, account: Account) -> None:
    """A foreign account is absent like everything foreign. Raises `Forbidden` without the permission, `NotFound`."""
    require(actor, PERMISSION)
    if not governed(actor, [account]):
        raise NotFound(ACCOUNT, account.username)


def require_authority_over_staff(actor: Actor, staff: str) -> None:
    """As for an account, before there is one. Raises `Forbidden`, `NotFound`."""
    require(actor, PERMISSION)
    if staff not in governed_staff(actor, [staff]):
        raise NotFound(Staff.LABEL, staff)


def governed(actor: Actor, accounts: Iterable[Account]) -> list[Account]:
    """Those of the accounts that the actor may see and touch. One query."""
    listed = list(accounts)
    known = governed_staff(actor, {each.staff for each in listed})
    # The account of somebody who is not in the directory any more is the whole company's.
    return [each for each in listed if each.staff in known or actor.estates is None]


def governed_staff(actor: Actor, codes: Iterable[str]) -> set[str]:
    """The codes of those who have no estate and no role that the actor has not; also of who is out of use."""
    found = Staff.objects(code__in=sorted(codes)).only("code", "estates", "roles").as_pymongo()
    return {each["code"] for each in found if _governs(actor, each)}


def _governs(actor: Actor, staff: Mapping[str, Any]) -> bool:
    return lies_within(staff, actor.estates) and holds(actor, staff.get("roles") or ())
