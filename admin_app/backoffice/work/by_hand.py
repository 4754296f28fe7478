"""The page on which a work order is made by hand."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import flash, redirect, request
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.records.names import place
from admin_app.backoffice.records.pages import NumberedPages
from admin_app.shell import gate
from admin_app.shell.errors import problems_of, status_of
from admin_app.shell.formats import moment_typed
from admin_app.shell.language import say
from admin_app.shell.preferences import chosen_estate
from store import clock
from store.errors import AnjuError
from store.fields.numbers import whole_typed
from store.people.documents import Department
from store.words import Words, translated
from store.work import by_hand, rules

MADE = Words("已新建工单 {number}", "Work order {number} is made")
NAMES = tuple(each.name for each in by_hand.FORM)


class MadeByHand(NumberedPages):
    """The list's way to a new order; the order itself is like every other."""

    @expose("/make/")
    @gate.requires("work.dispatch")
    def make_form(self) -> str:
        return self._make_page({"kind": "other", "priority": "3", "key": uuid4().hex})

    @expose("/make/", methods=("POST",))
    @gate.requires("work.dispatch")
    def make_order(self) -> Any:
        typed = {name: request.form.get(name, "").strip() for name in (*NAMES, "key")}
        actor, now = current_actor(), clock.now()
        try:
            order = by_hand.create(self._values(typed), actor=actor, now=now, key=typed["key"][:64] or None)
        except AnjuError as error:
            return self._make_page(typed, error), status_of(error)
        flash(say(MADE.fill(number=order.number)), "success")
        return redirect(self.url_of(order.number), code=303)

    def _values(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """What was typed, as the verb takes it: moments are the estate's wall clock."""
        values: dict[str, Any] = {name: typed[name] for name in NAMES if typed[name]}
        if "due_at" in values:
            # What is no moment stays as typed, so that the check names its field.
            moment = moment_typed(values["due_at"], place(values.get("estate", "")).zone)
            values["due_at"] = moment.isoformat() if moment else values["due_at"]
        if "priority" in values:
            values["priority"] = whole_typed(values["priority"])
        return values

    def _make_page(self, typed: Mapping[str, str], error: AnjuError | None = None) -> str:
        mistakes: dict[str, list[str]] = {}
        for problem in problems_of(error) if error else ():
            name = problem.field if problem.field in NAMES else ""
            mistakes.setdefault(name, []).append(say(problem.words))
        departments = Department.objects(active__ne=False).only("code", "name").order_by("code")
        return self.render(
            "work/make.html",
            typed=typed,
            mistakes_of=mistakes,
            chosen=typed.get("estate") or chosen_estate() or next(iter(self.places()), ""),
            places=self.places(),
            people=self.people(),
            departments=[(each.code, say(translated(each.name))) for each in departments],
            kinds={kind: rules.KINDS[kind] for kind in by_hand.MADE_KINDS},
            priorities=rules.PRIORITIES,
        )
