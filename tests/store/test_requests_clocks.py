"""What each clock of a request means, and which act keeps it (clauses 3.1, 3.2, 4.3, 4.4, 6.2)."""

from datetime import timedelta

import pytest

from store import domains
from store.deadlines import operations as deadlines
from store.deadlines import rules as clocks
from store.deadlines import shown
from store.deadlines.lateness import deadline, due_soon, hidden, overdue
from store.errors import Invalid, RuleBroken
from store.notices.delivery import deliver
from store.notices.documents import Notice
from store.notices.relay import relay
from store.notices.senders import Letter
from store.repairs import operations as repairs
from store.requests import operations as requests
from store.requests import rules
from store.requests.documents import SERVICE_REQUEST, ServiceRequest
from store.work import operations as work
from store.work import rules as work_rules
from store.work.documents import WorkOrder
from tests import cast

MINUTE = timedelta(minutes=1)
LATER = cast.NOW + 10 * MINUTE
ALL = ("response", "reply", "resolve")

# (kind, act) → what becomes of response, reply and resolve: k kept, r runs on, p paused, w withdrawn.
MATRIX = {
    ("enquiry", "accept"): "krr",
    ("enquiry", "assign"): "rrr",
    ("enquiry", "acknowledge"): "rrr",
    ("enquiry", "note"): "rrr",
    ("enquiry", "wait"): "ppp",
    ("enquiry", "interim"): "kkr",
    ("enquiry", "answer"): "kkk",
    ("enquiry", "cancel"): "www",
    ("suggestion", "interim"): "kkr",
    ("suggestion", "answer"): "kkk",
    ("complaint", "accept"): "krr",
    ("complaint", "assign"): "rrr",
    ("complaint", "acknowledge"): "rrr",
    ("complaint", "note"): "rrr",
    ("complaint", "wait"): "ppp",
    ("complaint", "interim"): "kkr",
    ("complaint", "answer"): "kkr",
    ("complaint", "answer close"): "kkk",
    ("complaint", "answer cancel"): "kkw",
    ("complaint", "accept cancel"): "kww",
    ("complaint", "answer reopen"): "krr",
    ("complaint", "wait cancel"): "www",
    ("repair", "accept"): "krr",
    ("repair", "answer"): "kkr",
    ("repair", "answer approve"): "kkk",
    ("repair", "cancel"): "www",
}
ACTS = {
    "accept": requests.accept,
    "assign": lambda key, **who: requests.assign(key, to="desk", **who),
    "acknowledge": requests.acknowledge,
    "note": lambda key, **who: requests.note(key, text="记一笔", **who),
    "wait": lambda key, **who: requests.wait(key, reason="业主出差", **who),
    "interim": lambda key, **who: requests.answer(key, text="正在调查", interim=True, **who),
    "answer": lambda key, **who: requests.answer(key, text="已调查", **who),
    "close": lambda key, **who: requests.close(key, outcome="业主认可", **who),
    "reopen": lambda key, **who: requests.reopen(key, reason="没有解决", **who),
    "cancel": lambda key, **who: requests.cancel(key, reason="业主撤回", **who),
    "approve": repairs.approve,
}


@pytest.fixture
def desk(database):
    domains.load("operations")
    cast.make_company()
    cast.publish("service_category", "care", {"name": {"zh": "服务"}}, cast.LONG_AGO)
    body = {
        "name": {"zh": "邻里噪音"},
        "category": "care",
        "kinds": list(rules.KINDS),
        "urgency": "normal",
        "clause": "6.2",
        "response_minutes": 30,
        "reply_minutes": 300,
        "resolve_minutes": 600,
        "department": "service",
        "makes_work_order": True,
    }
    cast.publish("service_item", "noise", body, cast.LONG_AGO)
    return cast.desk()


def intake(kind="complaint", **changes):
    values = {"estate": cast.ESTATE, "kind": kind, "item": "noise", "channel": "phone", "words": "楼上很吵", **changes}
    return requests.create(values, actor=cast.desk(), now=cast.NOW)


def letter_of(clock):
    if clock["stopped_at"] is None:
        return "r" if clock["paused_at"] is None else "p"
    return "k" if clocks.is_kept(clock) else "w"


