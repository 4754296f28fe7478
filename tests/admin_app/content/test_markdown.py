"""Markdown is shown as what it says, and does nothing else."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient

from admin_app.shell.markdown import rendered
from tests import cast

SignIn = Callable[..., FlaskClient]
STORY = "## 注意\n\n先 **断电**，再开门：\n\n1. 关总闸\n2. 挂牌\n\n| 楼 | 电话 |\n|---|---|\n| 3 栋 | 110 |\n\n[规程](https://b.example/rules)"


class Look(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]


def test_what_is_written_is_shown(database: Any, sign_in: SignIn) -> None:
    cast.make_company()
    name = {"name": "name", "label": {"zh": "名称"}, "kind": "text", "required": True, "translated": True}
    plain = {"name": "story", "label": {"zh": "说明"}, "kind": "markdown"}
    both = {"name": "more", "label": {"zh": "补充"}, "kind": "markdown", "translated": True}
    manager = cast.manager()
    cast.publish("content_type", "note", {"name": {"zh": "须知"}, "fields": [name, plain, both]}, actor=manager)
    body = {"name": {"zh": "电梯"}, "story": STORY, "more": {"zh": "*轻声*", "en": "*softly*"}}
    cast.publish("note", "lift", body, actor=manager)
    page = sign_in(manager).get("/admin/content/note/lift/preview/").text
    for html in ("<h2>注意</h2>", "<strong>断电</strong>", "<li>挂牌</li>", "<td>3 栋</td>", "<em>轻声</em>"):
        assert html in page
    assert 'href="https://b.example/rules" rel="noopener noreferrer nofollow"' in page
    assert "**断电**" not in page


@pytest.mark.parametrize(
    "harm",
    [
        "<script>window.ran=1</script>",
        "<img src=x onerror=window.ran=1>",
        "[x](javascript:window.ran=1)",
        "[x](JaVaScRiPt:window.ran=1)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x][1]\n\n[1]: javascript:window.ran=1",
        "<javascript:window.ran=1>",
        "![x](https://elsewhere.example/seen.png)",
        '[x](https://a.example "" onmouseover=window.ran=1 x="")',
        "<style>*{display:none}</style>",
        "<iframe src=https://elsewhere.example></iframe>",
        "`<b onclick=x>`",
    ],
)
def test_nothing_in_it_does_anything(harm: str) -> None:
    look = Look()
    look.feed(str(rendered(harm)))
    assert look.tags <= {"p", "a", "code"}
    assert look.attributes <= {"href", "title", "rel"}
    assert all(address.startswith("https://") for address in look.addresses)


def test_a_text_without_marks_stays_as_it_is() -> None:
    assert str(rendered("第一段\n\n第二段")) == "<p>第一段</p>\n<p>第二段</p>\n"
    assert str(rendered("")) == ""
