"""What the search box leads to: everything found, or straight to the only thing."""

from flask import redirect, request
from flask_admin import expose
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.base import SEARCH_LENGTH, BackofficeView
from admin_app.shell.search import find_all, typed
from store.words import Words


class Search(BackofficeView):
    permission = None
    title = Words("搜索", "Search")
    endpoint_name = "search"

    @expose("/")
    def index(self) -> str | Response:
        text = typed(request.args.get("q", ""), SEARCH_LENGTH)
        found = find_all(text, current_actor()) if text else []
        if len(found) == 1 and len(found[0].hits) == 1:
            return redirect(found[0].hits[0].url)
        return self.render("admin/search.html", text=text, found=found)
