"""Personal data at the border: masked unless the role needs it, and a mask is never taken back as data."""

from collections.abc import Iterator, Mapping
from typing import Any

from store.access import permits
from store.actor import Actor
from store.directory import DirectoryEntry
from store.errors import Invalid, Problem
from store.premises.rules import HIDDEN, masked_email, masked_members, masked_phone
from store.words import Words

MASK_TAKEN = Words(
    "含有打码的联系方式，请先查看完整信息再保存", "It contains masked contacts; look at the full ones before saving"
)
# Who edits a kind's entries must see what he would overwrite; the looks at households are logged one by one instead.
_NEEDS_TO_SEE = {"staff": "people.write"}
_MASKS = {"phone": masked_phone, "email": masked_email}


def masked(raw: Mapping[str, Any], kind: type[DirectoryEntry], actor: Actor, *, one: bool) -> dict[str, Any]:
    """A stored entry as this actor may see it; `one` entry on its own shows a little more than a row of a list."""
    shown = dict(raw)
    if kind.KIND == "household":
        if "members" in shown:
            shown["members"] = masked_members(shown["members"])
        if not (one and permits(actor, "households.reveal", raw.get("estate"))):
            shown["note"] = None
        return shown
    needed = _NEEDS_TO_SEE.get(kind.KIND)
    if needed is None or (one and permits(actor, needed)):
        return shown
    return {**shown, **_hidden(shown)}


def _hidden(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Robots' addresses are their passwords: they are left out, not masked."""
    hidden: dict[str, Any] = {name: mask(shown[name]) for name, mask in _MASKS.items() if shown.get(name)}
    return {**hidden, "channels": []}


def refuse_masked(values: Mapping[str, Any]) -> None:
    """What was read masked must not be saved over the real thing. Raises `Invalid` `masked_value`."""
    problems = [Problem("masked_value", MASK_TAKEN, path) for path in _masks_in(values, "")]
    if problems:
        raise Invalid(problems)


def _masks_in(values: Any, path: str) -> Iterator[str]:
    if isinstance(values, Mapping):
        for name, value in values.items():
            if name in _MASKS and isinstance(value, str) and HIDDEN in value:
                yield f"{path}{name}"
            yield from _masks_in(value, f"{path}{name}.")
    elif isinstance(values, list):
        for index, value in enumerate(values):
            yield from _masks_in(value, f"{path}{index}.")
