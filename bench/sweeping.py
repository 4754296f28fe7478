"""(a) A sweep over what is due: against a bare bulk of the same updates, and against a tenth of the stored records."""

from collections.abc import Callable, Mapping
from random import Random

from pymongo import ReplaceOne, UpdateOne

from bench import commands
from bench.ground import Ground
from bench.population import NOW, Patterns, Raw, copy_base, due_records, fill, later_records, scattered
from bench.table import Measured
from bench.timing import Trial, in_turns, ratio
from store.connection import ensure_indexes
from store.deadlines.operations import sweep

LARGE, SMALL = "anju_large", "anju_small"
# Of each kind: how many are open, and how many of them are due.
OPEN = {"work_orders": 1_000_000, "requests": 100_000}
DUE = {"work_orders": 9_000, "requests": 1_000}
# As the worker asks for them (`jobs.tasks.MANY`).
BATCH = 500
# The second ratio is near one, where a slow round more or less is seen.
ROUNDS = 7


def populate(ground: Ground, patterns: list[Patterns]) -> dict[str, list[Raw]]:
    """Fill both databases. Returns the due records, which are the same in both."""
    dice = Random(1)
    due = {}
    for each in patterns:
        name = each.document._get_collection_name()
        due[name] = due_records(each, DUE[name], NOW, dice)
    for database, part in ((SMALL, 10), (LARGE, 1)):
        copy_base(ground, database)
        _populate(ground, database, patterns, due, part)
        ensure_indexes()
    return due


def _populate(ground: Ground, database: str, patterns: list[Patterns], due: Mapping[str, list[Raw]], part: int) -> None:
    dice = Random(2)
    for each in patterns:
        name = each.document._get_collection_name()
        others = OPEN[name] // part - DUE[name]
        later = later_records(each, others, NOW, dice, first=DUE[name])
        fill(ground, database, each.document, scattered(due[name], later, others))


def measure(ground: Ground, patterns: list[Patterns]) -> list[Measured]:
    due = populate(ground, patterns)
    updates = _updates_of_a_sweep(ground, due)
    count = sum(len(each) for each in updates.values())
    trials = {
        "small": Trial(lambda: _restore(ground, SMALL, due), sweep_all),
        "bare": Trial(lambda: _restore(ground, LARGE, due), _bare(ground, updates)),
        "large": Trial(lambda: _restore(ground, LARGE, due), sweep_all),
    }
    times = in_turns(trials, ROUNDS)
    _restore(ground, LARGE, due)
    figures = f"{count:,} due: sweep {times['large']}, bare bulk {times['bare']}"
    stored = sum(OPEN.values())
    return [
        Measured(f"sweep of {stored:,} open records ÷ bare bulk", figures, ratio(times["large"], times["bare"]), 3.0),
        Measured(
            f"the same ÷ sweep of {stored // 10:,} open records",
            f"{times['large']}, {times['small']}",
            ratio(times["large"], times["small"]),
            1.2,
        ),
    ]


def sweep_all() -> None:
    while sweep(NOW, BATCH) >= BATCH:
        pass


def _updates_of_a_sweep(ground: Ground, due: Mapping[str, list[Raw]]) -> dict[str, list[Raw]]:
    """One real sweep of the small database, with its updates taken down."""
    _restore(ground, SMALL, due)
    with commands.seen() as sent:
        sweep_all()
    written = {name: len(each) for name, each in sent.updates.items()}
    if written != DUE:
        raise RuntimeError(f"the sweep wrote {written} instead of {DUE}")
    return sent.updates


def _bare(ground: Ground, updates: Mapping[str, list[Raw]]) -> Callable[[], None]:
    operations = {name: [UpdateOne(each["q"], each["u"]) for each in found] for name, found in updates.items()}

    def write() -> None:
        database = ground.database
        for name, each in operations.items():
            written = database[name].bulk_write(each, ordered=False)
            if written.modified_count != len(each):
                raise RuntimeError("the bare bulk did not match what the sweep matches")

    return write


def _restore(ground: Ground, name: str, due: Mapping[str, list[Raw]]) -> None:
    """Bring the due records back to what they were, where they lie; the connection is warm after it."""
    database = ground.use(name)
    for collection, records in due.items():
        database[collection].bulk_write([ReplaceOne({"_id": raw["_id"]}, raw) for raw in records], ordered=False)
