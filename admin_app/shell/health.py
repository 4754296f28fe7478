"""`/healthz`: whether this process answers. What it depends on is `/readyz`'s business."""

from flask import Flask

from admin_app.shell import gate
from admin_app.shell.limits import limiter


@limiter.exempt
@gate.public
def alive() -> tuple[dict[str, str], int]:
    return {"status": "ok"}, 200


def register(app: Flask) -> None:
    app.add_url_rule("/healthz", endpoint="healthz", view_func=alive)
