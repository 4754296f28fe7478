"""`/admin/`: straight to the first screen the reader may open."""

from flask import redirect, url_for
from flask_admin import AdminIndexView, expose
from werkzeug.wrappers import Response

from admin_app.backoffice.frame.base import Guarded
from admin_app.backoffice.frame.navigation import menu
from store.words import Words


class Home(Guarded, AdminIndexView):
    permission = None
    title = Words("安居", "Anju")

    @expose("/")
    def index(self) -> str | Response:
        groups = menu(self.admin)
        if groups:
            return redirect(groups[0].items[0].url)
        if "tablet.index" in self.admin.app.view_functions:
            return redirect(url_for("tablet.index"))
        return self.render("admin/index.html")
