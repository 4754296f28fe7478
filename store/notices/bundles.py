"""One letter for a reader who has many ordinary e-mails waiting; each notice keeps its own account of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from store.notices.leased import Leased
from store.notices.rules import EMAIL, MOST_IN_A_BUNDLE, MOST_LETTERS
from store.requests.rules import RESIDENT

T = TypeVar("T")
# Before the code of a reader: what has not been in a letter yet. No id begins like this.
NEW = " "


def may_be_bundled(notice: Leased) -> bool:
    """An ordinary e-mail to a member of staff: what is urgent, or to a resident, or a digest, has a letter of its own."""
    plain = notice.channel == EMAIL and not notice.urgent and notice.additions is None
    return bool(plain and isinstance(notice.recipient, str) and not notice.recipient.startswith(RESIDENT))


def readers_of(notices: Iterable[Leased]) -> list[str]:
    """For whom it is worth looking what else waits, who has most first."""
    counted = Counter(str(each.recipient) for each in notices if may_be_bundled(each))
    return [reader for reader, _ in counted.most_common()]


def cut_off(notices: Iterable[Leased]) -> dict[str, set[str]]:
    """Reader → the letters with several notices that were not marked after they went out, or may have gone out."""
    found: dict[str, set[str]] = defaultdict(set)
    for notice in notices:
        if may_be_bundled(notice) and notice.letter not in (None, notice.key):
            found[str(notice.recipient)].add(notice.letter)
    return found


def grouped(letters: Sequence[tuple[Leased, T]]) -> list[list[tuple[Leased, T]]]:
    """The letters that go out together, in order; most are alone. What was in one letter before is so again."""
    together: dict[str, list[tuple[Leased, T]]] = {}
    for notice, letter in letters:
        together.setdefault(_of(notice), []).append((notice, letter))
    found = []
    for key, many in together.items():
        if len(many) <= MOST_LETTERS and key.startswith(NEW):
            found += [[each] for each in many]
        else:
            found += [many[start : start + MOST_IN_A_BUNDLE] for start in range(0, len(many), MOST_IN_A_BUNDLE)]
    return found


def _of(notice: Leased) -> str:
    """The same for notices that may share a letter."""
    if not may_be_bundled(notice):
        return notice.key
    return notice.letter or f"{NEW}{notice.recipient}"
