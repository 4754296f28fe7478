"""What can be wrong. HTTP answers and flash messages are made from these in one place (`admin_app/shell/errors.py`)."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from store.words import Words


class Problem(NamedTuple):
    """One thing that is wrong with an input: a stable code, the sentence, and the field's path (`windows.2.start`)."""

    code: str
    words: Words
    field: str | None = None


class AnjuError(Exception):
    """Base of all errors a person is told about. `code` is stable and part of the API."""

    def __init__(self, code: str, words: Words, field: str | None = None, **details: Any) -> None:
        super().__init__(f"{code}: {words.en}")
        self.code = code
        self.words = words
        self.field = field
        self.details = details


class Invalid(AnjuError):
    """The input is wrong; `problems` lists all of it. Nothing was written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(first.code, first.words, first.field)
        self.problems = tuple(problems)

    @classmethod
    def one(cls, code: str, words: Words, field: str | None = None) -> "Invalid":
        return cls([Problem(code, words, field)])


class RuleBroken(AnjuError):
    """The input is well-formed, but the house's rules do not allow it now."""


class Busy(AnjuError):
    """Nothing is wrong, but there is no room for it just now; the same again in a moment will do."""

    def __init__(self, words: Words) -> None:
        super().__init__("busy", words)


class Conflict(AnjuError):
    """Somebody else was first. `details` may carry `theirs`: what the other one changed."""


class NotFound(AnjuError):
    """There is no such thing – or it belongs to an estate the actor may not see, which is the same."""

    def __init__(self, what: Words, key: object) -> None:
        super().__init__("not_found", Words("找不到{what}：{key}", "{what} not found: {key}").fill(what=what, key=key))


class Forbidden(AnjuError):
    """The actor's roles do not allow this."""

    def __init__(self, permission: str) -> None:
        super().__init__(
            "forbidden", Words("您没有此操作的权限", "Your role does not allow this"), permission=permission
        )


class Recorded(AnjuError):
    """The entry of a tablet has acted on this record already: nothing was changed, and nothing needs to be.

    `by` is the actor of the event that carries the operation.
    """

    def __init__(self, operation: str, by: str) -> None:
        words = Words("这条记录已经生效", "This entry has been carried out already")
        super().__init__("already_recorded", words)
        self.operation = operation
        self.by = by
