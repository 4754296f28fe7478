"""Hangs this part on the application."""

from flask import Flask

from admin_app.tablet import enrolment, shell


def register(app: Flask) -> None:
    """Register the blueprints of this part."""
    app.register_blueprint(enrolment.blueprint)
    app.register_blueprint(shell.blueprint)
