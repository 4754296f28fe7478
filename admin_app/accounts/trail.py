"""What happened to accounts, for the audit: who did it, to whom, when and from where; never a secret."""

from datetime import datetime

from flask import has_request_context, request

from admin_app.accounts.documents import Account
from store.actor import Actor
from store.audit import operations as audit
from store.people.documents import Staff
from store.people.operations import actor_of

COMMAND_LINE = "command line"


def note(action: str, account: Account, *, actor: Actor, now: datetime, **detail: str) -> None:
    """Written before the act itself: nothing happens to an account that nobody can be asked about."""
    staff = Staff.objects(code=account.staff).first()
    audit.record(
        action,
        f"account:{account.username}",
        actor=actor,
        now=now,
        estate=_only_estate(staff),
        detail={"staff": account.staff, "address": _address(), **detail},
    )


def note_own(action: str, account: Account, *, now: datetime) -> None:
    """The same of what somebody did to his own account."""
    staff = Staff.objects(code=account.staff).first()
    actor = actor_of(staff) if staff else Actor(account.staff, account.staff)
    note(action, account, actor=actor, now=now)


def _only_estate(staff: Staff | None) -> str | None:
    """What concerns several estates is for the auditors of the whole company."""
    estates = list(staff.estates or ()) if staff else []
    return str(estates[0]) if len(estates) == 1 else None


def _address() -> str:
    return (request.remote_addr or "") if has_request_context() else COMMAND_LINE
