"""Bodies that mean harm, for the doors of programs and tablets."""

import json
from collections.abc import Callable, Mapping


def ten_megabytes() -> bytes:
    return b'{"words":"' + b"x" * (10 << 20) + b'"}'


def nested(depth: int) -> bytes:
    return b'{"words":' + b"[" * depth + b"]" * depth + b"}"


def many_names() -> bytes:
    return json.dumps({f"name-{n}": n for n in range(45_000)}).encode()


def many_rows() -> bytes:
    return b'{"words":[' + b"[]," * 300_000 + b"[]]}"


def long_number() -> bytes:
    return b'{"words":' + b"9" * 500_000 + b"}"


def long_name() -> bytes:
    return b'{"' + b"x" * 500_000 + b'":1}'


def the_same_name() -> bytes:
    return b"{" + b'"words":1,' * 90_000 + b'"words":1}'


def escapes() -> bytes:
    return b'{"words":"' + rb"\ud83d" * 150_000 + b'"}'


BODIES: Mapping[str, Callable[[], bytes]] = {
    "ten megabytes": ten_megabytes,
    "200 deep": lambda: nested(200),
    "400,000 deep": lambda: nested(400_000),
    "many names": many_names,
    "many rows": many_rows,
    "a long number": long_number,
    "many long numbers": lambda: b'{"words":[' + b"1e308," * 150_000 + b"1]}",
    "a long name": long_name,
    "the same name": the_same_name,
    "halves of characters": escapes,
    "no text": lambda: b"\xff\xfe" * 1_000,
    "not finished": lambda: b'{"words":"' + b"\\" * 900_001,
}


def form(**changes: int) -> tuple[bytes, str]:
    """A form of many parts, and what its header says: `parts`, and of each the length of its `name` and `filename`."""
    given = {"parts": 1, "name": 5, "filename": 5, "header": 1, **changes}
    part = (
        f'--b\r\nContent-Disposition: form-data; name="{"n" * given["name"]}"; filename="{"f" * given["filename"]}"\r\n'
        f"X-More: {'x' * given['header']}\r\n\r\nx\r\n"
    )
    return part.encode() * given["parts"] + b"--b--\r\n", "multipart/form-data; boundary=b"


FORMS: Mapping[str, Callable[[], tuple[bytes, str]]] = {
    "many parts": lambda: form(parts=60_000),
    "a long name": lambda: form(name=3_000_000),
    "a long file name": lambda: form(filename=3_000_000),
    "a long header": lambda: form(header=3_000_000),
    "many fields": lambda: (b"a=&" * 4_000_000, "application/x-www-form-urlencoded"),
    "a million fields": lambda: (b"a&" * 1_000_000, "application/x-www-form-urlencoded"),
    "no boundary": lambda: (b"--\r\n" * 500_000, "multipart/form-data; boundary=" + "b" * 60),
    "dashes": lambda: (b"\r\n-" * 2_000_000, "multipart/form-data; boundary=b"),
}
