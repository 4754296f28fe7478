"""Personal data at the border: masked unless the role needs it, and a mask is never taken back as data."""

from collections.abc import Iterator, Mapping
from typing import Any

from store.access import permits
from store.actor import Actor
from store.directory import DirectoryEntry
from store.errors import Invalid, Problem
from store.fields.spec import Field
from store.phones import HIDDEN
from store.premises.rules import masked_email, masked_members, masked_phone
from store.words import Words

MASK_TAKEN = Words(
    "含有打码的联系方式，请先查看完整信息再保存", "It contains masked contacts; look at the full ones before saving"
)
_MASKS = {"phone": masked_phone, "email": masked_email}


def masked(raw: Mapping[str, Any], kind: type[DirectoryEntry], actor: Actor, *, one: bool) -> dict[str, Any]:
    """A stored entry as this actor may see it. Whatever a specification calls personal is hidden by default, so that a
    new kind shows nothing by mistake.

    Who edits an entry must see what he would overwrite; the looks at households are logged one by one instead.
    """
    shown = dict(raw)
    household = kind.KIND == "household"
    if one and not household and permits(actor, kind.WRITE):
        return shown
    for field in kind.FIELDS:
        if field.personal and shown.get(field.name):
            shown[field.name] = _hidden(field, shown[field.name])
    if household and one and permits(actor, "households.reveal", raw.get("estate")):
        shown["note"] = raw.get("note")
    return shown


def _hidden(field: Field, value: Any) -> Any:
    """Numbers and addresses keep their ends, members their names; all else – robots' addresses are passwords – goes."""
    if field.name in _MASKS:
        return _MASKS[field.name](value)
    if field.name == "members":
        return masked_members(value)
    return [] if field.kind == "list" else None


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
