"""References: the code of what a field points to, one or several."""

from store.fields import cell
from store.fields.kind import Kind, Schema, Several
from store.fields.spec import Field, Wrong
from store.words import Words

_LONGEST = 64


def checked(value: object) -> str:
    """Raises `Wrong` `not_a_code`."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise Wrong("not_a_code", Words("应为编号", "must be a code"))
    return value


class Reference(Kind):
    refers = True
    control = "picker"
    is_preset = in_columns = True
    filtered_as = "text"

    def check(self, field: Field, value: object) -> object:
        return checked(value)

    def schema(self, field: Field) -> Schema:
        least = {"minLength": 1} if field.required else {}
        return {"type": "string", **least, "maxLength": _LONGEST}

    def sound(self, value: object) -> object | None:
        return value if isinstance(value, str) else None

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        return cell.code(found)


class References(Several):
    """Each once, in the order in which they were given."""

    refers = True
    control = "pickers"
    is_wide = in_columns = True
    filtered_as = "text"

    def check(self, field: Field, value: object) -> object:
        found = super().check(field, value)
        return list(dict.fromkeys(found)) if isinstance(found, list) else found

    def check_one(self, field: Field, value: object) -> object:
        return checked(value)

    def one(self, field: Field) -> Schema:
        return {"type": "string", "maxLength": _LONGEST}

    def sound(self, value: object) -> object | None:
        return value if isinstance(value, list) and all(isinstance(each, str) for each in value) else None

    def from_cell(self, field: Field, found: cell.Cell) -> object:
        return [cell.code(each) for each in cell.items(cell.text(found))]


KINDS: tuple[Kind, ...] = (
    Reference("reference", Words("引用", "Reference")),
    References("references", Words("多个引用", "References")),
)
