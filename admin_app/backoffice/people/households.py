"""Households in the directory: found by one box, numbers masked, every look at a full number in the audit."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.guarded import attempt
from admin_app.backoffice.people.directory import Answer, DirectoryPages
from admin_app.backoffice.records.verbs import Posted
from admin_app.shell import gate
from admin_app.shell.formats import zone_named
from store import clock, directory
from store.directory import DirectoryEntry
from store.errors import AnjuError
from store.premises import operations as premises
from store.premises.rules import masked_members
from store.premises.stays import move_in, move_out
from store.words import Words

LEFT = Words("已迁出，记录保留", "Moved out; the records stay")
RETURNED = Words("已迁回", "Moved in again")


class Households(DirectoryPages):
    """The form of a household carries full numbers, so whoever is shown it – after a refusal too – has looked."""

    def access_for(self, view_name: str) -> gate.Requirement:
        return gate.permission("households.write") if view_name == "stay" else super().access_for(view_name)

    @expose("/-/<code>/view")
    def view(self, code: str) -> str:
        """The household as everybody at the desk may see it."""
        actor = current_actor()
        found = directory.get("household", code, actor)
        return self.render(
            "people/household.html",
            home=found,
            members=masked_members(found.members),
            may_write=gate.permission("households.write").admits(actor),
            today=clock.now().astimezone(zone_named(None)).date(),
        )

    @expose("/-/<code>/stay", methods=("POST",))
    def stay(self, code: str) -> Response:
        """Out, or back in, with the day."""
        form = request.form
        verb, words = (move_in, RETURNED) if form.get("verb") == "in" else (move_out, LEFT)
        values = {"on": form.get("on", ""), "reason": form.get("reason", "")}

        def run() -> object:
            seen = Posted(form).version()
            return verb(code, values, actor=current_actor(), now=clock.now(), seen=seen)

        return attempt(run, done=words, back=url_for(".view", code=code))

    def row_url(self, row: Any) -> str | None:
        return url_for(f"{self.endpoint_name}.view", code=row.code)

    def _form(
        self, entry: DirectoryEntry | None, values: Mapping[str, Any], code: str, error: AnjuError | None = None
    ) -> Answer:
        actor = current_actor()
        if entry is not None and gate.permission("households.reveal").admits(actor):
            premises.reveal_contact(code, actor, clock.now())
        return super()._form(entry, values, code, error)
