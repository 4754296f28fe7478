"""Hangs the REST API on the application."""

from flask_smorest import Api


def register(api: Api) -> None:
    """Register the blueprints of the API."""
