"""Flask-Admin's forms, ending in verbs of the store instead of `save()`."""

from collections.abc import Callable
from typing import Any

from flask import flash
from flask_admin.form import BaseForm
from wtforms import Form

from admin_app.accounts.current import current_actor
from admin_app.shell.errors import problems_of
from admin_app.shell.forgery import SecureMeta
from admin_app.shell.language import say
from store.actor import Actor
from store.errors import AnjuError


class SecureForm(BaseForm):
    """Flask-Admin's form with the CSRF token of all other forms."""

    class Meta(SecureMeta):
        pass


class WritingByVerbs:
    """What a list with forms overrides: three verbs. Their refusals are shown at the fields."""

    def create_record(self, values: dict[str, Any], actor: Actor) -> Any:
        """Make a document with a verb of the store and return it."""
        raise NotImplementedError

    def update_record(self, document: Any, values: dict[str, Any], actor: Actor) -> object:
        """Change a document with a verb of the store."""
        raise NotImplementedError

    def delete_record(self, document: Any, actor: Actor) -> object:
        """Remove a document with a verb of the store."""
        raise NotImplementedError

    def create_model(self, form: Form) -> Any:
        made: list[Any] = []
        ok = _written(form, lambda: made.append(self.create_record(form_values(form), current_actor())))
        return (made[0] or True) if ok else False

    def update_model(self, form: Form, model: Any) -> bool:
        return _written(form, lambda: self.update_record(model, form_values(form), current_actor()))

    def delete_model(self, model: Any) -> bool:
        return _written(None, lambda: self.delete_record(model, current_actor()))


def _written(form: Form | None, verb: Callable[[], object]) -> bool:
    try:
        verb()
    except AnjuError as error:
        show_on_form(form, error)
        return False
    return True


def form_values(form: Form) -> dict[str, Any]:
    """What was typed, without the token."""
    return {name: field.data for name, field in form._fields.items() if name != "csrf_token"}


def show_on_form(form: Form | None, error: AnjuError) -> None:
    """Put each problem at its field, and what has no field of this form on top of the page."""
    fields = form._fields if form is not None else {}
    for problem in problems_of(error):
        field = fields.get((problem.field or "").split(".")[0])
        if field is None:
            flash(say(problem.words), "error")
        else:
            field.errors = [*field.errors, say(problem.words)]
