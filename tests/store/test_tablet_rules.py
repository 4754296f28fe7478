"""When an entry took place, by the server's reckoning: pure, for all clocks that a device may have (ADR 5)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from store.tablet import rules

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SPANS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))
DEVICE_TIMES = st.integers(-55 * 366, 200 * 365).map(lambda days: NOW + timedelta(days=days, milliseconds=days % 997))
MOMENTS = st.timedeltas(min_value=timedelta(days=-99), max_value=timedelta(days=99)).map(lambda span: NOW + span)
MINUTE = timedelta(minutes=1)


def reckon(**changes):
    values = {
        "now": NOW,
        "same_run": True,
        "sent_elapsed": timedelta(hours=2),
        "entry_elapsed": timedelta(hours=1),
        "sent_device": NOW,
        "entry_device": NOW - timedelta(hours=1),
        "not_before": None,
    }
    return rules.reckon(**{**values, **changes})


@given(DEVICE_TIMES, DEVICE_TIMES, SPANS, SPANS)
def test_within_a_run_no_clock_of_the_device_is_believed(sent_device, entry_device, elapsed, ago):
    at = reckon(sent_elapsed=elapsed + ago, entry_elapsed=elapsed, sent_device=sent_device, entry_device=entry_device)
    assert at == NOW - ago


@given(SPANS, st.timedeltas(min_value=timedelta(days=-366), max_value=timedelta(days=366)))
def test_across_a_restart_a_clock_that_is_steadily_wrong_does_no_harm(ago, skew):
    at = reckon(same_run=False, sent_device=NOW + skew, entry_device=NOW + skew - ago)
    assert at == NOW - ago


@given(
    st.booleans(),
    st.none() | SPANS,
    st.none() | SPANS,
    st.none() | DEVICE_TIMES,
    st.none() | DEVICE_TIMES,
    st.none() | MOMENTS,
)
def test_it_is_never_in_the_future_and_never_before_the_entry_before(same, sent, entry, sent_at, entry_at, previous):
    at = reckon(
        same_run=same,
        sent_elapsed=sent,
        entry_elapsed=entry,
        sent_device=sent_at,
        entry_device=entry_at,
        not_before=previous,
    )
    assert at <= NOW
    assert previous is None or at >= min(previous, NOW)


@given(st.lists(st.tuples(st.booleans(), SPANS, DEVICE_TIMES), min_size=1, max_size=20))
def test_a_stream_never_goes_back_in_time(entries):
    previous = None
    for same, elapsed, device in entries:
        at = reckon(same_run=same, entry_elapsed=elapsed, entry_device=device, not_before=previous)
        assert previous is None or at >= previous
        previous = at


def test_a_device_at_the_end_of_the_calendar_says_nothing():
    last = datetime(9999, 12, 31, tzinfo=UTC)
    assert reckon(same_run=False, sent_device=last, entry_device=datetime(1, 1, 1, tzinfo=UTC)) == NOW


def test_an_entry_is_later_than_the_version_it_was_made_on():
    events = [{"n": 1, "at": NOW - timedelta(hours=3)}, {"n": 2, "at": NOW - timedelta(hours=1)}]
    assert rules.not_before(events, 2, None) == NOW - timedelta(hours=1)
    assert rules.not_before(events, 2, NOW - MINUTE) == NOW - MINUTE
    assert rules.not_before(events, None, None) is None
    assert rules.not_before(events, 7, None) is None


def event(n, verb, actor="other", device=None, **detail):
    return {"n": n, "at": NOW, "verb": verb, "actor": actor, "device": device, "detail": detail}


def test_ones_own_events_on_this_device_are_not_theirs_and_those_elsewhere_are():
    events = [event(1, "create"), event(2, "start", "me", "here"), event(3, "pause", "me", "there"), event(4, "resume")]
    found = rules.theirs(events, 1, person="me", device="here", before=None)
    assert [each["n"] for each in found] == [3, 4]
    assert [e["n"] for e in rules.theirs(events, 3, person="me", device="here", before=None)] == [4]
    assert [e["n"] for e in rules.theirs(events, None, person="me", device="here", before=4)] == [3]


def test_what_the_clock_did_is_nobody_s_change():
    assert rules.result_of([event(2, "remind", "system")]) == "applied"
    assert rules.result_of([event(2, "answer")]) == "merged"


def test_names_of_photos_are_found_at_any_depth():
    body = {"photos": [{"hash": "a"}, "b"], "signature": "c", "answers": [{"photos": ["d"], "value": "x"}], "note": "e"}
    assert sorted(rules.photos_in(body)) == ["a", "b", "c", "d"]
