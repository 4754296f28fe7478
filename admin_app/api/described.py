"""The resources of the kinds of records that are only described: list, one, making, verbs, and a look at what is personal."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from flask_smorest import Blueprint

from admin_app.api.operation import Answer, Body, Call, Operation
from admin_app.api.queries import By, Listing
from admin_app.api.records import RECORD_FILTERS, Resource, camel, fields_of, resource
from admin_app.api.routes import add
from schemas.described import shape_of_kind, usual_of
from schemas.specified import shape_of
from store import domains
from store.described import operations, rules
from store.described.documents import DOCUMENTS
from store.descriptions import Making
from store.fields.kinds import kind_of
from store.fields.spec import Field
from store.kinds import RecordKind, made_kinds
from store.words import Words


def makers() -> Iterator[tuple[str, Callable[[], Blueprint]]]:
    """(address, what makes its blueprint) of each kind."""
    domains.load("documents")
    for kind in made_kinds():
        yield f"/{kind.page}", partial(make, kind)


def make(kind: RecordKind) -> Blueprint:
    described = _resource(kind)
    made = resource(described, clocks=False)
    if kind.making:
        _add_making(made, kind, kind.making, described)
    personal = [each for each in kind.fields if each.personal]
    if personal:
        _add_reveal(made, kind, personal)
    return made


def _resource(kind: RecordKind) -> Resource:
    shape = shape_of_kind(camel(kind.name), kind.fields, kind.one.en)
    dated = {each.name: each.name for each in kind.fields if kind_of(each).is_moment or kind_of(each).is_day}
    return Resource(
        name=kind.page.replace("-", "_"),
        one=kind.name,
        words=kind.many,
        document=DOCUMENTS[kind.name],
        permission=kind.permission,
        shape=shape,
        listing=Listing(
            filters=_filters(kind),
            sorts={**dated, "created_at": "created_at", "number": "number"},
            sort=f"-{kind.office.date if kind.office else 'created_at'}",
            fields=fields_of(shape),
            usual=usual_of(kind),
        ),
        mask=lambda raw: {**raw, **rules.hidden(kind, raw)},
    )


def _filters(kind: RecordKind) -> dict[str, By]:
    found = {each.name: by for each in kind.fields if (by := _by(each))}
    late = {"overdue": By("", "boolean", where=lambda now: rules.overdue(kind, now))} if kind.due else {}
    return {**RECORD_FILTERS, **late, "state": By("state", choices=frozenset(kind.states)), **found}


def _by(field: Field) -> By | None:
    """How a list is narrowed by it; by what people write it is searched, not narrowed."""
    kind = kind_of(field)
    if kind.chooses:
        return By(field.name, choices=frozenset(value for value, _ in field.choices))
    if field.personal or not (kind.refers or kind.is_moment or kind.filtered_as == "boolean"):
        return None
    return By(field.name, "moment" if kind.is_moment else kind.filtered_as)


def _add_making(made: Blueprint, kind: RecordKind, making: Making, described: Resource) -> None:
    def view(call: Call) -> Answer:
        return described.made(operations.make(kind, call.body, actor=call.actor, now=call.now), call.now)

    takes = Body.of(f"New{camel(kind.name)}", operations.asked_of(kind))
    operation = Operation(
        f"make_{kind.name}",
        "POST",
        "",
        making.permission,
        making.words,
        described.shape,
        201,
        takes,
        again=described.made_again,
    )
    add(made, operation, view)


def _add_reveal(made: Blueprint, kind: RecordKind, personal: Sequence[Field]) -> None:
    """What is personal in full; the look is logged first."""

    def view(call: Call, key: str) -> Answer:
        record = operations.reveal(kind, key, actor=call.actor, now=call.now)
        return Answer({each.name: getattr(record, each.name) for each in personal})

    words = Words("查看完整的{what}（留痕）", "Look at the whole {what}; the look is logged").fill(what=kind.one)
    shape = shape_of(f"{camel(kind.name)}Personal", personal, answer=True)
    name, permission = f"{kind.name}_reveals", operations.revealing(kind)
    add(made, Operation(name, "POST", "/<key>/reveals", permission, words, shape, writes=False), view)
