"""Keeping the filters of a list under a name, and dropping them."""

from flask import request
from flask_admin import expose
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.base import attempt
from admin_app.backoffice.records.views import OfficeView
from store import clock
from store.views import operations as views
from store.words import Words


class SavedFilters(OfficeView):
    permission = "saved_filters.write"
    title = Words("已存筛选", "Saved filters")
    endpoint_name = "office_saved_filters"
    path = "saved-filters"

    @expose("/", methods=("POST",))
    def index(self) -> Response:
        """Keep the list's present filters."""
        values = (request.form.get(name, "") for name in ("listed", "name", "query"))
        listed, name, query = (each.strip() for each in values)
        return attempt(
            lambda: views.save(listed[:64], name, query, actor=current_actor(), now=clock.now()),
            done=Words("已保存筛选“{name}”", "Kept as “{name}”").fill(name=name),
        )

    @expose("/drop", methods=("POST",))
    def drop(self) -> Response:
        return attempt(
            lambda: views.drop(request.form.get("id", ""), actor=current_actor()),
            done=Words("已删除筛选", "Filter dropped"),
        )
