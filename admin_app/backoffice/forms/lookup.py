"""The look-up behind every reference picker: permission, estates and a limit hold here as everywhere."""

from flask import Response, jsonify, request
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.forms.references import TARGET_KINDS, find
from admin_app.backoffice.frame.base import SEARCH_LENGTH, BackofficeView
from admin_app.shell.search import typed
from store.words import Words


class LookUp(BackofficeView):
    permission = "content.read"
    title = Words("查找", "Look up")
    endpoint_name = "content_lookup"

    def _get_view_url(self, admin: object, url: str | None) -> str:
        return "/admin/content/-/lookup"

    @expose("/")
    def index(self) -> Response:
        """`?kind=staff&q=王&estate=sunshine` → `{"data": [{"code", "name", "detail"}]}`."""
        kind, estate = request.args.get("kind", ""), request.args.get("estate") or None
        # A target of an escalation names its kind in its own words.
        kind = TARGET_KINDS.get(kind.removeprefix("target:"), "") if kind.startswith("target:") else kind
        text = typed(request.args.get("q", ""), SEARCH_LENGTH)
        hits = find(kind, text, current_actor(), estate) if kind else []
        return jsonify(data=[each._asdict() for each in hits])
