"""What the API is measured against: routes of a Flask application that does nothing but the same `find` and the JSON.

`granian --interface rsgi bench.bare:front` serves the product, and these routes beside it in the same processes.
"""

import gc
import os
from collections.abc import Callable, Iterable
from itertools import count, cycle, islice
from typing import Any

import orjson
from flask import Flask, Response, request

from admin_app.app import MAX_UPLOAD, create_app
from admin_app.front.serving import Front
from store.connection import connect
from store.content.documents import Content, Revision
from store.settings import Settings
from store.work.documents import WorkOrder

ROOT = "/bare/"
KIND = "service_item"
LIMIT = 50
# As the API's list shows them.
SHOWN = ("type", "code", "number", "estate", "effective_at", "published_at", "body")
JSON = "application/json"

bare = Flask(__name__, static_folder=None)
_numbers = count()


def _json(value: Any, status: int = 200, tag: str | None = None) -> Response:
    headers = {"ETag": tag} if tag else {}
    return Response(orjson.dumps(value, default=str), status, headers, content_type=JSON)


@bare.get(f"{ROOT}list")
def list_() -> Response:
    rows = Revision._get_collection().find({"type": KIND}, SHOWN).sort("code", 1).limit(LIMIT)
    return _json({"data": list(rows)})


@bare.get(f"{ROOT}filter/<code>")
def filter_(code: str) -> Response:
    return _json({"data": list(Revision._get_collection().find({"type": KIND, "code": code}, SHOWN).limit(LIMIT))})


@bare.get(f"{ROOT}one/<code>")
def one(code: str) -> Response:
    found = Revision._get_collection().find_one({"type": KIND, "code": code}, sort=[("effective_at", -1)])
    tag = f'"{found["number"]}"' if found else None
    if tag is not None and request.headers.get("If-None-Match") == tag:
        return Response(status=304, headers={"ETag": tag})
    return _json(found, tag=tag)


@bare.post(f"{ROOT}create")
def create() -> Response:
    values = orjson.loads(request.get_data())
    made = {"type": KIND, "revision": 0, "draft": values["body"], "code": values["code"]}
    Content._get_collection().database["bench_made"].insert_one(made)
    return _json(made, 201)


_PAGE = bare.jinja_env.from_string(
    "<!doctype html><title>{{ title }}</title><table>{% for row in rows %}<tr>"
    "<td>{{ row.number }}<td>{{ row.title }}<td>{{ row.state }}<td>{{ row.estate }}<td>{{ row.created_at }}"
    "{% endfor %}</table>"
)
# What a row of it takes.
ROW_BYTES = 120


@bare.get(f"{ROOT}page/<int:finds>/<int:size>")
def page(finds: int, size: int) -> str:
    """So many finds, the first of a page of a list, and HTML of about so many bytes."""
    orders = WorkOrder._get_collection()
    rows = list(orders.find({}).sort("created_at", -1).limit(LIMIT))
    for _ in range(finds - 1):
        orders.find_one({"_id": rows[0]["_id"]})
    return _PAGE.render(title=KIND, rows=list(islice(cycle(rows), size // ROW_BYTES)))


settings = Settings.from_environment(os.environ)
connect(settings)
app = create_app(settings)


def either(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    chosen = bare if environ["PATH_INFO"].startswith(ROOT) else app
    return chosen(environ, start_response)


# As in `wsgi.py`.
gc.collect()
gc.freeze()
front = Front(either, largest=MAX_UPLOAD, behind_proxy=False)
