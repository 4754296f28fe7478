"""Why a request that the description admits may be refused all the same: what no description of a shape can say."""

from typing import Any

_STATE = "what is allowed depends on the state, which the record's `allowed_verbs` tell"
_THERE = "what is there, and what of it the caller sees"
_TIME = "what lies in the past, in another year or on a day off depends on the moment"
_DEPTH = "JSON Schema has no words for names, numbers and characters at every depth of an object"
_SENT_BEFORE = "what was sent before"
_ONE_OF = "minutes or working days, never both"
_KIND = "what an exception needs depends on its kind, and its days have an order"

REASONS: dict[str, str] = {
    "backwards": _KIND,
    "bad_chunk": "which part of a photo may come depends on the address and the length of the body",
    "bad_cursor": "a marker of a page is opaque",
    "bad_name": _DEPTH,
    "changed_meanwhile": "a version that somebody made up is not that of the record",
    "code_taken": _THERE,
    "device_revoked": _STATE,
    "double_shift": _THERE,
    "estates_needed": "which roles need estates",
    "foreign_device": "a batch comes from the tablet of the token",
    "himself": _KIND,
    "idempotency_in_progress": _SENT_BEFORE,
    "idempotency_key_reused": _SENT_BEFORE,
    "idempotency_outcome_unknown": _SENT_BEFORE,
    "in_the_past": _TIME,
    "in_use": _THERE,
    "malformed_room": "rooms are written in many ways",
    "moved_out": _STATE,
    "name_differs": "a tablet is revoked by its own name",
    "needed_for_kind": _KIND,
    "not_ahead": _TIME,
    "not_a_device": "who may enter",
    "not_a_key": "keys of push messages are points of a curve",
    "not_a_reinspection": _STATE,
    "not_a_repair": _STATE,
    "not_a_robot": "which programs' robots are known",
    "not_a_workday": _TIME,
    "not_allowed_now": _STATE,
    "not_assignable": _THERE,
    "not_for_kind": _KIND,
    "not_found": _THERE,
    "not_merged": _STATE,
    "not_https": "where push services live",
    "not_moved_out": _STATE,
    "nothing_moves": _THERE,
    "nothing_to_tell": _STATE,
    "number_taken": _SENT_BEFORE,
    "number_too_large": _DEPTH,
    "on_leave": _THERE,
    "only_alone": "parameters that exclude each other",
    "other_estate": _THERE,
    "other_year": _TIME,
    "out_of_range": "moments lie in the years 1900 to 2199, days of a roster in its cycle",
    "out_of_use": _STATE,
    "over": _STATE,
    "photo_incomplete": _SENT_BEFORE,
    "publish_in_the_past": _TIME,
    "published_code": _STATE,
    "reference_missing": _THERE,
    "required": _ONE_OF,
    "round_not_by_hand": _STATE,
    "said_twice": _ONE_OF,
    "seconds_needed": "only a voice note has a length",
    "sequence_gap": _SENT_BEFORE,
    "steps_open": _STATE,
    "stream_busy": _SENT_BEFORE,
    "to_come": _TIME,
    "too_early": _TIME,
    "too_many_days": _KIND,
    "unit_taken": _THERE,
    "unchanged": _STATE,
    "unknown_checkpoint": _THERE,
    "unknown_timezone": "the names of time zones are a database of its own",
    "unstorable_text": _DEPTH,
    "voice_too_large": "a voice note is smaller than a photo",
    "withdrawn": _STATE,
}
# Bodies of content are shaped by their kind, which is a part of the address and may be defined by managers.
SHAPED_BY_KIND = ("/content/{kind}", "/plans/preview")


def unlisted(label: str, problem: dict[str, Any]) -> list[str]:
    """The refusals of an answer that have no reason here: `code field`."""
    if any(part in label for part in SHAPED_BY_KIND):
        return []
    told = problem.get("errors") or [problem]
    return [f"{each['code']} {each.get('field')}" for each in told if each["code"] not in REASONS]
