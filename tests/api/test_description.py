"""The description of the API, for machines and for people."""

import re
from typing import Any

from flask import Flask

from admin_app.api.codes import CODES
from store.content.types import built_in


def test_the_description_is_openapi_3_1_and_names_every_route(app: Flask, database: Any) -> None:
    answer = app.test_client().get("/api/openapi.json")
    spec = answer.get_json()
    assert spec["openapi"] == "3.1.0"
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")]
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule) for rule in rules}
    assert routes <= set(spec["paths"])
    # Content is described once for all types, and again for each.
    assert len(set(spec["paths"]) - routes) == 3 * len(built_in())
    for path in spec["paths"].values():
        for method in {"get", "post", "put", "delete"} & set(path):
            assert "x-permission" in path[method]


def test_the_page_needs_no_script_of_its_own_and_nothing_from_outside(app: Flask) -> None:
    answer = app.test_client().get("/api/docs?lang=en")
    assert answer.status_code == 200
    page = answer.text
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
    # Addresses may be told in words; nothing is loaded from one and nothing leads there.
    assert re.search(r"""(?:src|href|action)=["']?https?:|url\(|@import""", page) is None
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
    assert all(f'id="error-{code}"' in page for code in CODES)
    assert "/api/v1/requests/{key}/closure" in page
    assert app.test_client().get("/api/docs/style.css").mimetype == "text/css"


def test_the_page_speaks_chinese_too(app: Flask) -> None:
    assert "诉求列表" in app.test_client().get("/api/docs?lang=zh").text
