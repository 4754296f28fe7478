"""Hangs the back office's screens on Flask-Admin."""

from flask_admin import Admin


def register(admin: Admin) -> None:
    """Add the views of the back office."""
