"""Rules of service requests: transitions, clocks from promises. Pure functions (clauses 3.1, 3.2, 4.3, 6.2)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from store.calendars.promises import promised_in
from store.errors import Problem, RuleBroken
from store.fields.checking import clean
from store.fields.spec import Field
from store.phones import check_phone
from store.words import Words, translated

KINDS: dict[str, Words] = {
    "enquiry": Words("咨询", "Enquiry"),
    "repair": Words("报修", "Repair"),
    "complaint": Words("投诉", "Complaint"),
    "suggestion": Words("建议", "Suggestion"),
}
CHANNELS: dict[str, Words] = {
    "desk": Words("前台", "Desk"),
    "phone": Words("电话", "Telephone"),
    "email": Words("邮件", "E-mail"),
    "web": Words("网页", "Web page"),
    "api": Words("接口", "API"),
}
STATES: dict[str, Words] = {
    "open": Words("待处理", "Open"),
    "accepted": Words("已受理", "Accepted"),
    "waiting": Words("等业主", "Waiting for the resident"),
    "answered": Words("已答复", "Answered"),
    "closed": Words("已关闭", "Closed"),
    "cancelled": Words("已撤销", "Cancelled"),
}
OPEN_STATES = frozenset({"open", "accepted", "waiting"})
UNCLOSED = OPEN_STATES | {"answered"}
PRIORITY_OF_URGENCY = {"life": 1, "urgent": 2, "normal": 3, "planned": 4}

# What can still be done to a request that another one leads; the rest is done there.
OF_FOLLOWERS = frozenset({"note", "separate", "cancel", "correct", "record_told"})
# A repair's alone: what its resident says, and what it costs.
REPAIR_VERBS = frozenset({"approve", "dispute", "correct_charge"})
# What the answer itself is: whoever has asked or proposed something wanted no more than to hear.
ANSWER_IS_ALL = frozenset({"enquiry", "suggestion"})
EVERY_CLOCK = frozenset({"response", "reply", "resolve"})
SPOKEN = frozenset({"response", "reply"})
# verb → the clocks that it keeps. Of a clock that is not named here the promise runs on, whatever was done.
_KEPT_BY: dict[str, frozenset[str]] = {
    "accept": frozenset({"response"}),
    "responded": frozenset({"response"}),
    "quoted": frozenset({"response"}),
    "answer_meanwhile": SPOKEN,
    "answer": SPOKEN,
    "repaired": EVERY_CLOCK,
    "approve": EVERY_CLOCK,
    "close": EVERY_CLOCK,
}
# How a resident was told of an answer.
TOLD: dict[str, Words] = {
    "mail": Words("邮件", "E-mail"),
    "phone": Words("电话", "By telephone"),
    "visit": Words("上门或当面", "In person"),
}
# Before a request's id: the reader of a letter is whoever asked.
RESIDENT = "resident:"
# What a person can have done; letters are sent by the server.
TOLD_BY_PEOPLE = ("phone", "visit")
# The promises of a service item, each of which has a clock of its name.
CLOCKS = ("response", "resolve", "reply")
CLOCK_NAMES: dict[str, Words] = {
    "response": Words("响应", "Response"),
    "resolve": Words("办结", "Resolve"),
    "reply": Words("书面答复", "Written reply"),
    "complete": Words("完成", "Completion"),
    "rectify": Words("整改", "Rectification"),
    "check": Words("复查", "Re-inspection"),
}

INTAKE: tuple[Field, ...] = (
    Field("estate", "reference", Words("小区", "Estate"), required=True, target="estate"),
    Field("kind", "choice", Words("类型", "Kind"), required=True, choices=tuple(KINDS.items())),
    Field("item", "reference", Words("服务项目", "Service item"), required=True, target="service_item"),
    Field(
        "channel", "choice", Words("渠道", "Channel"), required=True, choices=tuple(CHANNELS.items()), default="desk"
    ),
    Field("words", "long_text", Words("内容", "What was said"), required=True),
    Field("place", "text", Words("地点", "Place")),
    Field("household", "reference", Words("住户", "Household"), target="household"),
    Field("contact_name", "text", Words("联系人", "Contact"), personal=True),
    Field("contact_phone", "text", Words("联系电话", "Telephone"), personal=True),
)


def check_intake(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The cleaned intake form and every problem in it."""
    cleaned, problems = clean(INTAKE, values)
    phone = cleaned.get("contact_phone")
    return cleaned, [*problems, *(check_phone(phone, "contact_phone") if phone else ())]


