"""What was shown and brought in late, as an order's page shows it: photos by their role, supplements."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from admin_app.backoffice.photos.pictures import Picture, VoiceNote, pictures_of, voice_of
from admin_app.shell.chips import Chip
from admin_app.shell.language import say
from store.photos.operations import here, voices
from store.photos.rules import ROLES
from store.words import Words, translated
from store.work.verbs import VERDICTS


class Album(NamedTuple):
    """The photos of one role, or of one item of the checklist."""

    words: Words
    photos: list[Picture]


class Supplement(NamedTuple):
    """What somebody found although the order could not take it any more."""

    by: str
    at: datetime
    received_at: datetime | None
    device_at: datetime | None
    note: str
    answers: list[tuple[str, str]]
    photos: list[Picture]
    voice: VoiceNote | None


class Sample(NamedTuple):
    """Finished work that was looked at again (clause 8.1)."""

    chip: Chip
    by: str
    at: datetime
    note: str
    photos: list[Picture]


class Evidence(NamedTuple):
    samples: list[Sample]
    albums: list[Album]
    supplements: list[Supplement]


def evidence_of(order: Any, checklist: Mapping[str, Any]) -> Evidence:
    """One query for all photos that are mentioned, and one for voice notes where there are any."""
    come = here(list(dict.fromkeys(_hashes(order))))
    items = {each["code"]: say(translated(each["name"])) for each in checklist.get("items") or ()}
    samples = [_sample(each, come) for each in order.samples]
    spoken = voices([each["voice"] for each in order.supplements if each.get("voice")])
    supplements = [_supplement(each, items, come, spoken) for each in order.supplements]
    return Evidence(samples, _albums(order, items, come), supplements)


def _hashes(order: Any) -> Iterable[str]:
    yield from (each["hash"] for each in order.photos)
    yield from _signatures(order)
    for each in (*order.supplements, *order.samples):
        yield from each.get("photos") or ()


def _albums(order: Any, items: Mapping[str, str], come: set[str]) -> list[Album]:
    """Before and after side by side, then what was photographed for an item, under the item's name.

    What was brought in late is shown with the words that came with it, and what shows a checkpoint with the
    checkpoint; neither here again.
    """
    late = {name for each in order.supplements for name in each.get("photos") or ()}
    found: dict[str, dict[str, None]] = {
        "before": {},
        "after": {},
        **{f"item:{code}": {} for code in items},
        "other": {},
        "signature": {},
    }
    for each in order.photos:
        role, item = each.get("role", "other"), f"item:{each.get('item')}"
        if role == "other" and (each["hash"] in late or each.get("checkpoint")):
            continue
        found[item if role == "other" and item in found else role][each["hash"]] = None
    found["signature"] |= dict.fromkeys(_signatures(order))
    names = ROLES | {f"item:{code}": Words(name, name) for code, name in items.items()}
    albums = [Album(names[key], pictures_of(hashes, come)) for key, hashes in found.items()]
    return [each for each in albums if each.photos]


def pictures_of_points(order: Any) -> dict[str, list[Picture]]:
    """The photos of each checkpoint of a round, by its code."""
    found: dict[str, dict[str, None]] = {}
    for each in order.photos:
        if each.get("checkpoint"):
            found.setdefault(each["checkpoint"], {})[each["hash"]] = None
    come = here([name for hashes in found.values() for name in hashes]) if found else set()
    return {code: pictures_of(hashes, come) for code, hashes in found.items()}


def _signatures(order: Any) -> list[str]:
    """To the quote, and to the finished work."""
    return list(dict.fromkeys(filter(None, [(order.quote or {}).get("signature"), order.signature])))


def _sample(raw: Mapping[str, Any], come: set[str]) -> Sample:
    good = raw["verdict"] == "good"
    chip = Chip("done" if good else "late", "check" if good else "late", VERDICTS[raw["verdict"]])
    note, photos = raw.get("note") or "", pictures_of(raw.get("photos") or (), come)
    return Sample(chip, raw.get("by_name") or raw["by"], raw["at"], note, photos)


def _supplement(
    raw: Mapping[str, Any], items: Mapping[str, str], come: set[str], spoken: Mapping[str, int]
) -> Supplement:
    answers = [(items.get(each["item"], each["item"]), str(each.get("value", ""))) for each in raw.get("answers") or ()]
    return Supplement(
        by=raw.get("by_name") or raw["by"],
        at=raw["at"],
        received_at=raw.get("received_at"),
        device_at=raw.get("device_at"),
        note=raw.get("note") or "",
        answers=answers,
        photos=pictures_of(raw.get("photos") or (), come),
        voice=voice_of(raw.get("voice"), spoken),
    )
