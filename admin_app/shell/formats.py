"""How moments and money are read by people. Pure functions, and the filters made of them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from markupsafe import Markup

from admin_app.shell.language import say
from store import clock
from store.fields.numbers import minutes_words, yuan
from store.words import Words

NOTHING = Markup('<span class="muted">—</span>')

_DAYS = {-1: Words("昨天", "yesterday"), 0: Words("今天", "today"), 1: Words("明天", "tomorrow")}
_WEEKDAYS = (
    Words("周一", "Mon"),
    Words("周二", "Tue"),
    Words("周三", "Wed"),
    Words("周四", "Thu"),
    Words("周五", "Fri"),
    Words("周六", "Sat"),
    Words("周日", "Sun"),
)


def day_and_time(moment: datetime, now: datetime, zone: ZoneInfo) -> Words:
    """今天 14:30; further away 11月24日(二) 14:30; in another year with the year."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    time = f"{local:%H:%M}"
    near = _DAYS.get((local.date() - today.date()).days)
    if near:
        return Words(f"{near.zh} {time}", f"{near.en} {time}")
    weekday = _WEEKDAYS[local.weekday()]
    if local.year == today.year:
        zh = f"{local.month}月{local.day}日({weekday.zh[1]}) {time}"
        return Words(zh, f"{weekday.en} {local.day} {local:%b} {time}")
    return Words(f"{local.year}年{local.month}月{local.day}日 {time}", f"{local.day} {local:%b %Y} {time}")


def moment_typed(text: str, zone: ZoneInfo) -> datetime | None:
    """`2026-11-24T14:30` of a form, by the wall clock of `zone`; None for what is none, or beyond all plans."""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        return None
    return moment if clock.is_plausible(moment) else None


def span(length: timedelta) -> Words:
    """A length of time in its largest sensible unit: 25 分, 3 小时, 2 天. Always positive."""
    minutes = int(abs(length).total_seconds() // 60)
    if minutes < 1:
        return Words("不到 1 分", "under 1 min")
    if minutes < 120:
        return Words(f"{minutes} 分", f"{minutes} min")
    if minutes < 48 * 60:
        hours = minutes // 60
        return Words(f"{hours} 小时", f"{hours} h")
    days = minutes // (24 * 60)
    return Words(f"{days} 天", f"{days} days")


def distance(moment: datetime, now: datetime) -> Words:
    """还剩 25 分 before the moment, 已超 25 分 after it."""
    if moment >= now:
        return Words("还剩 {span}", "{span} left").fill(span=span(moment - now))
    return Words("已超 {span}", "{span} late").fill(span=span(now - moment))


def ago(moment: datetime, now: datetime) -> Words:
    return Words("{span}前", "{span} ago").fill(span=span(now - moment))


def exact(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M:%S} {zone.key}"


def zone_named(name: str | None) -> ZoneInfo:
    return ZoneInfo(name or current_app.config["ANJU_TIMEZONE"])


def aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def local_time(moment: datetime | None, zone: str | None = None, left: bool = False) -> Markup:
    """`{{ due_at|local_time(estate.timezone, left=True) }}` → 今天 14:30（还剩 25 分）, the exact moment on hover."""
    if moment is None:
        return NOTHING
    where, now, moment = zone_named(zone), clock.now(), aware(moment)
    text = Markup("{}").format(say(day_and_time(moment, now, where)))
    if left:
        # Where there is no room for both, the second half stands on a line of its own and is not torn.
        text += Markup('<wbr><span class="whole">{}</span>').format(
            say(Words("（{left}）", " ({left})").fill(left=distance(moment, now)))
        )
    return Markup('<time datetime="{}" title="{}">{}</time>').format(moment.isoformat(), exact(moment, where), text)


def time_ago(moment: datetime | None, zone: str | None = None) -> Markup:
    if moment is None:
        return NOTHING
    moment = aware(moment)
    text = say(ago(moment, clock.now()))
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(), exact(moment, zone_named(zone)), text
    )


def money(fen: int | None) -> Markup:
    if fen is None:
        return NOTHING
    return Markup('<span class="money">{}</span>').format(yuan(fen))


def minutes(count: int) -> str:
    """Exact, other than `span`: 90 → 1 小时 30 分."""
    return say(minutes_words(count))


def register(app: Flask, *, timezone: str) -> None:
    app.config["ANJU_TIMEZONE"] = timezone
    app.jinja_env.filters.update(local_time=local_time, time_ago=time_ago, money=money, minutes=minutes)