def check_item(item: Mapping[str, Any], kind: str) -> list[Problem]:
    if kind in (item.get("kinds") or ()):
        return []
    words = Words("该服务项目不受理{kind}", "This service item does not take: {kind}").fill(kind=KINDS[kind])
    return [Problem("wrong_kind", words, "item")]


def possible(request: Mapping[str, Any], verbs: Iterable[str]) -> list[str]:
    """Those of the verbs that its state allows which also fit what stands in it."""
    never, led = _impossible(request), request.get("merged_into")
    return [verb for verb in verbs if verb not in never and (verb in OF_FOLLOWERS or not led)]


def _impossible(request: Mapping[str, Any]) -> set[str]:
    never = set() if request["kind"] == "repair" else set(REPAIR_VERBS)
    never |= set() if request.get("merged_into") else {"separate"}
    never |= {"merge"} if request.get("merged") else set()
    never |= set() if _is_charged(request.get("charge") or {}) else {"correct_charge"}
    return never if untold_answer(request.get("replies") or ()) is not None else never | {"record_told"}


def _is_charged(charge: Mapping[str, Any]) -> bool:
    """Whether anything is left that a correction could lower."""
    return any(line["charged"] for line in charge.get("lines") or ())


def title(item: Mapping[str, Any], place: str | None) -> Words:
    """What a request of this service item and its orders are called: never the resident's words, for titles go into
    notices and lists, and words may be personal."""
    name = translated(item["name"])
    return Words(" · ".join(filter(None, [name.zh, place])), " · ".join(filter(None, [name.en, place])))


def check_leads_itself(merged_into: Mapping[str, Any] | None, verb: str) -> None:
    """Raises `RuleBroken` `merged` for what is done at the leading request."""
    if merged_into and verb not in OF_FOLLOWERS:
        words = Words("已并入 {number}，请在主诉求上处理", "It is joined to {number}: act there")
        raise RuleBroken("merged", words.fill(number=merged_into["number"]), "state")


def promised(item: Mapping[str, Any]) -> list[str]:
    """The clocks that a service item promises."""
    return [name for name in CLOCKS if promised_in(item, name)]


def kept_by(verb: str, kind: str) -> frozenset[str]:
    """The clocks of a request of this kind that the verb keeps; the others run on (clauses 3.1, 6.2).

    An answer is what an enquiry wanted. A complaint that was answered is not settled by it, nor a repair done.
    """
    if verb == "answer" and kind in ANSWER_IS_ALL:
        return EVERY_CLOCK
    return _KEPT_BY.get(verb, frozenset())


def mail_member(request: Mapping[str, Any], members: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Whom of the household an answer is mailed to: whoever asked. None where nobody of them, or no address, is known.

    A complaint is nobody else's business: with a contact named who is not among the members, nothing is mailed.
    """
    name, phone = request.get("contact_name"), request.get("contact_phone")
    asked = [each for each in members if _is_contact(each, name, phone)] if name or phone else list(members)
    return next((each for each in asked if each.get("email")), None)


def _is_contact(member: Mapping[str, Any], name: str | None, phone: str | None) -> bool:
    return member.get("phone") == phone if phone else member.get("name") == name


def untold_answer(replies: Sequence[Mapping[str, Any]]) -> int | None:
    """The place of the newest answer of which the resident was not told yet. Answers of before this was recorded are
    taken as told."""
    answers = [n for n, each in enumerate(replies) if not each.get("internal")]
    return answers[-1] if answers and replies[answers[-1]].get("told") == {} else None


def spawns_work(item: Mapping[str, Any], kind: str) -> bool:
    return bool(item.get("makes_work_order")) and kind in ("repair", "complaint")


def next_own_check(request: Mapping[str, Any]) -> datetime | None:
    """Besides its clocks only silence: an answered repair is accepted tacitly. Clause 3.2."""
    accept_by: datetime | None = request.get("accept_by")
    return accept_by if request["state"] == "answered" else None
