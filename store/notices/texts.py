"""The text of a notice: written when it is read or sent, from its pinned template, its record and its reader."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from store.deadlines.escalation import key_words
from store.fields.numbers import minutes_words
from store.kinds import address_of
from store.notices.documents import Notice
from store.notices.leased import Leased
from store.notices.readers import ReaderCache
from store.notices.residents import answer_of
from store.notices.rules import Reader, fill, named_in, one_line
from store.records import told_of
from store.requests.rules import RESIDENT
from store.words import Words, translated

# Everybody has one; the list of all notices is the office's.
INBOX = "/admin/inbox/"
# What is said when a template was never published: short, but nobody stays untold.
PLAIN = Words("{number} {title}", "{number} {title}")
PLAIN_BODY = Words("{number} {title}\n{place} {due}\n{link}", "{number} {title}\n{place} {due}\n{link}")
# To a resident: our pages are not his.
PLAIN_LETTER = Words("{number} {title}\n\n{answer}\n\n{estate}", "{number} {title}\n\n{answer}\n\n{estate}")
# The key of an escalation's step, such as `2` or `3#r1`.
STEP_KEY = re.compile(r"\d+(#[ar]\d+)?")
SEPARATOR = {"zh": "、", "en": ", "}


class Text(NamedTuple):
    subject: str
    body: str


# With this or one on lease a text is written alike.
Told = Notice | Leased


def text_of(notice: Told, cache: ReaderCache, language: str, base_url: str) -> Text:
    """Subject and body in one language. Values are put in once, so nothing a resident wrote is read as a template."""
    return _text(notice, cache, language, base_url, {})


def digest_text(digest: Told, members: Sequence[Told], cache: ReaderCache, language: str, base_url: str) -> Text:
    """One message with the subjects of all its members."""
    subjects = [text_of(member, cache, language, base_url).subject for member in members]
    estates = dict.fromkeys(cache.estate(member.estate)[0].text(language) for member in members if member.estate)
    values = {
        "count": str(len(members)),
        "title": "\n".join(subjects),
        "estate": SEPARATOR[language].join(estates),
        "link": base_url + INBOX,
    }
    return _text(digest, cache, language, base_url, values)


BUNDLE = Words("{n} 条通知：{first} 等", "{n} notices: {first} and others")
# With more than this a letter lists subjects only.
MOST_TOLD_IN_FULL = 20


def bundle_text(told: Sequence[Text], language: str, base_url: str) -> Text:
    """One letter with everything that waits for a reader, in the order in which it fell due."""
    subject = one_line(BUNDLE.fill(n=len(told), first=told[0].subject).text(language))
    if len(told) <= MOST_TOLD_IN_FULL:
        parts = [f"{n}. {each.subject}\n{each.body}".rstrip() for n, each in enumerate(told, 1)]
        return Text(subject, "\n\n".join(parts))
    lines = [f"{n}. {each.subject}" for n, each in enumerate(told, 1)]
    return Text(subject, "\n".join([*lines, "", base_url + INBOX]))


def _text(notice: Told, cache: ReaderCache, language: str, base_url: str, instead: Mapping[str, str]) -> Text:
    template = cache.template(notice.template["code"], notice.template.get("revision")) or {}
    plain = PLAIN_LETTER if (notice.recipient or "").startswith(RESIDENT) else PLAIN_BODY
    subject, body = (_part(template, *each).text(language) for each in (("subject", PLAIN), ("body", plain)))
    values = {**_values(notice, cache, language, base_url, named_in(subject) | named_in(body)), **instead}
    return Text(one_line(fill(subject, values)), fill(body, values))


def _part(template: Mapping[str, Any], name: str, instead: Words) -> Words:
    """A subject or body as it was published; one that nobody can read is said in few words."""
    return translated(template[name]) if isinstance(template.get(name), dict | str) else instead


def _values(notice: Told, cache: ReaderCache, language: str, base_url: str, wanted: frozenset[str]) -> dict[str, str]:
    """What the placeholders that are wanted stand for."""
    record = cache.record(notice.about)
    estate, zone = cache.estate(notice.estate)
    reader = cache.reader(notice.recipient) if notice.recipient else None
    number = str(notice.about.get("number") or "")
    plain = {
        "number": number,
        "title": told_of(record).get("title") or record.get("name"),
        "place": record.get("place"),
        "due": record.get("due_at"),
        "name": _name(reader),
        "estate": estate,
        "link": base_url + (address_of(notice.about["kind"], number) or INBOX),
        "date": notice.due_at.astimezone(zone).date(),
        **notice.params,
    }
    if "late" in wanted and isinstance(plain.get("late_minutes"), int):
        plain["late"] = minutes_words(plain["late_minutes"])
    if "step" in wanted and STEP_KEY.fullmatch(str(plain.get("step", ""))):
        plain["step"] = key_words(plain["step"])
    if "answer" in wanted and (notice.recipient or "").startswith(RESIDENT):
        plain["answer"] = answer_of(notice.about["id"], notice.about["event"])
    if notice.estate:
        plain["estate"] = estate  # verbs say its code; a reader is told its name
    return {name: readable(plain[name], language, zone) for name in wanted if name in plain}


def _name(reader: Reader | None) -> Words | None:
    return reader.name if reader else None


def readable(value: Any, language: str, zone: tzinfo) -> str:
    """A plain value as people read it: moments in the estate's zone, lists with commas, empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, Words):
        return value.text(language)
    if isinstance(value, dict):
        return translated(value).text(language)
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return SEPARATOR[language].join(readable(each, language, zone) for each in value)
    return str(value)
