"""通知通道: by which ways people are told, how each fares, and a test message that shows the other side's own answer."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import current_app, request, url_for
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.base import MenuPlace
from admin_app.backoffice.records.views import OfficeView
from admin_app.shell.chips import Chip, chip_of
from admin_app.shell.language import current_language, say
from admin_app.shell.sound import each_sound
from store import clock
from store.access import permits
from store.actor import Actor
from store.errors import Invalid, NotFound
from store.notices import channels, ways
from store.notices.documents import ChannelHealth
from store.notices.rules import APPRISE, CHANNELS, EMAIL, PUSH, in_trouble
from store.people import addresses
from store.people.documents import Channel, Staff
from store.settings import Settings
from store.words import Words, translated

MOST_SHOWN = 200
NO_MAIL = Words("未设置 SMTP_URL，邮件暂不发送", "SMTP_URL is not set: mail is held back")
NO_ADDRESS = Words("您自己的员工资料里没有邮箱", "Your own staff entry has no e-mail address")


class Way(NamedTuple):
    """One line: a channel, its address as it may be shown, and how it fares."""

    key: str
    name: str
    program: str
    address: str
    chip: Chip
    why: Words | None
    health: ChannelHealth | None
    figures: channels.Figures
    url: str | None
    can_test: bool


class ChannelsPage(OfficeView):
    def page(self, tried: ways.Tried | None = None, name: str = "") -> str:
        actor = current_actor()
        return self.render(
            "system/channels.html",
            ways=list(_ways(actor, clock.now())),
            may_test=permits(actor, "people.write"),
            new_url=url_for("office_channel.new") if permits(actor, Channel.WRITE) else None,
            tried=tried,
            tried_name=name,
            works=addresses.WORKS,
        )


class Channels(ChannelsPage):
    permission = "jobs.read"
    title = Words("通知通道", "Channels")
    endpoint_name = "office_channels"
    path = "channels"
    menu_place = MenuPlace("system", 21)

    @expose("/")
    def index(self) -> str:
        return self.page()


class ChannelTest(ChannelsPage):
    """One test message, sent at once, with the answer on the same page: it is kept nowhere."""

    permission = "people.write"
    title = Words("测试通知通道", "A channel tried")
    endpoint_name = "office_channel_test"
    path = "channel-test"

    @expose("/", methods=("POST",))
    def index(self) -> str:
        actor, key = current_actor(), request.form.get("key", "")
        sender, address, name, estate = _target(key, actor)
        tried = ways.try_out(
            sender,
            address,
            about=f"channel:{name}",
            language=current_language(),
            actor=actor,
            now=clock.now(),
            estate=estate,
        )
        return self.page(tried, name)


def _settings() -> Settings:
    found: Settings = current_app.extensions["anju_settings"]
    return found


def _target(key: str, actor: Actor) -> tuple[Any, str, str, str | None]:
    """(sender, address, name, estate). Raises `NotFound`, `Invalid`."""
    senders = {each.channel: each for each in ways.senders_of(_settings())}
    if key == EMAIL:
        if EMAIL not in senders:
            raise Invalid.one("no_smtp", NO_MAIL)
        own = Staff.found({"code": {"$eq": actor.code}})
        if own is None or not own.email:
            raise Invalid.one("no_address", NO_ADDRESS)
        return senders[EMAIL], own.email, EMAIL, None
    entry = Channel.found({"code": {"$eq": key.removeprefix("channel:")}}) if key.startswith("channel:") else None
    if entry is None or not actor.sees(entry.estate):
        raise NotFound(Channel.LABEL, key)
    return senders[APPRISE], entry.url, entry.code, entry.estate


class Seen(NamedTuple):
    """What is known of all channels, read once for a page."""

    health: Mapping[str, ChannelHealth]
    figures: Mapping[str, channels.Figures]
    now: datetime


def _ways(actor: Actor, now: datetime) -> Iterator[Way]:
    seen = Seen(channels.all_health(), channels.figures(now), now)
    smtp = _settings().smtp_url
    host = urlsplit(smtp).hostname if smtp else None
    mail = _way(seen, EMAIL, say(CHANNELS[EMAIL]), "SMTP", host or "—", None if smtp else NO_MAIL)
    yield mail._replace(can_test=smtp is not None)
    yield _way(seen, PUSH, say(CHANNELS[PUSH]), "Web Push", "—")
    groups = Channel.objects(active__ne=False).exclude("events").order_by("code").limit(MOST_SHOWN)
    yield from each_sound([each for each in groups if actor.sees(each.estate)], lambda entry: _group(seen, entry))
    people = Staff.objects(__raw__={"active": {"$ne": False}, "channels.url": {"$type": "string"}})
    found = people.exclude("events").order_by("code").limit(MOST_SHOWN)
    seen_people = [each for each in found if actor.estates is None or set(each.estates or ()) & actor.estates]
    rows = [(person, row) for person in seen_people for row in person.channels]
    yield from each_sound(rows, lambda pair: _own(seen, *pair))


def _group(seen: Seen, entry: Channel) -> Way:
    way = _robot(seen, say(translated(entry.name)), entry.url)
    return way._replace(
        key=f"channel:{entry.code}", url=url_for("office_channel.entry", code=entry.code), can_test=True
    )


def _own(seen: Seen, person: Staff, row: Mapping[str, Any]) -> Way:
    way = _robot(seen, say(translated(person.name)), row["url"])
    return way._replace(url=url_for("office_staff.entry", code=person.code))


def _robot(seen: Seen, name: str, url: str) -> Way:
    wrong = addresses.problem_with(url)
    program = "—" if wrong else say(addresses.PROGRAMS[addresses.robot_at(url).program])
    return _way(seen, channels.key_of(APPRISE, url), name, program, addresses.masked(url), wrong)


def _way(seen: Seen, key: str, name: str, program: str, address: str, off: Words | None = None) -> Way:
    health, counted = seen.health.get(key), seen.figures.get(key, channels.Figures())
    chip, why = _state(health, seen.now, off)
    return Way(key, name, program, address, chip, why, health, counted, None, can_test=False)


def _state(health: ChannelHealth | None, now: datetime, off: Words | None) -> tuple[Chip, Words | None]:
    if off:
        return chip_of("paused", Words("不可用", "Cannot be used")), off
    if health is None:
        return chip_of("cancelled", Words("还没有发过", "Nothing sent yet")), None
    if in_trouble(health.failing_since, health.last_failure, now):
        return chip_of("failed", Words("发不出去", "Nothing gets out")), channels.why(health)
    return chip_of("done", Words("正常", "Fine")), None
