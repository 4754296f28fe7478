"""What the API refuses before any verb is asked: each with a stable code and its own status."""

from collections.abc import Sequence

from store.errors import AnjuError, Invalid, Problem
from store.words import Words


class Refused(AnjuError):
    """A request that is not understood; `status` says how HTTP calls it."""

    def __init__(self, status: int, code: str, words: Words, field: str | None = None) -> None:
        super().__init__(code, words, field)
        self.status = status


class BadQuery(Invalid):
    """Something in the address is unknown or misshapen; `problems` lists all of it."""

    status = 400

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> "BadQuery":
        return cls(problems)
