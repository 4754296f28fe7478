"""Households in the directory: found by one box, numbers masked, every look at a full number in the audit."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.directory import Answer, DirectoryPages
from admin_app.shell import gate
from store import clock, directory
from store.directory import DirectoryEntry
from store.errors import AnjuError
from store.premises import operations as premises
from store.premises.rules import masked_members


class Households(DirectoryPages):
    """The form of a household carries full numbers, so whoever is shown it – after a refusal too – has looked."""

    @expose("/-/<code>/view")
    def view(self, code: str) -> str:
        """The household as everybody at the desk may see it."""
        actor = current_actor()
        found = directory.get("household", code, actor)
        return self.render(
            "directory/household.html",
            home=found,
            members=masked_members(found.members),
            may_write=gate.permission("households.write").admits(actor),
        )

    def row_url(self, row: Any) -> str | None:
        return url_for(f"{self.endpoint_name}.view", code=row.code)

    def _form(
        self, entry: DirectoryEntry | None, values: Mapping[str, Any], code: str, error: AnjuError | None = None
    ) -> Answer:
        actor = current_actor()
        if entry is not None and gate.permission("households.reveal").admits(actor):
            premises.reveal_contact(code, actor, clock.now())
        return super()._form(entry, values, code, error)
