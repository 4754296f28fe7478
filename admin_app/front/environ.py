"""From a request as Granian hands it over (RSGI) to the environment that Flask reads (WSGI)."""

import sys
from collections.abc import Iterable
from typing import IO, Any, Protocol


class Headers(Protocol):
    def get(self, key: str, default: Any = None) -> Any: ...

    def items(self) -> Iterable[tuple[str, str]]: ...


class Scope(Protocol):
    """One request: addresses are `host:port`, the path is decoded, names of headers are in small letters."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    headers: Headers


def host_of(address: str) -> str:
    """`127.0.0.1:80` → `127.0.0.1`, `[::1]:80` → `::1`."""
    return address.rpartition(":")[0].strip("[]")


def environ_of(scope: Scope, body: IO[bytes], length: int | None) -> dict[str, Any]:
    """`length` is that of the body, whatever the request said of it."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host_of(scope.server),
        "SERVER_PORT": scope.server.rpartition(":")[2],
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": host_of(scope.client),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    _add_headers(environ, scope.headers)
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    return environ


def _add_headers(environ: dict[str, Any], headers: Headers) -> None:
    for name, value in headers.items():
        # An underscore would be taken for the hyphen of another header: of one that a proxy of ours writes, say.
        if "_" in name or name in {"content-length", "transfer-encoding"}:
            continue
        key = "CONTENT_TYPE" if name == "content-type" else f"HTTP_{name.upper().replace('-', '_')}"
        # One name twice is one list, but cookies have a comma of their own.
        separator = "; " if name == "cookie" else ","
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
