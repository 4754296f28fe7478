"""Rules of work orders: transitions, checkpoints, proof. Pure functions over plain values."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from store.clock import earliest
from store.errors import Invalid, Problem, RuleBroken
from store.words import Words

STATES: dict[str, Words] = {
    "open": Words("待处理", "Open"),
    "accepted": Words("已接单", "Accepted"),
    "in_progress": Words("进行中", "In progress"),
    "paused": Words("暂停", "Paused"),
    "done": Words("已完成", "Done"),
    "missed": Words("漏检", "Missed"),
    "cancelled": Words("已取消", "Cancelled"),
    "skipped": Words("按规则跳过", "Skipped by rule"),
}
OPEN_STATES = frozenset({"open", "accepted", "in_progress", "paused"})

KINDS: dict[str, Words] = {
    "patrol": Words("巡更", "Patrol"),
    "cleaning": Words("保洁检查", "Cleaning inspection"),
    "greening": Words("绿化养护", "Greening care"),
    "security": Words("消防与设备检查", "Safety inspection"),
    "other": Words("其他", "Other"),
    "repair": Words("维修", "Repair"),
    "complaint": Words("投诉处理", "Complaint handling"),
    "enquiry": Words("咨询处理", "Enquiry handling"),
    "suggestion": Words("建议处理", "Suggestion handling"),
    "drill": Words("演练", "Drill"),
    "callback": Words("回访", "Call-back"),
}
PRIORITIES: dict[int, Words] = {
    1: Words("特急", "Critical"),
    2: Words("紧急", "Urgent"),
    3: Words("普通", "Normal"),
    4: Words("计划", "Planned"),
}

# verb → (states in which it is allowed, state after it; None = unchanged)
TRANSITIONS: dict[str, tuple[frozenset[str], str | None]] = {
    "assign": (OPEN_STATES, None),
    "accept": (frozenset({"open"}), "accepted"),
    "start": (frozenset({"open", "accepted"}), "in_progress"),
    "pause": (frozenset({"open", "accepted", "in_progress"}), "paused"),
    "resume": (frozenset({"paused"}), "in_progress"),
    "scan": (frozenset({"open", "accepted", "in_progress"}), "in_progress"),
    "complete": (frozenset({"open", "accepted", "in_progress"}), "done"),
    "cancel": (OPEN_STATES, "cancelled"),
    "acknowledge": (OPEN_STATES, None),
    "diagnose": (frozenset({"accepted", "in_progress", "paused"}), None),
    # Work and clocks rest while the resident decides.
    "quote": (frozenset({"in_progress", "paused"}), "paused"),
    "consent": (frozenset({"paused"}), "in_progress"),
    "materials": (frozenset({"in_progress", "paused"}), None),
}
REPAIR_VERBS = frozenset({"diagnose", "quote", "consent", "materials"})
VERBS: dict[str, Words] = {
    "create": Words("生成", "Made"),
    "assign": Words("派单", "Assign"),
    "accept": Words("接单", "Accept"),
    "start": Words("开始", "Start"),
    "pause": Words("暂停", "Pause"),
    "resume": Words("继续", "Resume"),
    "scan": Words("到点打卡", "Checkpoint scanned"),
    "complete": Words("完成", "Complete"),
    "cancel": Words("取消", "Cancel"),
    "acknowledge": Words("我来跟进", "Acknowledge"),
    "diagnose": Words("诊断", "Diagnosis"),
    "quote": Words("报价", "Quote"),
    "consent": Words("业主答复报价", "Resident's consent"),
    "materials": Words("登记用料", "Materials used"),
    "escalate": Words("升级", "Escalated"),
    "remind": Words("提醒", "Reminder"),
    "checkpoint_missed": Words("巡更点漏检", "Checkpoint missed"),
    "missed": Words("整轮漏检", "Round missed"),
    "round_over": Words("本轮结束", "Round over"),
}
SCAN_METHODS: dict[str, Words] = {
    "qr": Words("扫码", "QR code"),
    "nfc": Words("NFC", "NFC"),
    "typed": Words("手工输入", "Typed"),
}


def allowed_verbs(state: str) -> list[str]:
    return [verb for verb, (states, _) in TRANSITIONS.items() if state in states]


def next_state(verb: str, state: str) -> str:
    """Raises `RuleBroken` `not_allowed_now`."""
    states, after = TRANSITIONS[verb]
    if state not in states:
        words = Words("工单{state}，不能{verb}", "The work order is “{state}”: “{verb}” is not possible")
        raise RuleBroken("not_allowed_now", words.fill(state=STATES[state], verb=VERBS[verb]), "state")
    return after or state


def least_busy(loads: Mapping[str, int]) -> str:
    """Whoever has the fewest open orders; of several the first by code, so that it is the same one again."""
    return min(loads, key=lambda code: (loads[code], code))


def check_completion(checkpoints: Sequence[Mapping[str, Any]]) -> None:
    """A round is finished by its last scan; completing it by hand would hide what was missed. Raises `RuleBroken`."""
    if checkpoints:
        words = Words(
            "巡更以最后一个打卡结束，不能直接完成", "A round ends with its last scan and cannot be completed by hand"
        )
        raise RuleBroken("round_not_by_hand", words, "state")


def check_callback(kind: str, satisfied: bool | None, note: str) -> None:
    """A call-back ends with the resident's verdict, and a bad one with his words. Raises `Invalid` `required`."""
    if kind != "callback":
        return
    if satisfied is None:
        raise Invalid.one("required", Words("请登记业主是否满意", "Say whether the resident is satisfied"), "satisfied")
    if not satisfied and not note.strip():
        raise Invalid.one("required", Words("请写明业主为何不满意", "Write why the resident is not satisfied"), "note")


