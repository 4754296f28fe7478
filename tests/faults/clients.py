"""People and programs that go on asking whatever is struck, and remember what was acknowledged."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count, cycle
from typing import Any

from store import clock
from tests import cast
from tests.faults.founding import READER
from tests.faults.web import Site, Told
from tests.faults.writers import INTAKE
from tests.store.tablets import MS, Tablet

# Answers that say "again, in a moment"; 409 is "the same is being carried out", or another batch of this tablet's.
AGAIN = frozenset({409, 429, 503})
PAUSE_SECONDS = 1.0
# A run that was cut off is taken over after a minute; before that the product may be away for its promised 90 s.
MOST_TRIES = 240
# Who hears nothing for so long asks again, while what he asked first may still be carried out: by a process that was frozen.
IMPATIENT_SECONDS = 1.5
# So many seconds after one answer comes the next question: all clients together stay below what one address may ask.
THINKING_SECONDS = 0.3


@dataclass
class Answers:
    """Every status that came, and how often none came."""

    statuses: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    # 503 must say when to come again.
    silent: int = 0
    defects: list[str] = field(default_factory=list)

    def note(self, path: str, told: Told | None) -> Told | None:
        if told is None:
            self.lost += 1
            return None
        self.statuses[told.status] += 1
        self.silent += told.status == 503 and "retry-after" not in {name.lower() for name in told.headers}
        if told.status >= 500 and told.status != 503:
            self.defects.append(f"{told.status} {path}: {told.text[:200]}")
        return told


class Program:
    """A program with a token. What it has no answer to, it sends again as it was, under the same key."""

    def __init__(self, site: Site, token: str, answers: Answers | None = None, patience: float = 60.0) -> None:
        self.site, self._token, self._patience = site, token, patience
        self.answers = answers or Answers()

    def get(self, path: str) -> Told:
        return self.site.get(path, Authorization=f"Bearer {self._token}")

    def once(self, path: str, body: Any, key: str | None) -> Told | None:
        """`key` None: the body itself says what it is, as a tablet's does."""
        headers = {"Authorization": f"Bearer {self._token}", **({"Idempotency-Key": key} if key else {})}
        return self.answers.note(path, reached(lambda: self.site.post(path, body, self._patience, **headers)))

    def carry_out(self, path: str, body: Any, key: str | None, most: int = MOST_TRIES) -> Told:
        for _ in range(most):
            told = self.once(path, body, key)
            if told is not None and told.status not in AGAIN:
                return told
            time.sleep(PAUSE_SECONDS)
        raise AssertionError(f"no answer to {path} {key}: {told and told.text}")

    def do(self, path: str, body: Any, key: str) -> Any:
        """What was acknowledged. Raises `AssertionError` for a refusal."""
        told = self.carry_out(path, body, key)
        assert told.status in {200, 201}, f"{key}: {told.status} {told.text}"
        return told.json


def reached(ask: Callable[[], Told]) -> Told | None:
    try:
        return ask()
    except OSError:
        return None


@dataclass
class Acknowledged:
    """`requests` and `orders`: the mark of each → its number. `verbs`: number → what its client did, in order.
    `entries`: the id of each → the number of its order."""

    requests: dict[str, str] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    verbs: dict[str, list[str]] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)
    pages: int = 0

    @property
    def total(self) -> int:
        return len(self.requests) + len(self.orders) + len(self.entries) + sum(map(len, self.verbs.values()))


