"""Where each content type stands in the navigation, in the order of the policy, and how its pages are addressed."""

from typing import NamedTuple

from flask import url_for

from admin_app.backoffice.frame.navigation import MenuPlace
from store import domains
from store.content.types import built_in
from store.words import Words

CUSTOM = "content_custom"
# A plan of a service without a list of its own stands among the others.
OTHER_SERVICES = ("security", "other")


class ContentPlace(NamedTuple):
    """A list in the navigation. `services` narrows plans."""

    kind: str
    endpoint: str
    menu: MenuPlace
    words: Words
    services: tuple[str, ...] = ()


def _plans(name: str, order: int, words: Words, services: tuple[str, ...]) -> ContentPlace:
    return ContentPlace("plan", f"{name}_plans", MenuPlace("plans", order), words, services)


def _of(kind: str, section: str, order: int, words: Words) -> ContentPlace:
    return ContentPlace(kind, f"content_{kind}", MenuPlace(section, order), words)


domains.load("documents")
PLACES: tuple[ContentPlace, ...] = (
    _plans("patrol", 10, Words("巡更计划", "Patrol plans"), ("patrol",)),
    _plans("cleaning", 20, Words("保洁计划", "Cleaning plans"), ("cleaning",)),
    _plans("greening", 30, Words("绿化计划", "Greening plans"), ("greening",)),
    _plans("other", 40, Words("其他计划", "Other plans"), OTHER_SERVICES),
    _of("route", "plans", 50, Words("巡更路线", "Patrol routes")),
    _of("floor_plan", "plans", 55, Words("平面图", "Floor plans")),
    _of("emergency_plan", "emergencies", 10, Words("应急预案", "Emergency plans")),
    _of("policy", "policies", 20, Words("服务制度", "Service policies")),
    _of("service_category", "configuration", 10, Words("服务类别", "Service categories")),
    _of("service_item", "configuration", 11, Words("服务项目", "Service items")),
    _of("service_standard", "configuration", 20, Words("服务标准", "Service standards")),
    _of("checklist", "configuration", 25, Words("检查表", "Checklists")),
    _of("finding_policy", "configuration", 26, Words("整改规则", "Finding policies")),
    _of("hazard", "configuration", 27, Words("隐患类别", "Kinds of hazard")),
    _of("price_list", "configuration", 30, Words("收费标准", "Price lists")),
    _of("working_calendar", "configuration", 40, Words("工作日历", "Working calendars")),
    _of("escalation_policy", "configuration", 50, Words("升级策略", "Escalation policies")),
    _of("mute", "configuration", 55, Words("升级静音", "Mutes")),
    _of("notification_template", "configuration", 60, Words("通知模板", "Notification templates")),
    _of("content_type", "configuration", 80, Words("内容类型", "Content types")),
    *(_of(each.key, *each.place, each.label) for each in built_in().values() if each.place),
)


def place_of_service(service: str | None) -> str:
    """The endpoint of the list in which a plan of this service stands."""
    found = (each.endpoint for each in PLACES if service in each.services)
    return next(found, "other_plans")


def url_of(kind: str, page: str = "index_view", **values: object) -> str:
    """The address of a page of content: `url_of("plan", "entry", code="night-garage")`."""
    if kind in built_in():
        return url_for(f"content_{kind}.{page}", **values)  # type: ignore[arg-type]
    return url_for(f"{CUSTOM}.{page}", kind=kind, **values)  # type: ignore[arg-type]
