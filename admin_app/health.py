"""`/readyz` and `/metrics`."""

from flask import Flask


def register(app: Flask) -> None:
    """Register the two pages."""
