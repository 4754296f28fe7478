"""Whether the work is being done: workers, beats, notices, and what content makes impossible."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from redis import Redis
from rq import Worker

from jobs.doctor_findings import Finding, Patient, ill, sound, weak
from jobs.queues import queue
from jobs.schedule import BY_NAME, QUEUES, SCHEDULE
from store.calendars.checks import missing_years, missing_years_words
from store.content.documents import Content, Revision
from store.content.reading import live_all
from store.devices.documents import Device
from store.devices.rules import SILENT_AFTER, unsent
from store.health import operations as health
from store.health.processes import ended_unexpectedly
from store.health.rules import place_of
from store.notices import channels
from store.notices.documents import Notice
from store.people.operations import Directory
from store.plans import rules
from store.plans.foresight import workdays
from store.plans.occurrences import Occurrences
from store.plans.recurrence import next_slot
from store.words import Words, translated

EXPECTED = {each.name: each.every_seconds for each in SCHEDULE}
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
# A worker shows itself every 15 s; one that has not for so long is dead, though Redis still knows it.
HEARTBEAT = timedelta(seconds=60)
NEWLY_DEAD = timedelta(days=7)
LATE = timedelta(minutes=10)
MOST_LISTED = 20
DECEMBER = 12


def alive_workers(redis: "Redis[bytes]", name: str, now: datetime) -> int:
    beats = (each.last_heartbeat for each in Worker.all(queue=queue(name, redis)))
    return sum(1 for beat in beats if beat and now - _aware(beat) < HEARTBEAT)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def check_workers(patient: Patient) -> Iterator[Finding]:
    for name, words in QUEUES.items():
        count = alive_workers(patient.redis, name, patient.clock())
        told = {"name": name, "count": count, "what": words}
        if count:
            yield sound("队列 {name}（{what}）有 {count} 个进程", "Queue {name} ({what}): workers {count}", **told)
            continue
        what = Words("队列 {name}（{what}）没有工作进程", "Queue {name} ({what}) has no worker").fill(**told)
        yield ill(
            what, Words("启动 python -m jobs.worker {name}", "Start python -m jobs.worker {name}").fill(name=name)
        )


def check_beats(patient: Patient) -> Iterator[Finding]:
    known = health.beats()
    late = health.all_stale(EXPECTED, patient.clock(), LONG_AGO)
    for each in late:
        job, error = BY_NAME[each.name], known[each.name].last_error if each.name in known else None
        what = Words("定时任务 {name}（{title}）{why}", "The periodic job {name} ({title}) {why}")
        mend = Words(
            "检查 ticker 和队列 {queue} 的工作进程及其日志；最后错误：{error}",
            "Look at the ticker, the worker of the queue {queue} and its log; the last error: {error}",
        ).fill(queue=job.queue, error=error or "–")
        yield ill(what.fill(name=each.name, title=job.words, why=each.why), mend)
    if not late:
        yield sound("{count} 个定时任务都按时运行", "All {count} periodic jobs keep their time", count=len(EXPECTED))


def check_processes(patient: Patient) -> Iterator[Finding]:
    """What ended without saying so since yesterday: it was started again, but something ended it."""
    now = patient.clock()
    for each in ended_unexpectedly(now - timedelta(days=1), now):
        what = Words(
            "{part} 在 {host} 上意外结束（最后一次响应 {at}）",
            "{part} on {host} ended unexpectedly (last heard of {at})",
        )
        told = what.fill(part=each.words, host=each.host, at=f"{each.seen_at:%Y-%m-%d %H:%M:%S} UTC")
        yield weak(told, Words("查看该进程的日志与机器的内存", "Look at its log, and at the memory of the machine"))


def check_notices(patient: Patient) -> Iterator[Finding]:
    since = patient.clock() - NEWLY_DEAD
    notices = Notice._get_collection()
    new = notices.count_documents({"state": "dead", "created_at": {"$gte": since}}, limit=10_001)
    old = notices.count_documents({"state": "dead", "created_at": {"$lt": since}}, limit=10_001)
    held = notices.count_documents({"state": "held", "digest": None}, limit=10_001)
    mend = Words(
        "在“通知”页查看原因，改正地址或通道后重发",
        "See the reason on the page Notices, correct address or channel, resend",
    )
    if new:
        yield ill(
            Words("最近 7 天有 {n} 条通知未能送达", "{n} notices of the last 7 days were not delivered").fill(n=new),
            mend,
        )
    if old:
        yield weak(Words("更早有 {n} 条通知未能送达", "{n} older notices were not delivered").fill(n=old), mend)
    if held:
        yield weak(
            Words("{n} 条通知因通道未设置而等待", "{n} notices wait because their channel is not set up").fill(n=held),
            Words("设置 SMTP_URL，或改用其他通道", "Set SMTP_URL, or choose another channel"),
        )
    if not (new or old or held):
        yield sound("没有未送达的通知", "No notice is undelivered")


def check_channels(patient: Patient) -> Iterator[Finding]:
    """A way out by which nothing gets out; what was refused on it is counted by `check_notices`."""
    found = channels.troubles(patient.clock())
    counted = channels.figures(patient.clock())
    for each in found:
        what = Words(
            "通道“{name}”自 {since} 起发不出去：{why}；待发送 {n} 条",
            "The channel {name}: nothing gets out since {since} ({why}); {n} letters wait",
        )
        told = {"name": each.name, "since": f"{each.since:%Y-%m-%d %H:%M} UTC", "why": each.why}
        mend = Words(
            "在“通知通道”页发送测试消息，按对方的答复改正",
            "Send a test message on the page Channels; mend what the answer says",
        )
        yield ill(what.fill(n=counted.get(each.key, channels.Figures()).waiting, **told), mend)
    if not found:
        yield sound("没有发不出去的通道", "No channel fails")


def check_bad_records(patient: Patient) -> Iterator[Finding]:
    found = list(health.bad_records(MOST_LISTED))
    for each in found:
        about = f"{each.about.get('kind')} {each.about.get('number') or each.about.get('id')}"
        what = Words("任务 {job} 无法处理 {about}（{error}）", "{job} cannot work on {about} ({error})")
        mend = Words("改正该记录；每小时会自动重试", "Correct the record; it is tried again every hour")
        yield ill(what.fill(job=each.job, about=about, error=each.error), mend)
    if not found:
        yield sound("没有被搁置的记录", "No record is put aside")


def check_devices(patient: Patient) -> Iterator[Finding]:
    """Entries on a tablet that nobody hears of may be lost with it."""
    since = patient.clock() - SILENT_AFTER
    asked = {"state": "active", "people.unsent": {"$gt": 0}, "last_contact": {"$lt": since}}
    found = list(Device.objects(__raw__=asked).exclude("events").limit(MOST_LISTED))
    for each in found:
        what = Words(
            "平板 {name} 有 {n} 条未发送，最近联系 {at}",
            "The tablet {name} holds {n} unsent entries; last heard of {at}",
        )
        mend = Words(
            "找到平板，连上网络并解锁；丢失的在“设备”页吊销", "Find it, connect and unlock it; revoke a lost one"
        )
        at = f"{each.last_contact:%Y-%m-%d %H:%M} UTC"
        yield weak(what.fill(name=each.name, n=unsent(each.to_mongo()), at=at), mend)
    if not found:
        yield sound("没有带着未发送记录而失联的平板", "No tablet is silent with entries of its own")


def check_calendars(patient: Patient) -> Iterator[Finding]:
    now = patient.clock()
    found = [(each, missing_years(each.body, now)) for each in live_all("working_calendar", now)]
    for revision, years in found:
        words = missing_years_words(years)
        if words is None:
            continue
        what = Words("工作日历 {name}：{what}", "Working calendar {name}: {what}").fill(
            name=_name(revision), what=words
        )
        mend = Words(
            "打开该日历，点“填入法定节假日”，核对后发布",
            "Open the calendar, fill in the statutory days, check and publish",
        )
        urgent = now.year in years or now.month == DECEMBER
        yield (ill if urgent else weak)(what, mend)
    if not any(years for _, years in found):
        yield sound("工作日历中的法定节假日齐全", "The working calendars have their statutory days")


def check_plans(patient: Patient) -> Iterator[Finding]:
    now, directory = patient.clock(), Directory.load()
    heads = {each.code: each for each in Content.objects(type="plan")}
    plans = live_all("plan", now)
    found = [finding for each in plans for finding in _check_plan(each, heads.get(each.code), directory, now)]
    yield from found
    if not any(each.level == "ill" for each in found):
        yield sound("{count} 个计划都能生成工单", "All {count} plans can make their work orders", count=len(plans))


def _check_plan(plan: Revision, head: Content | None, directory: Directory, now: datetime) -> Iterator[Finding]:
    """Make the plan's next order, as the generator would, and throw it away."""
    try:
        order = next_order(plan, directory, now)
    except Exception as error:  # whatever stops the generator is what we are looking for
        what = Words("计划 {name} 无法生成工单（{error}）", "The plan {name} cannot make work orders ({error})")
        mend = Words("打开该计划，改正后重新发布", "Open the plan, correct and publish it")
        yield ill(what.fill(name=_name(plan), error=place_of(error)), mend)
        return
    if order is None:
        return
    yield from _check_waking(plan, head, now)
    if order["state"] == "open" and not order["team"] and not order["department"]:
        what = Words("计划 {name} 的下一张工单没有人负责", "The next order of the plan {name} would be nobody's")
        mend = Words("在计划中指定人员、值班表或部门", "Give the plan people, a roster or a department")
        yield weak(what.fill(name=_name(plan)), mend)


