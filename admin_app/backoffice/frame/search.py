"""What the search box leads to: everything found, or straight to the only thing."""

from flask import redirect, request
from flask_admin import expose
from werkzeug.wrappers import Response

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.base import SEARCH_LENGTH, BackofficeView
from admin_app.shell.language import say
from admin_app.shell.punctuation import listed
from admin_app.shell.search import find_all, typed
from store.words import Words


class Search(BackofficeView):
    permission = None
    title = Words("搜索", "Search")
    endpoint_name = "search"

    @expose("/")
    def index(self) -> str | Response:
        text = typed(request.args.get("q", ""), SEARCH_LENGTH)
        answers = find_all(text, current_actor()) if text else []
        found, failed = [each for each in answers if each.hits], [each for each in answers if each.hits is None]
        only = [hit for each in found for hit in each.hits or ()]
        if len(only) == 1 and not failed:
            return redirect(only[0].url)
        return self.render(
            "admin/search.html", text=text, found=found, failed=listed(say(each.words) for each in failed)
        )
