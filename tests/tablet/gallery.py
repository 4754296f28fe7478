"""Every screen of the tablet app on invented data (`frontend/test/gallery`), built for a browser."""

import subprocess
from pathlib import Path
from urllib.parse import quote

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
AXE = FRONTEND / "node_modules" / "axe-core" / "axe.min.js"

ROUND, REPAIR, LOBBY = "plan:night:2026-11-25T22:00", "request:r1:1", "plan:lobby:2026-11-25T21:00"

PLACE = "place/anju%3Acheckpoint%3Asunshine-garage%3Apump-room"


def build(folder: Path) -> Path:
    command = ["npm", "run", "--silent", "gallery", "--", "--outDir", str(folder)]
    subprocess.run(command, cwd=FRONTEND, check=True, timeout=120)
    return folder


def on(page: str, key: str) -> str:
    """The address of a page about one order."""
    return f"{page}/sunshine/{quote(key, safe='')}"


# Name of a screen → its address below /tablet/ and the scene of the gallery.
SCREENS: dict[str, tuple[str, str]] = {
    "today": ("", "day"),
    "200 orders": ("", "many"),
    "nothing to do": ("", "empty"),
    "called for help": ("", "called"),
    "help": ("help", "day"),
    "server without an answer": ("pending", "silent"),
    "one conflict": ("pending", "conflict"),
    "everything at once": ("", "trouble"),
    "emergency": ("", "emergency"),
    "step of an emergency": (on("order", "incident:i1:evacuate"), "emergency"),
    "running round": ("patrol", "day"),
    "round from its order": (on("order", ROUND), "day"),
    "paused round": (on("round", ROUND), "resting"),
    "round with photos": (on("round", ROUND), "unphotographed"),
    "round with a floor plan": (on("round", ROUND), "planned"),
    "finished round": (on("round", ROUND), "over"),
    "report": ("report", "day"),
    "finding on a round": (on("report", ROUND), "day"),
    "pending offline": ("pending", "offline"),
    "refused and in conflict": ("pending", "undecided"),
    "me": ("me", "day"),
    "me with little room": ("me", "trouble"),
    "handover": ("handover", "offline"),
    "repair not accepted": (on("order", "request:r2:1"), "day"),
    "repair to be quoted": (on("order", REPAIR), "day"),
    "repair to be agreed to": (on("order", REPAIR), "quoted"),
    "repair beyond its quote": (on("order", REPAIR), "beyond"),
    "repair that is declined": (on("order", REPAIR), "declined"),
    "quote that was not accepted": (on("order", REPAIR), "unaccepted"),
    "repair to be accepted": (on("order", REPAIR), "finishing"),
    "order with a checklist": (on("order", LOBBY), "day"),
    "checklist": (on("checklist", LOBBY), "day"),
    "checklist with a failed item": (on("checklist", LOBBY), "failing"),
    "drill": (on("order", "drill:d1:evacuate"), "day"),
    "re-inspection": (on("order", "finding:f1:1:check"), "day"),
    "paused rectification": (on("order", "finding:f2:1"), "day"),
    "finished order": (on("order", "plan:green:2026-11-25T08:00"), "day"),
    "order that is gone": (on("order", "nowhere"), "day"),
    "place": (PLACE, "place"),
    "place without a network": (PLACE, "place_offline"),
    "place that nobody knows": ("place/anju%3Abuilding%3Anowhere", "place_offline"),
    "report at a place": ("report-at/sunshine/" + quote("生活水泵房 · 地下一层"), "day"),
    "gate": ("gate", "gate"),
    "gate without a network": ("gate", "gate_offline"),
    "today of the gate": ("", "gate"),
    "starting": ("", "starting"),
    "held": ("", "held"),
    "unsupported": ("", "unsupported"),
    "wiped": ("", "wiped"),
    "sign in": ("enrol", "signin"),
    "enrolment": ("enrol", "enrol"),
    "choice of a PIN": ("enrol", "pin"),
    "lock": ("", "locked"),
    "PIN": ("", "keypad"),
}
