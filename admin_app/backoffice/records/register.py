"""The screens of records, directory, today and system."""

from flask_admin import Admin

from admin_app.backoffice.intake import Intake
from admin_app.backoffice.requests import Requests
from admin_app.backoffice.saved_filters import SavedFilters
from admin_app.backoffice.today import Today
from admin_app.backoffice.work import Work


def register(admin: Admin) -> None:
    for view in (Today, Intake, Requests, Work, SavedFilters):
        admin.add_view(view())
