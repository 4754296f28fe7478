"""All kinds of fields there are. A new family is one file and one name here."""

from store.fields import assets, choosing, codes, days, moments, nested, numbers, texts
from store.fields.kind import Kind
from store.fields.spec import Field

_FAMILIES = (texts, numbers, choosing, moments, days, codes, assets, nested)
KINDS: dict[str, Kind] = {kind.name: kind for family in _FAMILIES for kind in family.KINDS}


def kind_of(field: Field) -> Kind:
    return KINDS[field.kind]
