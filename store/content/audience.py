"""Who reads and who writes the entries of a type that managers defined, where its definition names them.

A definition takes away and never gives: whoever is named needs the permissions on content all the same. Who may publish
definitions could name himself, so managers and administrators are always among them.
"""

from store.actor import Actor
from store.content.documents import Content, Revision
from store.content.known import learn
from store.content.types import Body, find_built_in
from store.errors import Forbidden, NotFound
from store.first import first
from store.words import Words

_ALWAYS = frozenset({"system", "administrator", "manager"})
_NEWEST = (("effective_at", -1), ("number", -1))
_LABEL = Words("内容类型", "Content type")


def reads(actor: Actor, kind: str) -> bool:
    """Whether the actor is among the readers of entries of this type."""
    if actor.roles & _ALWAYS or find_built_in(kind) is not None:
        return True
    return _is_among(actor, _definition(kind), "readers")


def writes(actor: Actor, kind: str) -> bool:
    """Whether the actor is among the writers, who are readers too."""
    if actor.roles & _ALWAYS or find_built_in(kind) is not None:
        return True
    definition = _definition(kind)
    return _is_among(actor, definition, "readers") and _is_among(actor, definition, "writers")


def require_reading(actor: Actor, kind: str) -> None:
    """Raises `NotFound`: who may not read entries does not learn that there are any."""
    if not reads(actor, kind):
        raise NotFound(_LABEL, kind)


def require_writing(actor: Actor, kind: str) -> None:
    """Raises `NotFound` for who may not even read, `Forbidden` for who may only read."""
    require_reading(actor, kind)
    if not writes(actor, kind):
        raise Forbidden("content.write")


def hidden_from(actor: Actor) -> list[str]:
    """The types whose entries the actor may not read, for who asks for several at once."""
    if actor.roles & _ALWAYS:
        return []
    heads = Content._get_collection().find({"type": "content_type", "revision": {"$gt": 0}}, {"code": 1, "revision": 1})
    keys = {head["code"]: f"{head['_id']}:{head['revision']}" for head in heads}
    found = learn(list(keys.values()))
    # One whose revision does not stand yet is looked up for itself.
    bodies = {code: found[key].body if key in found else _definition(code) for code, key in keys.items()}
    return sorted(code for code, body in bodies.items() if not _is_among(actor, body, "readers"))


def names_readers(definition: Body) -> bool:
    return bool(definition.get("readers"))


def readers_of(kind: str) -> frozenset[str]:
    """The roles that read entries of this type; empty for every role that reads content at all."""
    if find_built_in(kind) is not None:
        return frozenset()
    named = frozenset(_definition(kind).get("readers") or ())
    return named | _ALWAYS if named else named


def _definition(kind: str) -> Body:
    """The newest: whom it takes away is away at once, also where another clock goes before ours."""
    found = first(Revision._get_collection(), {"type": "content_type", "code": {"$eq": kind}}, ["body"], _NEWEST)
    body: Body = (found or {}).get("body") or {}
    return body


def _is_among(actor: Actor, definition: Body, which: str) -> bool:
    """Of a definition that nobody can read, nobody is among them."""
    named = definition.get(which) if definition else "unreadable"
    return not named or (isinstance(named, list) and bool(actor.roles.intersection(map(str, named))))