@pytest.mark.parametrize(("kind", "acts"), sorted(MATRIX), ids=lambda each: each)
def test_every_act_leaves_every_clock_as_the_table_says(desk, database, kind, acts):
    request = intake(kind)
    for act in acts.split():
        request = ACTS[act](request.pk, actor=desk, now=LATER)
        relay(LATER)
        # Lists look for what is late by the due moment first.
        assert [database[name].count_documents(hidden()) for name in ("requests", "work_orders")] == [0, 0]
    by_name = {clock["name"]: clock for clock in request.clocks}
    assert "".join(letter_of(by_name[name]) for name in ALL) == MATRIX[kind, acts]


def test_no_verb_of_the_rules_keeps_a_promise_that_the_table_does_not_know():
    known = {"accept", "responded", "quoted", "answer_meanwhile", "answer", "repaired", "approve", "close"}
    verbs = {*SERVICE_REQUEST.event_words, *known}
    keeping = {verb for verb in verbs for kind in rules.KINDS if rules.kept_by(verb, kind)}
    assert keeping == known


def test_an_answered_complaint_is_late_until_it_is_closed(desk, database):
    request = requests.answer(intake().pk, text="已联系楼上", actor=desk, now=LATER)
    late = cast.NOW + 601 * MINUTE
    assert request.state == "answered"
    assert database.requests.count_documents(overdue(rules.UNCLOSED, late)) == 1
    assert deadline(request.state, request.clocks, request.due_at, rules.UNCLOSED) == cast.NOW + 600 * MINUTE
    closed = requests.close(request.pk, outcome="已安静", actor=desk, now=late)
    assert database.requests.count_documents(overdue(rules.UNCLOSED, late)) == 0
    assert {clock["name"]: clocks.state(clock, late) for clock in closed.clocks}["resolve"] == "late"


@pytest.mark.parametrize("acts", ["cancel", "wait cancel"])
def test_a_withdrawn_request_is_neither_in_time_nor_late(desk, acts):
    request = intake()
    for act in acts.split():
        request = ACTS[act](request.pk, actor=desk, now=LATER)
    assert {clocks.state(clock, LATER) for clock in request.clocks} == {"withdrawn"}


def test_a_withdrawn_order_and_a_missed_round_are_not_kept_either(desk, database):
    request = intake()
    relay(cast.NOW)
    requests.cancel(request.pk, reason="业主撤回", actor=desk, now=LATER)
    relay(LATER)
    order = WorkOrder.objects.get()
    assert [clocks.state(clock, LATER) for clock in order.clocks] == ["withdrawn", "withdrawn"]


def test_a_broken_response_promise_of_a_new_order_is_overdue(desk, database):
    intake()
    relay(cast.NOW)
    order = WorkOrder.objects.get()
    assert order.due_at == cast.NOW + 30 * MINUTE
    late = overdue(work_rules.RUNNING, cast.NOW + 31 * MINUTE)
    assert database.work_orders.count_documents(late) == 1
    # As a version before has stored it: until it is corrected, by itself, no list would find it.
    database.work_orders.update_many({}, {"$set": {"due_at": cast.NOW + 600 * MINUTE}})
    assert database.work_orders.count_documents(late) == 0
    assert [shown.catch_up(10), shown.catch_up(10)] == [1, 0]
    assert database.work_orders.count_documents(late) == 1


def test_what_is_late_is_not_due_soon_as_well_and_what_rests_is_neither(desk, database):
    request = intake()
    at = cast.NOW + 290 * MINUTE
    assert database.requests.count_documents(due_soon(rules.UNCLOSED, at)) == 0
    requests.accept(request.pk, actor=desk, now=LATER)
    assert database.requests.count_documents(due_soon(rules.UNCLOSED, at)) == 1
    requests.wait(request.pk, reason="业主出差", actor=desk, now=LATER)
    for filtered in (overdue, due_soon):
        assert database.requests.count_documents(filtered(rules.UNCLOSED, cast.NOW + timedelta(days=9))) == 0


def test_a_request_whose_only_promise_was_kept_is_not_late_for_ever(desk, database):
    cast.publish(
        "service_item", "noise", {"name": {"zh": "噪音"}, "category": "care", "kinds": ["complaint"],
        "urgency": "normal", "response_minutes": 30, "department": "service"}, cast.NOW,
    )  # fmt: skip
    requests.accept(intake().pk, actor=desk, now=LATER)
    assert database.requests.count_documents(overdue(rules.UNCLOSED, cast.NOW + timedelta(days=9))) == 0


