"""One letter for a reader who has many ordinary e-mails waiting; each notice keeps its own account of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from store.notices.documents import Notice
from store.notices.rules import EMAIL, MOST_IN_A_BUNDLE, MOST_LETTERS
from store.requests.rules import RESIDENT

T = TypeVar("T")


def may_be_bundled(notice: Notice) -> bool:
    """An ordinary e-mail to a member of staff: what is urgent, or to a resident, or a digest, has a letter of its own."""
    plain = notice.channel == EMAIL and not notice.urgent and notice.additions is None
    return bool(plain and isinstance(notice.recipient, str) and not notice.recipient.startswith(RESIDENT))


def readers_of(notices: Iterable[Notice]) -> list[str]:
    """For whom it is worth looking what else waits, who has most first."""
    counted = Counter(str(each.recipient) for each in notices if may_be_bundled(each))
    return [reader for reader, _ in counted.most_common()]


def grouped(letters: Sequence[tuple[Notice, T]]) -> list[list[tuple[Notice, T]]]:
    """The letters that go out together, in order; most are alone."""
    by_reader: dict[str, list[tuple[Notice, T]]] = defaultdict(list)
    for notice, letter in letters:
        if may_be_bundled(notice):
            by_reader[str(notice.recipient)].append((notice, letter))
    many = {reader: own for reader, own in by_reader.items() if len(own) > MOST_LETTERS}
    found: list[list[tuple[Notice, T]]] = []
    for notice, letter in letters:
        own = many.get(str(notice.recipient)) if may_be_bundled(notice) else None
        if own is None:
            found.append([(notice, letter)])
        elif own[0][0] is notice:
            found += [own[start : start + MOST_IN_A_BUNDLE] for start in range(0, len(own), MOST_IN_A_BUNDLE)]
    return found
