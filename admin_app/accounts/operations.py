"""What is done with accounts. The commands and the account screens call these; nothing else writes accounts."""

from collections.abc import Iterable
from datetime import datetime
from secrets import choice
from typing import NamedTuple
from uuid import uuid4

from flask import Flask
from flask_security import hash_password
from mongoengine import NotUniqueError

from admin_app.accounts import documents, sessions
from admin_app.accounts.documents import Account
from store import clock
from store.errors import Conflict, Invalid, NotFound, RuleBroken
from store.words import Words

OWN_ACCOUNT = Words(
    "不能停用自己的账号，请让另一位管理员操作", "Your own account is disabled by another administrator only"
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
        raise NotFound(Words("账号", "Account"), username)
    return account


def create(username: str, password: str, staff: str, now: datetime, email: str | None = None) -> Account:
    """Make a login for a member of staff. Raises `Invalid` for a weak password, `Conflict` for a taken name."""
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
        return account.save(force_insert=True)
    except NotUniqueError as error:
        raise Conflict("username_taken", Words("用户名已被使用", "This username is taken"), field="username") from error


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


def set_password(username: str, password: str) -> None:
    """Set a new password and end all sessions of the account."""
    account = find(username)
    check_password(password, account.username)
    Account.objects(id=account.id).update_one(set__password=hash_password(password), set__fs_uniquifier=uuid4().hex)
    sessions.close_all(account.id)


def set_active(username: str, active: bool, by: str | None = None) -> None:
    """`by` is the member of staff who asks; the command line has none. Nobody disables himself, so that an administrator
    is always left. Raises `RuleBroken` `own_account`."""
    account = find(username)
    if not active and account.staff == by:
        raise RuleBroken("own_account", OWN_ACCOUNT)
    Account.objects(id=account.id).update_one(set__active=active)
    if not active:
        sessions.close_all(account.id)


def reset_second_factor(username: str) -> None:
    """For somebody who lost the phone: the next sign-in asks for the password only, or to set the factor up again."""
    account = find(username)
    Account.objects(id=account.id).update_one(
        unset__tf_primary_method=True, unset__tf_totp_secret=True, set__mf_recovery_codes=[]
    )
    sessions.close_all(account.id)


def all_accounts() -> list[Account]:
    return list(Account.objects.order_by("username"))


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
                create(username, secret, staff, clock.now())
            except Conflict:
                continue
            made.append(Login(username, staff, secret))
    return made
