"""Hangs the back office's screens on Flask-Admin."""

from flask_admin import Admin

from admin_app.backoffice.content.register import register as register_content
from admin_app.backoffice.records.register import register as register_records


def register(admin: Admin) -> None:
    """Add the views of the back office."""
    register_content(admin)
    register_records(admin)
