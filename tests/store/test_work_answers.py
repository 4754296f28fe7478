"""What a photo of a role answers: nobody photographs or answers twice, and nothing counts as proven without a picture."""

from typing import Any

from store.work.answers import unphotographed, with_photographed
from store.work.rules import check_answers

BEFORE, AFTER = "b" * 64, "a" * 64


def item(code: str, kind: str = "photo") -> dict[str, Any]:
    return {"code": code, "name": {"zh": code}, "kind": kind, "required": True, "photo_required": kind == "photo"}


CHECKLIST = {"items": [item("before"), item("works", "pass_fail"), item("after")]}
WORKS = {"item": "works", "value": "pass"}


def test_a_photo_item_that_is_called_like_a_role_is_answered_by_the_photos_of_that_role() -> None:
    photos = [{"hash": BEFORE, "role": "before"}, {"hash": AFTER, "role": "after"}]
    given = with_photographed(CHECKLIST, [WORKS], photos)
    assert given == [
        WORKS,
        {"item": "before", "value": 1, "photos": [BEFORE]},
        {"item": "after", "value": 1, "photos": [AFTER]},
    ]
    assert check_answers(CHECKLIST, given) == []
    assert unphotographed(CHECKLIST, given, photos) == []


def test_without_its_picture_the_item_is_still_asked() -> None:
    photos = [{"hash": BEFORE, "role": "before"}, {"hash": AFTER, "role": "other", "item": "works"}]
    given = with_photographed(CHECKLIST, [WORKS], photos)
    assert [(each.code, each.field) for each in check_answers(CHECKLIST, given)] == [("required", "answers.after")]


def test_an_answer_that_was_given_stays_and_only_photo_items_are_answered_so() -> None:
    own = {"item": "before", "value": 2, "photos": ["c" * 64]}
    photos = [{"hash": BEFORE, "role": "before"}, {"hash": AFTER, "role": "works"}]
    assert with_photographed(CHECKLIST, [own], photos) == [own]