def scan(
    checkpoints: Sequence[Mapping[str, Any]],
    code: str,
    *,
    at: datetime,
    method: str,
    by: str,
    device_at: datetime | None,
) -> list[dict[str, Any]]:
    """The checkpoints after one was reached. What was missed stays missed: a late scan is kept beside it.

    Raises `Invalid` for an unknown code or method, `RuleBroken` when it was scanned already.
    """
    if method not in SCAN_METHODS:
        raise Invalid.one("unknown_method", Words("未知的打卡方式", "Unknown way of scanning"), "method")
    after = [dict(each) for each in checkpoints]
    for each in after:
        if each["code"] == code:
            if each.get("at"):
                raise RuleBroken(
                    "already_scanned", Words("该巡更点已打卡", "This checkpoint was scanned already"), "checkpoint"
                )
            each.update({"at": at, "device_at": device_at, "method": method, "by": by})
            if each["state"] == "pending":
                each["state"] = "done"
            return after
    raise Invalid.one(
        "unknown_checkpoint", Words("此路线没有该巡更点", "The route has no such checkpoint"), "checkpoint"
    )


def missed_now(checkpoints: Sequence[Mapping[str, Any]], now: datetime) -> list[int]:
    """Indexes of the checkpoints whose window has ended without a scan."""
    return [i for i, each in enumerate(checkpoints) if each["state"] == "pending" and each["closes_at"] <= now]


def round_is_over(checkpoints: Sequence[Mapping[str, Any]]) -> bool:
    return bool(checkpoints) and all(each["state"] != "pending" for each in checkpoints)


def out_of_order(checkpoints: Sequence[Mapping[str, Any]], code: str) -> bool:
    """Whether an earlier checkpoint is still pending: noted as unusual, never refused."""
    for each in checkpoints:
        if each["code"] == code:
            return False
        if each["state"] == "pending":
            return True
    return False


def reminders_due(reminders: Sequence[Mapping[str, Any]], now: datetime) -> list[int]:
    return [i for i, each in enumerate(reminders) if not each.get("sent_at") and each["at"] <= now]


def next_own_check(order: Mapping[str, Any]) -> datetime | None:
    """The earliest thing that happens to the order by itself, its clocks left aside."""
    if order["state"] not in OPEN_STATES:
        return None
    reminders = [each["at"] for each in order.get("reminders") or () if not each.get("sent_at")]
    windows = [each["closes_at"] for each in order.get("checkpoints") or () if each["state"] == "pending"]
    return earliest(*reminders, *windows)


def skew_seconds(at: datetime, device_at: datetime | None) -> float | None:
    """Device time less when it happened by our reckoning; shown, never judged."""
    return None if device_at is None else (device_at - at) / timedelta(seconds=1)


def check_answers(checklist: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """Every required item answered, every answer for a known item and within its kind."""
    by_code = {answer.get("item"): answer for answer in answers}
    items = checklist.get("items") or ()
    known = {item["code"] for item in items}
    problems = [
        Problem(
            "unknown_item", Words("检查表没有此项：{c}", "The checklist has no such item: {c}").fill(c=code), "answers"
        )
        for code in by_code
        if code not in known
    ]
    for item in items:
        problems += _check_answer(item, by_code, f"answers.{item['code']}")
    return problems


def _check_answer(item: Mapping[str, Any], by_code: Mapping[Any, Mapping[str, Any]], path: str) -> list[Problem]:
    if not _is_asked(item, by_code):
        return []
    answer = by_code.get(item["code"], {})
    value = answer.get("value")
    if value is None:
        if not item.get("required"):
            return []
        return [Problem("required", Words("必填项未填写", "A required item has no answer"), path)]
    if item["kind"] == "pass_fail" and value not in ("pass", "fail"):
        return [Problem("not_a_choice", Words("应为合格或不合格", "must be pass or fail"), path)]
    if item["kind"] in ("score", "number") and (isinstance(value, bool) or not isinstance(value, int | float)):
        return [Problem("not_number", Words("应为数字", "must be a number"), path)]
    if item["kind"] == "score" and not 0 <= value <= item.get("max_score", 100):
        return [Problem("out_of_range", Words("分数超出范围", "The score is out of range"), path)]
    return []


def _is_asked(item: Mapping[str, Any], by_code: Mapping[Any, Mapping[str, Any]]) -> bool:
    depends_on = item.get("only_if")
    return not depends_on or by_code.get(depends_on, {}).get("value") == "fail"


def failed_items(checklist: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> list[str]:
    """Codes of failed items: a fail, or less than half of the score."""
    values = {answer["item"]: answer.get("value") for answer in answers}
    return [item["code"] for item in checklist.get("items") or () if _failed(item, values.get(item["code"]))]


def _failed(item: Mapping[str, Any], value: Any) -> bool:
    if item["kind"] == "score" and isinstance(value, int | float):
        return value * 2 < item.get("max_score", 100)
    return bool(value == "fail")


def score_percent(checklist: Mapping[str, Any], answers: Sequence[Mapping[str, Any]]) -> int | None:
    """Points reached of points possible, over the pass/fail and scored items that were asked; None without any."""
    values = {answer["item"]: answer.get("value") for answer in answers}
    reached = possible = 0.0
    for item in checklist.get("items") or ():
        value = values.get(item["code"])
        if value is None or item["kind"] not in ("pass_fail", "score"):
            continue
        # The points of a pass/fail item are its weight.
        most = item.get("max_score") or 1
        possible += most
        reached += most if value == "pass" else value if isinstance(value, int | float) else 0
    return round(100 * reached / possible) if possible else None
