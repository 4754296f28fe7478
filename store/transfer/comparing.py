"""What an import changes, as sentences: each field old → new, rows of lists that are added, removed or kept. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from store.fields.nested import GROUP, LIST
from store.fields.spec import Field
from store.pairing import in_order
from store.premises.rules import masked_email, masked_phone
from store.transfer.cells import is_simple_list, to_cell
from store.transfer.lists import name_of, paired
from store.words import LANGUAGES, Words

Values = Mapping[str, Any]
# What of a text is shown; whoever wants all of it has the file.
_LONGEST = 120
_MASKS = {"phone": masked_phone, "email": masked_email}
_PLACE = Words("第 {n} 位", "place {n}")
_NOTHING = Words("", "")


class Change(NamedTuple):
    """`kind` is `set`, `added`, `removed`, `moved`, or `kept`: the file does not have it, and it stays."""

    kind: str
    label: Words
    old: Words
    new: Words


def changes(fields: Sequence[Field], old: Values, new: Values, above: Words = _NOTHING) -> Iterator[Change]:
    """Field by field, in their order. Telephone numbers and addresses that are stored are told masked."""
    for field in fields:
        before, after, label = old.get(field.name), new.get(field.name), joined(above, field.label)
        if before == after:
            continue
        if field.kind == LIST and not is_simple_list(field):
            yield from _list_changes(field, before or [], after or [], label)
        elif field.kind == GROUP:
            yield from changes(field.fields, before or {}, after or {}, label)
        elif field.translated:
            yield from _translated(before or {}, after or {}, label)
        else:
            yield Change("set", label, shown_value(field, before, hide=True), shown_value(field, after))


def _translated(before: Values, after: Values, label: Words) -> Iterator[Change]:
    for language in LANGUAGES:
        one, other = (before.get(language) or ""), (after.get(language) or "")
        if one != other:
            words = joined(label, Words("英文", "English")) if language == "en" else label
            yield Change("set", words, _same(_cut(one)), _same(_cut(other)))


def _list_changes(field: Field, before: Sequence[Values], after: Sequence[Values], label: Words) -> Iterator[Change]:
    pairs = paired(field, before, after)
    for place, row in zip(pairs, after, strict=True):
        if place is None:
            yield Change("added", label, _NOTHING, summary(field, row))
        else:
            yield from changes(field.fields, before[place], row, joined(label, _same(name_of(row))))
    for place, row in enumerate(before):
        if place not in pairs:
            yield Change("removed", label, summary(field, row, hide=True), _NOTHING)
    stood = {old: place for place, old in enumerate(pairs) if old is not None}
    for old in sorted(stood.keys() - in_order(stood)):
        yield Change("moved", joined(label, _same(name_of(before[old]))), _place(old), _place(stood[old]))


def _place(number: int) -> Words:
    return _PLACE.fill(n=number + 1)


def summary(field: Field, row: Values, hide: bool = False) -> Words:
    """A row of a list in one line."""
    parts = []
    for each in field.fields:
        value = row.get(each.name)
        if each.kind == LIST and not is_simple_list(each):
            parts += [_same(f"{each.label.zh} ×{len(value)}")] if value else []
        elif value not in (None, "", [], {}):
            parts.append(shown_value(each, value, hide))
    return Words(_cut(" · ".join(each.zh for each in parts)), _cut(" · ".join(each.en for each in parts)))


def shown_value(field: Field, value: Any, hide: bool = False) -> Words:
    """A value as people read it."""
    if value in (None, "", [], {}):
        return _NOTHING
    if hide and field.personal and field.name in _MASKS:
        return _same(_MASKS[field.name](str(value)))
    if field.choices:
        chosen = value if isinstance(value, list) else [value]
        labels = [dict(field.choices).get(each, _same(str(each))) for each in chosen]
        return Words("、".join(each.zh for each in labels), ", ".join(each.en for each in labels))
    if field.translated:
        return _same(_cut(name_of({"name": value})))
    return _same(_cut(str(to_cell(field, value))))


def joined(above: Words, label: Words) -> Words:
    return Words(*(" › ".join(each for each in pair if each) for pair in zip(above, label, strict=True)))


def _same(text: str) -> Words:
    return Words(text, text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
