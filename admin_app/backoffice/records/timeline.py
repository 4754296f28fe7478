"""One timeline of a record: what was done, what happened by itself, and who was told by which way."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from admin_app.backoffice.records.names import device_names, staff_names, zone_of_reader
from admin_app.backoffice.records.parts import ways_from
from admin_app.shell.chips import Chip, chip_of
from admin_app.shell.language import say
from store.actor import SYSTEM
from store.fields.numbers import minutes_words
from store.notices.documents import Notice
from store.notices.rules import CHANNELS, REASONS, STATES
from store.parts import Part
from store.requests.rules import RESIDENT
from store.versioned import Event
from store.words import Words

FAILED = frozenset({"dead", "held"})
GROUP = Words("群机器人", "Group robot")
THE_RESIDENT = Words("业主", "The resident")
# The part of a notice's key that tells which event it came from (`rules.notice_key`).
_EVENT_PART = 2


@dataclass(frozen=True)
class Message:
    """One message to one reader: `chip` is what became of it."""

    to: str
    channel: str
    chip: Chip
    why: str = ""
    failed: bool = False


@dataclass
class Entry:
    """One line of the timeline; `text` is what happened, `note` what was said about it."""

    at: datetime
    who: str
    text: str
    tone: str = ""
    note: str = ""
    internal: bool = False
    facts: list[str] = field(default_factory=list)
    device_at: datetime | None = None
    # When a tablet says it took place, where we heard of it later (`at`).
    happened_at: datetime | None = None
    device: str = ""
    messages: list[Message] = field(default_factory=list)


# (event, names) → the sentences beside the verb
Facts = Callable[[Event, Mapping[str, str]], Iterable[str]]


class Entries(list[Entry]):
    """A part of a history, newest first, and the ways to the other parts."""

    def __init__(self, entries: Iterable[Entry], part: Part) -> None:
        super().__init__(entries)
        self.ways = ways_from(part)


def timeline(
    part: Part,
    notices: Sequence[Notice],
    verbs: Mapping[str, Words],
    *,
    facts: Facts,
    tones: Mapping[str, str],
    replies: Sequence[Mapping[str, Any]] = (),
) -> Entries:
    """The entries, newest first. One query for all names."""
    events = part.events
    names = staff_names([*_people(events), *(notice.recipient for notice in notices)])
    devices = device_names(each.device for each in events if each.device)
    told = _by_event(notices)
    said = {(reply["at"], reply["by"]): reply for reply in replies}
    entries = []
    for event in events:
        entry = _entry(event, verbs, names, tones)
        entry.device = devices.get(event.device or "", "")
        entry.facts += facts(event, names)
        entry.messages = [_message(notice, names) for notice in told.get(event.n, ())]
        reply = said.get((event.at, event.actor))
        if reply:
            entry.note, entry.internal = reply["text"], bool(reply.get("internal"))
        entries.append(entry)
    return Entries(reversed(entries), part)


def _entry(event: Event, verbs: Mapping[str, Words], names: Mapping[str, str], tones: Mapping[str, str]) -> Entry:
    words = verbs.get(event.verb, Words(event.verb, event.verb))
    who = names.get(event.actor, event.actor_name or event.actor)
    note = str(event.detail.get("reason") or event.detail.get("note") or "")
    told = {"device_at": event.device_at, "happened_at": event.happened_at}
    return Entry(event.at, who, say(words), tones.get(event.verb, ""), note, **told)


def _people(events: Iterable[Event]) -> Iterable[str]:
    for event in events:
        yield event.actor
        to = event.detail.get("to")
        yield from (each for each in (to if isinstance(to, list) else [to]) if isinstance(each, str))
        yield from (event.detail[part] for part in ("from", "by") if isinstance(event.detail.get(part), str))


def _by_event(notices: Iterable[Notice]) -> dict[int, list[Notice]]:
    found: dict[int, list[Notice]] = {}
    for notice in notices:
        parts = notice.key.split(":")
        number = parts[_EVENT_PART] if len(parts) > _EVENT_PART else ""
        found.setdefault(int(number) if number.isdigit() else 0, []).append(notice)
    return found


def _message(notice: Notice, names: Mapping[str, str]) -> Message:
    resident = (notice.recipient or "").startswith(RESIDENT)
    to = say(THE_RESIDENT) if resident else names.get(notice.recipient or "", notice.recipient) or say(GROUP)
    chip = chip_of({"queued": "pending", "leased": "pending"}.get(notice.state, notice.state), STATES.get(notice.state))
    if notice.state == "held":
        chip = chip._replace(tone="soon", icon="paused")
    if notice.channel == "app":
        chip = chip_of("sent", READ if notice.read_at else IN_APP)
    why = REASONS.get(notice.last_error or "")
    return Message(to, say(CHANNELS[notice.channel]), chip, say(why) if why else "", _failed(notice))


def _failed(notice: Notice) -> bool:
    """What waits for the daily digest goes out with it: nobody need look at it."""
    return notice.state in FAILED and notice.last_error != "in_digest"


READ = Words("已读", "Read")
IN_APP = Words("已送达", "Delivered")


def names_of(codes: object, names: Mapping[str, str]) -> str:
    """`张三、李四` of one code or a list of codes."""
    listed = codes if isinstance(codes, list) else [codes] if codes else []
    return say(Words("、", ", ")).join(names.get(str(code), str(code)) for code in listed)


def escalation_facts(event: Event, clocks: Mapping[str, Words], names: Mapping[str, str]) -> list[str]:
    """What an escalation step says: which clock, which step, to whom, how late, or why nobody was told."""
    detail = event.detail
    clock = clocks.get(detail.get("clock", ""))
    said = [
        say(Words("{clock}{step}", "{clock} {step}").fill(clock=clock or "", step=_step(str(detail.get("step", "")))))
    ]
    if detail.get("skipped"):
        return [*said, skipped_words(detail)]
    if detail.get("to"):
        said.append(say(Words("通知 {who}", "told {who}").fill(who=names_of(detail["to"], names))))
    action = ACTIONS.get(detail.get("action", ""))
    if action:
        said.append(say(action))
    return [*said, *late_facts(detail)]


def skipped_words(detail: Mapping[str, Any]) -> str:
    """Why nobody was told; of a mute, whose it is, until when and why."""
    if detail["skipped"] == "muted" and detail.get("reason"):
        words = Words(
            "静音中，未通知（{by}设置，至 {until}，原因：{reason}）",
            "muted by {by} until {until}, nobody told: {reason}",
        )
        until = f"{detail['until'].astimezone(zone_of_reader()):%m-%d %H:%M}" if detail.get("until") else ""
        return say(words.fill(by=detail.get("by", ""), until=until, reason=detail["reason"]))
    return say(SKIPPED.get(detail["skipped"], Words("已跳过", "skipped")))


def mute_facts(detail: Mapping[str, Any]) -> list[str]:
    return [skipped_words(detail)] if detail.get("skipped") else []


def late_facts(detail: Mapping[str, Any]) -> list[str]:
    minutes = detail.get("late_minutes")
    return (
        [say(Words("补发，晚 {late}", "caught up, {late} late").fill(late=minutes_words(minutes)))] if minutes else []
    )


def _step(key: str) -> Words:
    """`2#r1` is the first repeat of step 2, `2#a1` the step again after an acknowledgement timed out."""
    number, _, again = key.partition("#")
    if again.startswith("r"):
        words = Words("第 {n} 级（第 {again} 次重复）", "step {n} (repeat {again})")
    elif again.startswith("m"):
        words = Words("第 {n} 级（静音结束后告知）", "step {n} (told after the mute)")
    elif again.startswith("a"):
        words = Words("第 {n} 级（跟进超时，再次提醒）", "step {n} (again: the acknowledgement timed out)")
    else:
        words = Words("第 {n} 级", "step {n}")
    return words.fill(n=number, again=again[1:])


SKIPPED = {
    "before_start": Words("早于受理时间，按规则跳过", "before it came in: skipped by rule"),
    "nobody": Words("无人可通知，转下一级", "nobody to tell: moved to the next step"),
    "muted": Words("静音中，未通知", "muted, nobody told"),
}
ACTIONS = {
    "reassign": Words("并改派", "and reassigned"),
    "raise_priority": Words("并提高优先级", "and raised the priority"),
}
MACHINE = SYSTEM.code
