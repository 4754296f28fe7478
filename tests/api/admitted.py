"""Why a request that the description admits may be refused all the same: what no description of a shape can say."""

from typing import Any

from store.content.types import built_in

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
    "malformed_phone": "telephones are written in many ways",
    "malformed_room": "rooms are written in many ways",
    "moved_out": _STATE,
    "name_differs": "a tablet is revoked by its own name",
    "needed_for_kind": _KIND,
    "not_ahead": _TIME,
    "nobody_to_tell": _STATE,
    "not_a_device": "who may enter",
    "not_a_key": "keys of push messages are points of a curve",
    "not_a_reinspection": _STATE,
    "not_a_repair": _STATE,
    "not_a_robot": "which programs' robots are known",
    "not_a_workday": _TIME,
    "not_allowed_now": _STATE,
    "not_asked": "which fields are asked depends on what stands in the others",
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
    "wrong_shape": "what answers an item of a checklist depends on its kind",
}
# What the fields of a type of the house must be to each other is said by the type's own check.
OF_A_TYPE = frozenset(
    [
        "added_and_left_out",
        "calendar_empty",
        "checklist_missing",
        "checkpoints_overlap",
        "clause_outside_chapter",
        "closing_not_last",
        "duplicate",
        "duplicate_code",
        "duplicate_date",
        "duplicate_reminder",
        "duplicate_step",
        "duplicate_time",
        "duration_not_positive",
        "end_before_start",
        "ends_before_start",
        "foreign_building",
        "foreign_floor_plan",
        "makeup_weekday_empty",
        "malformed_clause",
        "malformed_code",
        "malformed_date",
        "malformed_name",
        "malformed_time",
        "malformed_weekday",
        "malformed_weekdays",
        "negative",
        "never_asked",
        "no_calendar",
        "no_choices",
        "no_max_score",
        "no_steps",
        "no_target",
        "no_title_field",
        "no_work_order",
        "nobody",
        "not_a_hash",
        "no_such_value",
        "no_such_field",
        "not_a_pattern",
        "not_an_earlier_item",
        "not_with_hourly",
        "nothing_to_score",
        "offset_negative",
        "offsets_unsorted",
        "one_time_only",
        "place_half_given",
        "promises_nothing",
        "reminder_too_early",
        "repeat_without_period",
        "reserved_code",
        "response_after_resolve",
        "route_missing",
        "rrule_malformed",
        "rule_never_happens",
        "stray_brace",
        "times_unsorted",
        "tolerance_not_positive",
        "too_far",
        "too_many_repeats",
        "too_many_windows",
        "unknown_day_kind",
        "unknown_placeholder",
        "unknown_role",
        "varies_in_order",
        "windows_overlap",
    ]
)
# Bodies are shaped by the kind in the address; at the address of each kind they are described.
SHAPED_BY_KIND = ("/content/{kind}", "/plans/preview")


def unlisted(label: str, problem: dict[str, Any]) -> list[str]:
    """The refusals of an answer that have no reason here: `code field`."""
    if any(part in label for part in SHAPED_BY_KIND):
        return []
    known = REASONS.keys() | (OF_A_TYPE if is_of_house(label) else ())
    told = problem.get("errors") or [problem]
    return [f"{each['code']} {each.get('field')}" for each in told if each["code"] not in known]


def is_of_house(label: str) -> bool:
    """Whether an operation is on content of a type that managers did not define: theirs have no checks of their own."""
    return any(f"/content/{key}" in f"{label}/" for key in built_in())
