"""What the history of a round tells of a scan, in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from admin_app.shell.language import say
from store.fields.numbers import minutes_words
from store.words import Words
from store.work import rules, scans

_LATE = Words("晚 {late}，仍为漏检", "{late} late, still missed")
_SKEW = Words("设备时间相差 {n} 分", "device clock {n} min off")
_SAID = {
    "reported_late": Words("按时到位，补传更正", "in time; the word came late"),
    "beside": Words("另有打卡为准", "another scan counts"),
    "resumed": Words("暂停结束", "the pause is over"),
}


def points_named(codes: Iterable[str], points: Mapping[str, Words]) -> str:
    return say(Words("、", ", ")).join(say(points.get(code, Words(code, code))) for code in codes)


def scan_facts(detail: Mapping[str, Any], points: Mapping[str, Words]) -> list[str]:
    method = rules.SCAN_METHODS.get(str(detail.get("method")))
    skew = detail.get("skew_seconds")
    said = [method] if method else []
    said += [words for name, words in _SAID.items() if detail.get(name)]
    if detail.get("late_minutes") is not None:
        said.append(_LATE.fill(late=minutes_words(detail["late_minutes"])))
    if detail.get("unusual") == "out_of_order":
        said.append(Words("未按顺序", "out of order"))
    said += [scans.UNUSUAL[each] for each in detail.get("marks") or () if each in scans.UNUSUAL]
    if isinstance(skew, int | float) and abs(skew) >= 60:
        said.append(_SKEW.fill(n=round(skew / 60)))
    return [points_named([str(detail.get("checkpoint", ""))], points), *(say(each) for each in said)]
