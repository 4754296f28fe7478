"""A shift for one person: 200 orders of the seeded company on his list, and the product as it is served."""

from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image, ImageChops, ImageFilter

from admin_app.accounts.operations import ensure_accounts
from admin_app.app import create_app
from bench.ground import Ground
from seeds.loader import load
from store import clock
from store.actor import SYSTEM, Actor
from store.connection import ensure_indexes
from store.content import operations as content
from store.people.operations import actor_for
from store.work import operations as work

DATABASE = "anju_tablet"
PERSON, ESTATE, ZONE = "guard", "sunshine", "Asia/Shanghai"
PASSWORD = "only-for-measuring-harbour"  # noqa: S105 - of an account that is thrown away
ORDERS = 200
CHECKLIST = "bench"
# One tap each, and a photo at the end.
TAPS = 9


def prepare(ground: Ground) -> Actor:
    """Returns who is at work."""
    ground.use(DATABASE, durable=True)
    ensure_indexes()
    now = clock.now()
    load(now - timedelta(days=60))
    _publish_checklist(now - timedelta(days=60))
    work.make([_order(n, now) for n in range(ORDERS)], actor=SYSTEM, now=now, timezone=ZONE)
    ensure_accounts(create_app(ground.settings(DATABASE)), [(PERSON, PERSON)], PASSWORD)
    return actor_for(PERSON)


def _publish_checklist(now: datetime) -> None:
    items: list[dict[str, Any]] = [
        {"code": f"item-{n}", "name": {"zh": f"检查项 {n}"}, "kind": "pass_fail", "required": True} for n in range(TAPS)
    ]
    items.append({"code": "photo", "name": {"zh": "现场照片"}, "kind": "photo", "required": True})
    body = {"name": {"zh": "大堂检查表"}, "category": "security", "raises_findings": False, "items": items}
    content.create("checklist", CHECKLIST, body, actor=SYSTEM, now=now)
    content.publish("checklist", CHECKLIST, actor=SYSTEM, now=now)


def key_of(n: int) -> str:
    return f"bench-{n:03d}"


def _order(n: int, now: datetime) -> dict[str, Any]:
    """Those of a day: some overdue, most due within hours; every fifth a round with checkpoints."""
    due_at = now + timedelta(minutes=10 * n - 200)
    timer = {"name": "complete", "started_at": now - timedelta(hours=5), "due_at": due_at, "minutes": 300}
    nothing = dict.fromkeys(("calendar", "policy", "paused_at", "stopped_at", "acknowledged_at"))
    values = {"key": key_of(n), "estate": ESTATE, "assignee": PERSON, "department": "security", "priority": 3}
    values |= {"due_at": due_at, "clocks": [{**timer, **nothing, "pauses": [], "steps": []}], "place": f"{n % 20} 号楼"}
    if n % 5 == 4:
        return {**values, "kind": "patrol", "title": f"巡更 {n}", "state": "open", "checkpoints": _checkpoints(due_at)}
    pin = {"code": CHECKLIST, "revision": 1}
    begun = {"state": "in_progress", "started_at": now - timedelta(hours=1)}
    return {**values, **begun, "kind": "cleaning", "title": f"大堂检查 {n}", "checklist": pin, "checkpoints": []}


def _checkpoints(due_at: datetime) -> list[dict[str, Any]]:
    opens_at = due_at - timedelta(hours=1)
    window = {"opens_at": opens_at, "closes_at": due_at, "state": "pending"}
    return [{"code": f"point-{n}", "name": {"zh": f"巡更点 {n}"}, **window} for n in range(12)]


def pictures(count: int) -> list[bytes]:
    """Photos of as many details as a camera's: above 150 KB each when a tablet has shrunk them."""
    dice = Random(7)
    size = (2_000, 1_500)
    noise = Image.merge("RGB", [Image.effect_noise(size, 60) for _ in range(3)]).filter(ImageFilter.GaussianBlur(1))
    made = []
    for _ in range(count):
        out = BytesIO()
        moved = ImageChops.offset(noise, dice.randrange(size[0]), dice.randrange(size[1]))
        moved.save(out, "JPEG", quality=88)
        made.append(out.getvalue())
    return made
