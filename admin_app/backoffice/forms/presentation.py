"""How a field is shown where its kind alone does not say it: what a text refers to, which numbers are weekdays."""

from dataclasses import dataclass

from store.calendars.wording import WEEKDAYS
from store.fields.spec import Field
from store.words import Words


@dataclass(frozen=True)
class Presentation:
    """`lookup` is the kind asked for while typing, `lookup_by` the sibling field that names it, `codes_of` the list of this
    very form whose codes are proposed."""

    lookup: str = ""
    lookup_by: str = ""
    codes_of: str = ""
    options: tuple[tuple[str, Words], ...] = ()


_WEEKDAYS = tuple((str(n), words) for n, words in enumerate(WEEKDAYS, 1))
_SPECIAL: dict[tuple[str, str], Presentation] = {
    ("working_calendar", "makeup_weekday"): Presentation(options=_WEEKDAYS),
    ("working_calendar", "timezone"): Presentation(lookup="timezone"),
    ("content_type", "fields.target"): Presentation(lookup="kind"),
    ("escalation_policy", "steps.targets.ref"): Presentation(lookup="target", lookup_by="kind"),
    ("emergency_plan", "roles.target.ref"): Presentation(lookup="target", lookup_by="kind"),
    ("emergency_plan", "steps.role"): Presentation(codes_of="roles"),
    ("checklist", "items.only_if"): Presentation(codes_of="items"),
}
_CLAUSE = Presentation(lookup="clause")


def presentation_of(kind: str, path: str, field: Field) -> Presentation:
    """`path` is the field's place without row numbers: `steps.targets.ref`."""
    if (kind, path) in _SPECIAL:
        return _SPECIAL[kind, path]
    if field.kind in ("reference", "references") and field.target:
        return Presentation(lookup=field.target)
    return _CLAUSE if field.name == "clause" and field.kind == "text" else Presentation()
