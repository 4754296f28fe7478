"""What is done with accounts. The commands and the account screens call these; nothing else writes accounts."""

from collections.abc import Iterable
from datetime import datetime
from secrets import choice
from typing import NamedTuple
from uuid import uuid4

from flask import Flask
from flask_security import hash_password
from mongoengine import NotUniqueError

from admin_app.accounts import documents, sessions, trail
from admin_app.accounts.authority import (
    ACCOUNT,
    OPERATOR,
    governed,
    require_authority,
    require_authority_over_staff,
)
from admin_app.accounts.documents import Account
from store import clock, standing
from store.actor import Actor
from store.errors import Conflict, Invalid, NotFound, RuleBroken
from store.words import Words

OWN_ACCOUNT = Words(
    "这是您自己的账号：密码和两步验证在“我的账号”里修改，停用请让另一位管理员操作",
    "This is your own account: change password and second factor by your own menu; another administrator disables it",
)
MINIMUM_LENGTH = 10
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


class Login(NamedTuple):
    """A login made just now, with its password in clear: to be shown once, never kept."""

    username: str
    staff: str
    password: str


def normal_username(username: str) -> str:
    return username.strip().lower()


def find(username: str) -> Account:
    account = Account.objects(username=normal_username(username)).first()
    if account is None:
        raise NotFound(ACCOUNT, username)
    return account


def find_for(username: str, actor: Actor) -> Account:
    """The account, for whoever may touch it. Raises `Forbidden`, `NotFound` also for a foreign one."""
    account = find(username)
    require_authority(actor, account)
    return account


def create(
    username: str, password: str, staff: str, now: datetime, email: str | None = None, *, actor: Actor
) -> Account:
    """Make a login for a member of staff. Raises `Invalid` for a weak password, `Conflict` for a taken name, `NotFound`
    for somebody who is foreign to the actor."""
    require_authority_over_staff(actor, staff)
    name = normal_username(username)
    check_username(name)
    check_password(password, name)
    account = Account(
        username=name,
        email=email or None,
        staff=staff,
        password=hash_password(password),
        fs_uniquifier=uuid4().hex,
        created_at=now,
    )
    try:
        account.save(force_insert=True)
    except NotUniqueError as error:
        raise Conflict("username_taken", Words("用户名已被使用", "This username is taken"), field="username") from error
    trail.note("account_create", account, actor=actor, now=now)
    return account


def check_username(username: str) -> None:
    if not 2 <= len(username) <= 64 or any(character.isspace() for character in username):
        raise Invalid.one(
            "bad_username",
            Words("用户名为 2–64 个字符，不含空格", "A username has 2–64 characters, no spaces"),
            "username",
        )


def check_password(password: str, username: str) -> None:
    """Length, and not the name itself: what guidance has left of password rules."""
    if len(password) < MINIMUM_LENGTH or len(password) > 128:
        words = Words("密码为 {least}–128 个字符", "A password has {least}–128 characters").fill(least=MINIMUM_LENGTH)
        raise Invalid.one("weak_password", words, "password")
    if password.lower() == username:
        raise Invalid.one(
            "weak_password", Words("密码不能与用户名相同", "A password must not be the username"), "password"
        )


def set_password(username: str, password: str, *, actor: Actor, now: datetime) -> None:
    """Set a new password and end all sessions of the account. One's own is changed by who knows the old one.

    Raises `RuleBroken` `own_account`.
    """
    account = _of_another(username, actor)
    check_password(password, account.username)
    trail.note("account_password", account, actor=actor, now=now)
    Account.objects(id=account.id).update_one(set__password=hash_password(password), set__fs_uniquifier=uuid4().hex)
    sessions.close_all(account.id)


def set_active(username: str, active: bool, *, actor: Actor, now: datetime) -> None:
    """Nobody disables himself, so that an administrator is always left. Raises `RuleBroken` `own_account`."""
    account = find_for(username, actor) if active else _of_another(username, actor)
    trail.note("account_enable" if active else "account_disable", account, actor=actor, now=now)
    Account.objects(id=account.id).update_one(set__active=active)
    standing.changed()
    if not active:
        sessions.close_all(account.id)


def reset_second_factor(username: str, *, actor: Actor, now: datetime) -> None:
    """For somebody who lost the phone: the next sign-in asks for the password only, or to set the factor up again."""
    account = _of_another(username, actor)
    trail.note("account_factor_reset", account, actor=actor, now=now)
    Account.objects(id=account.id).update_one(
        unset__tf_primary_method=True,
        unset__tf_totp_secret=True,
        unset__tf_last_step=True,
        set__mf_recovery_codes=[],
    )
    sessions.close_all(account.id)


def _of_another(username: str, actor: Actor) -> Account:
    """Whoever sits down at an administrator's open session must not take his account from there."""
    account = find_for(username, actor)
    if account.staff == actor.code:
        raise RuleBroken("own_account", OWN_ACCOUNT)
    return account


def accounts_for(actor: Actor) -> list[Account]:
    """The accounts that the actor may touch, by username, without their secrets."""
    listed = Account.objects.order_by("username").exclude("password", "tf_totp_secret", "mf_recovery_codes")
    return governed(actor, listed)


def readable_password() -> str:
    """Four groups of four characters that are not mistaken for one another: 79 bits."""
    return "-".join("".join(choice(_READABLE) for _ in range(4)) for _ in range(4))


def ensure_accounts(app: Flask, logins: Iterable[tuple[str, str]], password: str | None = None) -> list[Login]:
    """Make the accounts of (username, staff code) that do not exist yet; existing ones are left alone.

    Without `password` each gets a random one. Returns the new ones, so that they can be printed once.
    """
    made = []
    with app.app_context():
        documents.ensure_indexes()
        for username, staff in logins:
            secret = password or readable_password()
            try:
                create(username, secret, staff, clock.now(), actor=OPERATOR)
            except Conflict:
                continue
            made.append(Login(username, staff, secret))
    return made
