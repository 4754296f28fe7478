"""The directory: estates, people, premises. Edited by authorised people; every change is kept with its author."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import BooleanField, StringField

from store.access import require
from store.actor import SYSTEM, Actor
from store.alone import forget, kept
from store.differences import difference
from store.errors import Invalid, NotFound, Problem
from store.fields.checking import clean, is_empty, uses
from store.fields.kinds import kind_of
from store.fields.spec import CODE, Field
from store.plain import PlainDict
from store.usage import User, finds_users, refuse_if_used
from store.versioned import Change, Versioned, check_seen, commit
from store.versioned import create as create_document
from store.words import Words, translated


class DirectoryEntry(Versioned):
    """An entry with a code. `FIELDS` describes what a person may write; the MongoEngine fields have the same names."""

    KIND: ClassVar[str]
    FIELDS: ClassVar[tuple[Field, ...]] = ()
    WRITE: ClassVar[str] = "directory.write"
    # What there is once besides the code, such as a room in an estate: unique indexes hold it, imports ask before they write.
    ONCE: ClassVar[tuple[tuple[str, ...], ...]] = ()
    # By what people know an entry where a file has no codes; a second one of the same is asked about.
    KNOWN_BY: ClassVar[tuple[str, ...]] = ()

    code = StringField(required=True)
    name = PlainDict()
    estate = StringField()
    active = BooleanField(default=True)

    meta = {
        "abstract": True,
        "auto_create_index": False,
        "indexes": [{"fields": ["code"], "unique": True}, ["estate", "code"]],
    }

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> list[Problem]:
        """What the fields alone cannot say; pure."""
        return []

    @classmethod
    def code_for(cls, values: Mapping[str, Any]) -> str:
        """The code of a new entry of a file without codes; "" where none can be made."""
        return ""

    @classmethod
    def doubles(cls, values: Mapping[str, Any]) -> list[Problem]:
        """What is probably there twice by mistake, and is asked about in an import; pure."""
        return []

    @classmethod
    def in_one_form(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as they are stored, where one thing may be written in several ways; pure."""
        return dict(values)

    @classmethod
    def clashes(cls, code: str, values: Mapping[str, Any]) -> list[Problem]:
        """What is probably there twice by mistake, by itself or beside other entries of the kind."""
        return []

    @classmethod
    def derived(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Fields that are computed from the written ones, such as search tokens."""
        return {}

    @classmethod
    def written(cls) -> None:
        forget()

    @classmethod
    def estates_of(cls, values: Mapping[str, Any]) -> list[str | None]:
        """The estates an actor must be allowed to see in order to write this entry; `values` carry its `code` too."""
        return [values.get("estate")]

    @classmethod
    def refuse(cls, values: Mapping[str, Any], actor: Actor) -> None:
        """Asked before and after a change: what this actor may not write although he has the permission."""

    @classmethod
    def fits(cls, values: Mapping[str, Any], estate: str) -> bool:
        """Whether an entry of the estate may refer to one with these values."""
        return values.get("estate") in (None, estate)

    @classmethod
    def against(cls, code: str, values: Mapping[str, Any], stood: "DirectoryEntry | None") -> list[Problem]:
        """What other entries say against these values, those that `stood` there already apart."""
        return []

    def settled(self, values: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The checked values as an update keeps them. Raises `Invalid`."""
        return values

    def beside(self, values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """What an update to these values writes besides."""
        return {}

    def tells(self, becomes: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
        """Intents for those whom it concerns that these fields change. Raises `Invalid` where it may not be."""
        return []

    def values(self) -> dict[str, Any]:
        """What a person wrote, by the names of `FIELDS`."""
        plain = self.to_mongo().to_dict()
        # MongoEngine stores empty lists and dictionaries for fields that nobody filled in.
        return {field.name: plain[field.name] for field in self.FIELDS if not is_empty(plain.get(field.name))}


_KINDS: dict[str, type[DirectoryEntry]] = {}


def register(entry: type[DirectoryEntry]) -> type[DirectoryEntry]:
    """A class decorator: makes the kind known to references, screens and import."""
    _KINDS[entry.KIND] = entry
    return entry


def kinds() -> dict[str, type[DirectoryEntry]]:
    return dict(_KINDS)


def is_kind(kind: str) -> bool:
    return kind in _KINDS


def values_of(kind: str, code: str) -> dict[str, Any] | None:
    """The values of an active entry, for look-ups; None when there is none."""
    values = kept(("entry", kind, code), lambda: _read_values(kind, code))
    return None if values is None else dict(values)


def _read_values(kind: str, code: str) -> dict[str, Any] | None:
    entry = _KINDS[kind].found({"code": {"$eq": code}, "active": {"$ne": False}})
    return None if entry is None else entry.values()


def values_for(kind: str, code: str, actor: Actor) -> dict[str, Any] | None:
    """As `values_of`, for somebody: what is foreign to him is not there."""
    values = values_of(kind, code)
    if values is None or actor.estates is None:
        return values
    estates = _KINDS[kind].estates_of({"code": code, **values})
    return values if not estates or any(actor.sees(estate) for estate in estates) else None


def get(kind: str, code: str, actor: Actor) -> DirectoryEntry:
    """Raises `NotFound` for an unknown kind or code, or a foreign estate."""
    if kind not in _KINDS:
        raise NotFound(Words("目录", "Directory"), kind)
    entry = _KINDS[kind].objects(code=code).first() if isinstance(code, str) else None
    if entry is None or not _sees(entry, actor):
        raise NotFound(_KINDS[kind].LABEL, code)
    return entry


def create(
    kind: str, code: str, values: Mapping[str, Any], *, actor: Actor, now: datetime, doubles_meant: bool = False
) -> DirectoryEntry:
    """`doubles_meant`: somebody was asked already about what is probably there twice. Raises `Invalid`, `Conflict`
    `code_taken`."""
    document = _KINDS[kind]
    cleaned = checked(kind, code, values, actor)
    if not doubles_meant:
        _refuse_clashes(document, code, cleaned)
    _require_all(document, code, cleaned, actor)
    _refuse_foreign(document, cleaned, actor)
    _refuse_against(document, code, cleaned, None)
    entry = document(code=code, active=True, **cleaned, **document.derived({"code": code, **cleaned}))
    return create_document(entry, Change("create", {"code": code}), actor=actor, now=now)


def update(
    kind: str,
    code: str,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
    doubles_meant: bool = False,
) -> DirectoryEntry:
    """Replace what a person may write. Raises `Invalid`, `Conflict` `changed_meanwhile`."""
    entry = get(kind, code, actor)
    _require_all(type(entry), code, entry.values(), actor)
    check_seen(entry, seen)
    cleaned = checked(kind, code, values, actor)
    _require_all(type(entry), code, cleaned, actor)
    _refuse_foreign(type(entry), cleaned, actor, entry.values())
    cleaned = entry.settled(cleaned, now)
    changes = difference(entry.values(), cleaned)
    if not changes:
        return entry
    if not doubles_meant:
        _refuse_clashes(type(entry), code, cleaned, entry.values())
    _refuse_against(type(entry), code, cleaned, entry)
    gone = [field.name for field in entry.FIELDS if field.name not in cleaned]
    fields = {**cleaned, **type(entry).derived({"code": code, **cleaned}), **entry.beside(cleaned, now)}
    detail = {"changes": _without_personal(entry.FIELDS, changes)}
    told = entry.tells({**dict.fromkeys(gone), **fields}, now)
    change = Change("update", detail, fields, unset=gone, notify=told)
    return commit(entry, change, actor=actor, now=now)


def set_active(
    kind: str, code: str, active: bool, *, actor: Actor, now: datetime, seen: int | None = None
) -> DirectoryEntry:
    """Put an entry out of use (refused with the list of users while something needs it), or back."""
    entry = get(kind, code, actor)
    _require_all(type(entry), code, entry.values(), actor)
    check_seen(entry, seen)
    if not active:
        refuse_if_used(kind, code, actor)
    told = entry.tells({"active": active}, now)
    verb = "activate" if active else "deactivate"
    return commit(entry, Change(verb, {}, {"active": active}, notify=told), actor=actor, now=now)


def checked(kind: str, code: str, values: Mapping[str, Any], actor: Actor = SYSTEM) -> dict[str, Any]:
    """The cleaned values; what is foreign to the actor is not there for him. Raises `Invalid` with every problem,
    references that lead nowhere included."""
    document = _KINDS[kind]
    cleaned, problems = clean(document.FIELDS, values)
    if not CODE.fullmatch(code or ""):
        words = Words("编号只能用小写字母、数字和连字符", "A code is made of lower-case letters, digits and hyphens")
        problems.append(Problem("malformed_code", words, "code"))
    if not problems:
        cleaned = document.in_one_form(cleaned)
        problems = [*document.problems(cleaned), *_unfit_references(document, cleaned, actor)]
    if problems:
        raise Invalid(problems)
    return cleaned


def _refuse_clashes(
    document: type[DirectoryEntry], code: str, values: Mapping[str, Any], stood: Mapping[str, Any] | None = None
) -> None:
    """What stood there twice before the change is nobody's mistake now. Raises `Invalid`."""
    known = {each.words for each in document.clashes(code, stood)} if stood else set()
    clashes = [each for each in document.clashes(code, values) if each.words not in known]
    if clashes:
        raise Invalid(clashes)


_NOT_THERE = Words("「{code}」不存在", "“{code}” does not exist")
_ELSEWHERE = Words("「{code}」属于别的小区", "“{code}” belongs to another estate")


def _unfit_references(document: type[DirectoryEntry], values: Mapping[str, Any], actor: Actor) -> Iterator[Problem]:
    """References that lead nowhere, or out of the entry's own estate."""
    estate = values.get("estate")
    for path, kind, code in uses(document.FIELDS, values):
        if not is_kind(kind):
            continue
        found = values_of(kind, code)
        fits = found is not None and (not estate or _KINDS[kind].fits(found, estate))
        if found is None or (not fits and values_for(kind, code, actor) is None):
            yield Problem("reference_missing", _NOT_THERE.fill(code=code), path)
        elif not fits:
            yield Problem("other_estate", _ELSEWHERE.fill(code=code), path)


def _refuse_against(
    document: type[DirectoryEntry], code: str, values: Mapping[str, Any], stood: DirectoryEntry | None
) -> None:
    problems = document.against(code, values, stood)
    if problems:
        raise Invalid(problems)


def _refuse_foreign(
    document: type[DirectoryEntry], values: Mapping[str, Any], actor: Actor, stood: Mapping[str, Any] | None = None
) -> None:
    """What belongs to a foreign estate does not exist for the actor, so nothing of his may refer to it.

    References that `stood` there already stay: a department of the company may be led from another estate.
    """
    if actor.estates is None:
        return
    known = {(kind, code) for _, kind, code in uses(document.FIELDS, stood or {})}
    problems = [
        Problem("reference_missing", _NOT_THERE.fill(code=code), path)
        for path, kind, code in uses(document.FIELDS, values)
        if is_kind(kind) and (kind, code) not in known and values_for(kind, code, actor) is None
    ]
    if problems:
        raise Invalid(problems)


def _without_personal(fields: tuple[Field, ...], changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """History tells that a telephone number changed, not what it was: erasing a person must not meet his ghost here."""
    personal = {field.name for field in fields if field.personal}
    hidden = {"old": "•••", "new": "•••"}
    return [{**_without_rows(each), **hidden} if each["field"].split(".")[0] in personal else each for each in changes]


def _without_rows(change: dict[str, Any]) -> dict[str, Any]:
    """Without what people know its rows by."""
    return {name: value for name, value in change.items() if name != "rows"}


def _sees(entry: DirectoryEntry, actor: Actor) -> bool:
    estates = type(entry).estates_of({"code": entry.code, **entry.values()})
    return not estates or any(actor.sees(estate) for estate in estates)


def _require_all(document: type[DirectoryEntry], code: str, values: Mapping[str, Any], actor: Actor) -> None:
    for estate in document.estates_of({"code": code, **values}) or [None]:
        require(actor, document.WRITE, estate)
    document.refuse(values, actor)


@finds_users
def directory_users(kind: str, code: str) -> list[User]:
    found: list[User] = []
    for document in _KINDS.values():
        paths = [path for path, target in _reference_paths(document.FIELDS) if target == kind]
        if paths:
            query = {"active": {"$ne": False}, "$or": [{path: code} for path in paths]}
            for entry in document.objects(__raw__=query).exclude("events").limit(200):
                estates = tuple(document.estates_of({"code": entry.code, **entry.values()}))
                found.append(User(document.KIND, entry.code, translated(entry.name or entry.code), estates))
    return found


def _reference_paths(fields: tuple[Field, ...], prefix: str = "") -> list[tuple[str, str]]:
    paths: list[tuple[str, str]] = []
    for field in fields:
        if kind_of(field).refers and field.target:
            paths.append((prefix + field.name, field.target))
        elif kind_of(field).nested:
            paths += _reference_paths(field.fields, f"{prefix}{field.name}.")
    return paths