class Clients:
    """Everybody who asks, until `stop` is set; nobody leaves a thing half done."""

    def __init__(self, site: Site, tokens: Mapping[str, str]) -> None:
        self.site, self.tokens = site, tokens
        self.answers, self.done = Answers(), Acknowledged()
        self.stop = threading.Event()

    def all(self) -> list[Callable[[], None]]:
        return [lambda: self._desk("a"), lambda: self._desk("b"), self._repairs, self._tablet, self._office]

    def _program(self, who: str) -> Program:
        return Program(self.site, self.tokens[who], self.answers, IMPATIENT_SECONDS)

    def _turns(self, who: str) -> Iterator[str]:
        for n in count():
            if self.stop.wait(THINKING_SECONDS):
                return
            yield f"{who}-{n}"

    def _desk(self, who: str) -> None:
        """Urgent requests; the one who reads mail is given each, and therefore written to."""
        desk = self._program("desk")
        for mark in self._turns(f"desk-{who}"):
            made = desk.do("/api/v1/requests", {**INTAKE, "place": mark}, mark)
            number = self.done.requests[mark] = made["number"]
            for verb, rule, body in (("assign", "assignment", {"to": READER}), ("note", "notes", {"text": mark})):
                desk.do(f"/api/v1/requests/{number}/{rule}", body, f"{mark}-{verb}")
                self.done.verbs.setdefault(number, []).append(verb)

    def _made(self, mark: str, assignee: str) -> Any:
        due = (clock.now() + timedelta(days=2)).isoformat()
        body = {"estate": cast.ESTATE, "title": mark, "due_at": due, "assignee": assignee}
        made = self._program("manager").do("/api/v1/work-orders", body, mark)
        self.done.orders[mark] = made["number"]
        return made

    def _repairs(self) -> None:
        """Orders that a program takes through their life."""
        repairer = self._program("repairer")
        for mark in self._turns("repair"):
            number = self._made(mark, "repairer")["number"]
            for verb, rule, body in LIFE:
                repairer.do(f"/api/v1/work-orders/{number}/{rule}", body, f"{mark}-{verb}")
                self.done.verbs.setdefault(number, []).append(verb)

    def _tablet(self) -> None:
        """The same by entries of a tablet, one or several at once."""
        held = Held(self._program("tablet"), self.done)
        for mark in self._turns("tablet"):
            made = self._made(mark, "guard")
            for verbs in (("accept", "start"), ("pause",), ("resume", "complete")):
                held.bring_in(made, verbs)

    def _office(self) -> None:
        """Pages of the office, one after the other, in one session."""
        ask = self.site.sign_in("manager")
        first = ask("/admin/")
        links = sorted(set(re.findall(r'href="(/admin/[^"?#]+)"', first.text)))
        assert len(links) > 10, "the office has pages"
        pages = cycle(links)
        for _ in self._turns("office"):
            path = next(pages)
            told = self.answers.note(path, reached(lambda path=path: ask(path)))  # type: ignore[misc]
            if told is not None and told.status == 200:
                assert 'name="password"' not in told.text or "password" in path, f"signed out at {path}"
                self.done.pages += 1


LIFE: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("accept", "acceptance", {}),
    ("start", "start", {}),
    ("pause", "pause", {"reason": "等件"}),
    ("resume", "resumption", {}),
    ("complete", "completion", {"note": "好了"}),
)


class Held:
    """A tablet in the guard's hands."""

    def __init__(self, program: Program, done: Acknowledged) -> None:
        self._program, self._done = program, done
        self._tablet = Tablet(cast.guard(), cast.TABLET)
        self._tablet.restart(clock.now())

    def bring_in(self, order: Mapping[str, Any], verbs: tuple[str, ...]) -> None:
        """Every entry is sent until there is an outcome, and that must be: it stands."""
        mine = [self._record(order, verb) for verb in verbs]
        told = self._program.carry_out("/api/v1/field/operations", self._batch(mine), None)
        assert told.status == 200, told.text
        results = {each["id"]: each["result"] for each in told.json["outcomes"]}
        assert all(results[each["id"]] in {"applied", "merged"} for each in mine), told.text
        self._done.entries |= {each["id"]: order["number"] for each in mine}

    def _record(self, order: Mapping[str, Any], verb: str) -> dict[str, Any]:
        body: dict[str, Any] = {"reason": "等件"} if verb == "pause" else {}
        return self._tablet.record((order["estate"], order["key"]), verb, clock.now(), **body)

    def _batch(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        now = clock.now()
        head = {"device": self._tablet.device, "app_version": "1", "device_now": now.isoformat()}
        elapsed = (now - self._tablet.started) // MS
        return {**head, "run": self._tablet.run, "elapsed_ms": elapsed, "unsent": len(entries), "operations": entries}
