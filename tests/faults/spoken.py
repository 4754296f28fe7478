"""What the product has said: the errors that ended in its log, by part."""

import re
from collections import Counter
from collections.abc import Iterator

# RQ tells at length that Redis went away in the middle of a job, or was wiped so that it knows nothing of the job any
# more; `jobs.worker` then begins anew.
EXPLAINED = re.compile(
    r"(?:ticks|relay|notices|reports): (?:redis\.exceptions\.\w+|rq\.exceptions\.InvalidJobOperation)"
)
_CHAINED = ("During handling of the above", "The above exception was")


def errors(log: str) -> Counter[str]:
    """`"web: ValueError"` → how often. An exception that led to another is told by that one alone."""
    lines: dict[str, list[str]] = {}
    for line in log.splitlines():
        part, mark, said = line.partition(" | ")
        if mark:
            lines.setdefault(part.strip(), []).append(said)
    return Counter(f"{part}: {error}" for part, said in lines.items() for error in _ended(said))


def _ended(said: list[str]) -> Iterator[str]:
    for number, line in enumerate(said):
        if "could not be carried out" in line:
            yield line
        if line.startswith("Traceback (most recent"):
            end = next((n for n in range(number + 1, len(said)) if not said[n].startswith(" ")), number)
            following = " ".join(said[end + 1 : end + 3])
            if not any(words in following for words in _CHAINED):
                yield said[end].partition(":")[0]


def unexplained(log: str) -> dict[str, int]:
    return {error: count for error, count in errors(log).items() if not EXPLAINED.fullmatch(error)}
