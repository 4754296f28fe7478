"""A screen for the tests of the shell: a list of work orders with all that the base classes offer."""

from typing import Any

from flask import Flask

from admin_app.backoffice.frame.base import BulkVerb, Choice, SecureModelView, field_filter
from admin_app.backoffice.frame.navigation import MenuPlace
from admin_app.shell.chips import chip_of
from admin_app.shell.language import t
from store.actor import Actor
from store.errors import RuleBroken
from store.words import Words
from store.work.documents import WorkOrder
from store.work.rules import STATES
from tests import cast


def refuse_second(order: Any, actor: Actor) -> None:
    if order.number.endswith("2"):
        raise RuleBroken("not_this_one", Words("这一条不行", "Not this one"))


class SampleOrders(SecureModelView):
    permission = "work.read"
    endpoint_name = "sample"
    title = Words("样例工单", "Sample orders")
    menu_place = MenuPlace("work")
    list_sort = "-due_at"
    column_list = ("number", "title", "state", "due_at")
    column_labels = {
        "number": Words("编号", "Number"),
        "title": Words("标题", "Title"),
        "state": Words("状态", "State"),
        "due_at": Words("到期", "Due"),
    }
    column_formatters = {"state": lambda view, context, row, name: t(chip_of(row.state).words)}
    column_sortable_list = ("number", "due_at")
    search_fields = ("title",)
    list_filters = (field_filter("state", Words("状态", "State"), (Choice(k, v) for k, v in STATES.items())),)
    bulk_verbs = (BulkVerb("mark", Words("标记", "Mark"), "work.dispatch", refuse_second),)


def with_sample(app: Flask) -> Flask:
    app.extensions["admin"][0].add_view(SampleOrders(WorkOrder))
    return app


def make_orders(count: int, estate: str = cast.ESTATE, **values: Any) -> None:
    """Orders written past the verbs: the shell's tests are about lists, not about work."""
    collection = WorkOrder._get_collection()
    collection.insert_many(
        [
            {
                "estate": estate,
                "number": f"W-{estate}-{n}",
                "key": f"{estate}-{n}",
                "title": f"巡更 {n}",
                "kind": "patrol",
                "state": "open",
                "version": 1,
                "created_at": cast.NOW,
                **values,
            }
            for n in range(count)
        ]
    )
