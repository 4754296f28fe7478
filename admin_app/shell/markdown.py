"""Markdown that people wrote, as HTML that does no harm.

markdown-it makes HTML and takes none from the text; nh3 lets through what a text needs and nothing else, whatever the first
of them may have missed. Pictures from elsewhere would tell others who reads, so there are none.
"""

from functools import lru_cache

import nh3
from flask import Flask
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = frozenset(
    (
        *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code"),
        *("strong", "em", "s", "ul", "ol", "li", "a"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    )
)
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_ADDRESSES = frozenset({"http", "https", "mailto", "tel"})
_READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")


@lru_cache(maxsize=256)
def rendered(text: str) -> Markup:
    """The text as HTML. Headings stay as deep as they were written; links lead away without telling from where."""
    html = nh3.clean(
        _READER.render(text),
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes=set(_ADDRESSES),
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(html)  # noqa: S704 - made safe just above


def register(app: Flask) -> None:
    app.jinja_env.filters["markdown"] = rendered
