"""The world of the whole product, made before it starts: `python -m tests.faults.founding` prints the tokens of those who ask.

The seeded company, of whom only the lead of security reads mail, plans with a slot every minute, an urgent item.
"""

import json
import sys
from datetime import datetime, timedelta

from store import clock, directory
from store.people.documents import Staff
from tests import cast
from tests.faults import worlds
from tests.faults.worlds import MINUTE, Plan

READER = "security-lead"
BEFORE, PLANS, TIMES = 50, 12, 24
ASKING = ("desk", "manager", "repairer")


def plans_of(began: datetime) -> list[Plan]:
    """A slot every minute from `BEFORE` minutes before `began` on, for nearly four hours more."""
    first = began.replace(second=0, microsecond=0) - BEFORE * MINUTE
    local = [f"{first + n * MINUTE + worlds.SHANGHAI:%H:%M}" for n in range(1, PLANS * TIMES)]
    published = first + timedelta(seconds=30)
    return [Plan(f"minutely-{n}", local[n::PLANS], published) for n in range(PLANS)]


def let_one_read_mail(now: datetime) -> None:
    """Entered by a person: what he has touched, the seeder lets alone."""
    for staff in Staff.objects(code__ne=READER):
        kept = {name: value for name, value in staff.values().items() if name not in _WAYS}
        directory.update("staff", staff.code, {**kept, "phone": "13900000000"}, actor=cast.administrator(), now=now)


_WAYS = frozenset({"email", "channels", "quiet_start", "quiet_end", "digest"})


def found(began: datetime) -> dict[str, str]:
    """Makes the world. Returns whose token is which; `tablet` is the guard's."""
    # Late: it connects to MongoDB, and only this process may.
    import wsgi

    with wsgi.app.app_context():
        worlds.make_people()
        let_one_read_mail(clock.now())
        worlds.make_item(urgency="urgent")
        worlds.make_plans(plans_of(began))
        return _tokens()


def _tokens() -> dict[str, str]:
    from tests.api.conftest import make_tablet_token, make_token

    people = {actor.code: actor for actor in cast.everybody()}
    return {code: make_token(people[code]) for code in ASKING} | {"tablet": make_tablet_token(cast.guard())}


if __name__ == "__main__":
    print(json.dumps(found(datetime.fromisoformat(sys.argv[1]))))