# Who is told


class Post:
    """A sender that keeps its letters."""

    channel = "email"

    def __init__(self):
        self.letters: list[Letter] = []

    def receiver(self, address):
        return "post"

    def open(self, receiver):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def send(self, letter):
        self.letters.append(letter)


def household(*members):
    return cast.make_household("1-101", members=list(members))


WANG = {"name": "王先生", "phone": "13900000001", "email": "wang@example.com", "relation": "owner"}
LI = {"name": "李女士", "phone": "13900000002", "email": "li@example.com", "relation": "family"}


def test_an_answer_is_mailed_to_whoever_asked_and_to_nobody_else(desk, database):
    home = household(WANG, LI)
    request = intake(household=home.code, contact_name="李女士", contact_phone="13900000002")
    answered = requests.answer(request.pk, text="已与楼上沟通", actor=desk, now=LATER)
    assert (answered.untold, answered.replies[-1]["told"]["how"]) == (None, "mail")
    relay(LATER)
    post = Post()
    deliver(LATER, [post])
    assert [each.address for each in post.letters] == ["li@example.com"]
    assert "已与楼上沟通" in post.letters[0].text.body
    assert "/admin/" not in post.letters[0].text.body
    # The words and the address stand in the request and the household only.
    stored = str(list(database.notices.find())) + str([each.to_mongo() for each in answered.events])
    assert "已与楼上沟通" not in stored
    assert "li@example.com" not in stored


@pytest.mark.parametrize(
    ("members", "contact"),
    [((), {}), (({**WANG, "email": None},), {}), ((WANG,), {"contact_phone": "13900000009"})],
    ids=["nobody known", "no address", "somebody else asked"],
)
def test_without_an_address_the_answer_stands_as_told_to_nobody_until_somebody_says_how(desk, members, contact):
    home = household(*members) if members else None
    request = intake(**({"household": home.code} if home else {}), **contact)
    answered = requests.answer(request.pk, text="已与楼上沟通", actor=desk, now=LATER)
    assert answered.untold is True
    assert "record_told" in requests.allowed(answered.to_mongo())
    with pytest.raises(Invalid):
        requests.record_told(request.pk, how="mail", actor=desk, now=LATER)
    told = requests.record_told(request.pk, how="phone", actor=desk, now=LATER)
    assert (told.untold, told.replies[-1]["told"]["how"]) == (None, "phone")
    assert "record_told" not in requests.allowed(told.to_mongo())
    with pytest.raises(RuleBroken):
        requests.record_told(request.pk, how="phone", actor=desk, now=LATER)


def test_whoever_was_told_on_the_telephone_gets_no_letter_besides(desk):
    request = intake(household=household(WANG).code)
    requests.answer(request.pk, text="已与楼上沟通", told="phone", actor=desk, now=LATER)
    relay(LATER)
    assert Notice.objects(recipient__startswith="resident:").count() == 0


def test_an_answer_that_is_to_be_mailed_to_nobody_is_refused(desk):
    with pytest.raises(Invalid):
        requests.answer(intake().pk, text="好", told="mail", actor=desk, now=LATER)


def test_answers_of_before_it_was_recorded_wait_for_nobody(desk, database):
    request = requests.answer(intake().pk, text="好", actor=desk, now=LATER)
    database.requests.update_one({}, {"$unset": {"replies.0.told": "", "untold": ""}})
    assert "record_told" not in requests.allowed(requests.get(request.pk, desk).to_mongo())


def test_an_interim_answer_leaves_the_case_open(desk):
    said = requests.answer(intake().pk, text="正在查", interim=True, actor=desk, now=LATER)
    assert (said.state, said.answered_at) == ("accepted", None)
    assert deadlines.next_due(said.clocks) == cast.NOW + 600 * MINUTE


def test_an_order_that_was_done_is_shown_with_its_last_promise(desk):
    intake()
    relay(cast.NOW)
    order = WorkOrder.objects.get()
    done = work.complete(order.pk, actor=cast.desk(), now=LATER)
    assert done.due_at == cast.NOW + 600 * MINUTE
    assert ServiceRequest.objects.count() == 1
