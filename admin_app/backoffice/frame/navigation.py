"""The side navigation, in the order of the policy. Views place themselves with `menu_place`."""

from dataclasses import dataclass
from typing import NamedTuple

from flask import Flask, url_for
from flask_admin import Admin, BaseView

from admin_app.accounts.current import actor_or_none
from store.words import Words


class Section(NamedTuple):
    code: str
    words: Words


SECTIONS: tuple[Section, ...] = (
    Section("today", Words("今日", "Today")),
    Section("requests", Words("诉求", "Requests")),
    Section("work", Words("工单", "Work")),
    Section("plans", Words("计划", "Plans")),
    Section("findings", Words("整改", "Findings")),
    Section("emergencies", Words("应急", "Emergencies")),
    Section("people", Words("人员", "People")),
    Section("supervision", Words("监督", "Supervision")),
    Section("activities", Words("社区", "Community")),
    Section("policies", Words("制度", "Policies")),
    Section("configuration", Words("配置", "Setup")),
    Section("system", Words("系统", "System")),
)
_CODES = frozenset(section.code for section in SECTIONS)


@dataclass(frozen=True)
class MenuPlace:
    """Where a view stands: a section, a place in it, and perhaps a shorter name than the view's title."""

    section: str
    order: int = 50
    words: Words | None = None

    def __post_init__(self) -> None:
        if self.section not in _CODES:
            raise LookupError(f"unknown menu section {self.section!r}")


class Item(NamedTuple):
    words: Words
    url: str
    current: bool


class Group(NamedTuple):
    """One section as the reader sees it. A section with one view only is a link itself."""

    section: Section
    items: list[Item]

    @property
    def current(self) -> bool:
        return any(item.current for item in self.items)


def menu(admin: Admin, current: BaseView | None = None) -> list[Group]:
    """What this reader may open, section by section; sections without anything to open are absent."""
    places = [(view.menu_place, view) for view in admin._views if _is_open(view)]
    groups = []
    for section in SECTIONS:
        views = [(place, view) for place, view in places if place.section == section.code]
        items = [_item(place, view, current) for place, view in sorted(views, key=lambda each: each[0].order)]
        if items:
            groups.append(Group(section, items))
    return groups


def _is_open(view: BaseView) -> bool:
    return getattr(view, "menu_place", None) is not None and bool(view.is_accessible())


def _item(place: MenuPlace, view: BaseView, current: BaseView | None) -> Item:
    words = place.words or getattr(view, "title", None) or Words(view.name or "", view.name or "")
    return Item(words, url_for(f"{view.endpoint}.{view._default_view}"), view is current)


def register(app: Flask, admin: Admin) -> None:
    def groups(current: BaseView | None = None) -> list[Group]:
        return menu(admin, current) if actor_or_none() is not None else []

    app.jinja_env.globals["navigation"] = groups
