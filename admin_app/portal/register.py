"""Hangs this part on the application."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the blueprints of this part."""