def next_order(plan: Revision, directory: Directory, now: datetime) -> dict[str, Any] | None:
    """None for a plan that is over."""
    slot = next_slot(plan.body, directory.timezone(plan.body["estate"]), now, workdays(plan.body, now))
    if slot is None:
        return None
    [decision] = rules.account_missed(plan.body, [slot], now)
    return Occurrences(plan, directory, now).order(decision)


def _check_waking(plan: Revision, head: Content | None, now: datetime) -> Iterator[Finding]:
    at = head.next_generate_at if head else None
    if at is None:
        what = Words("计划 {name} 还有时间点，却不会被唤醒", "The plan {name} has slots to come but is never woken")
        yield ill(what.fill(name=_name(plan)), Words("重新发布该计划", "Publish the plan again"))
    elif now - at > LATE:
        what = Words("计划 {name} 的工单生成已迟 {n} 分钟", "The plan {name} is {n} min late with its work orders")
        mend = Words("检查队列 ticks 的工作进程", "Look at the worker of the queue ticks")
        yield ill(what.fill(name=_name(plan), n=int((now - at).total_seconds() // 60)), mend)


def _name(revision: Revision) -> Words:
    name = translated(revision.body.get("name"))
    return Words(f"{name.zh} ({revision.code})", f"{name.en} ({revision.code})")
