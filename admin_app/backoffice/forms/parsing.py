"""What a browser posted, as `store.fields.posted` reads it."""

from werkzeug.datastructures import MultiDict

from store.fields.posted import Posted


def posted(form: MultiDict[str, str]) -> Posted:
    """Every name with all its values, as they came."""
    return dict(form.lists())
