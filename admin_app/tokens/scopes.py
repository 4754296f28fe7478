"""What a token may be used for: names of permissions, or one of two words that stand for many."""

from collections.abc import Iterable

from store.access import PERMISSIONS
from store.errors import AnjuError, Invalid, Problem
from store.words import Words

ALL = "all"
READ = "read"
WORDS: dict[str, Words] = {
    ALL: Words("账号可做的一切", "Everything the account may do"),
    READ: Words("只读", "Reading only"),
}


class ScopeMissing(AnjuError):
    """The account may do it, but this token was not made for it."""

    status = 403

    def __init__(self, permission: str) -> None:
        words = Words("此令牌没有「{scope}」范围", "This token does not have the scope “{scope}”")
        super().__init__("scope_missing", words.fill(scope=permission), permission=permission)


def known() -> list[str]:
    return [*WORDS, *PERMISSIONS]


def allows(scopes: Iterable[str], permission: str, *, writing: bool = False) -> bool:
    """Whether a token with these scopes may use the permission, if its account has it. `read` never writes, not even
    where a permission to read is enough, as for marking one's own notices."""
    given = set(scopes)
    return ALL in given or permission in given or (READ in given and not writing and permission.endswith(".read"))


def check(scopes: Iterable[str]) -> list[str]:
    """The scopes, each once. Raises `Invalid` for unknown ones and for none."""
    wanted = list(dict.fromkeys(scopes))
    words = Words("没有名为「{scope}」的范围", "There is no scope named “{scope}”")
    problems = [Problem("unknown_scope", words.fill(scope=each), "scopes") for each in wanted if each not in known()]
    if not wanted:
        problems = [Problem("required", Words("请至少选择一个范围", "Choose at least one scope"), "scopes")]
    if problems:
        raise Invalid(problems)
    return wanted
