"""What kind of answer the reader expects, and which addresses are our own."""

from urllib.parse import urlsplit

from flask import has_request_context, request

# The doors of programs, opened by a token in the request itself.
API_DOOR = "/api/v1/"
# Tablets' doors: their tokens open these and no others.
FIELD_DOOR = "/api/v1/field/"


def is_api() -> bool:
    """Whether a program asks: its errors are problem documents, never pages."""
    return has_request_context() and request.path.startswith("/api/")


def is_field_door() -> bool:
    return request.path.startswith(FIELD_DOOR)


def is_program_path(path: str) -> bool:
    """Whether a program that is no tablet asks there."""
    return path.startswith(API_DOOR) and not path.startswith(FIELD_DOOR)


def is_program_door() -> bool:
    return is_program_path(request.path)


def wants_page() -> bool:
    """Whether a person's browser asks for a page (and not a script of ours for a piece of data)."""
    return request.method == "GET" and not wants_json()


def wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return is_api() or request.is_json or best in {"application/json", "application/problem+json"}


def own_path(target: str | None) -> str | None:
    """`target` when it is a path of this site, else None: no `//host`, no backslash, scheme or control character."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(character) < 32 or character == "\\" for character in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def came_from() -> str | None:
    """The page of ours that the reader came from, as a path."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:  # http://[
        return None
    if parts.netloc != request.host:
        return None
    return own_path(parts.path + (f"?{parts.query}" if parts.query else ""))
