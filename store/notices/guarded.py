"""HTTP to addresses that strangers may have named: a name is looked up once, and what was looked at is connected to.

Looked up twice, it could lead outside the first time and into our own network the second.
"""

import ipaddress
import socket
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import create_connection

from store.notices.senders import SendFailed

# Nobody's answer is longer; what is, is not read.
MOST_BYTES = 64 * 1024


class Answer(NamedTuple):
    """What the other side said. `headers` by lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Checked:
    """Connects to an address of `host` that lies outside our network, and to no other."""

    host: str
    port: int
    timeout: Any
    source_address: Any
    socket_options: Any

    def _new_conn(self) -> socket.socket:
        last: OSError = OSError("no address")
        for address in public_addresses(self.host):
            try:
                return create_connection(
                    (address, self.port), self.timeout, self.source_address, socket_options=self.socket_options
                )
            except OSError as error:
                last = error
        raise last


class _CheckedHTTP(_Checked, HTTPConnection):
    pass


class _CheckedHTTPS(_Checked, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _CheckedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedHTTPS


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}


def guard(session: requests.Session) -> None:
    """From now on the session connects to public addresses only. A proxy would look names up by itself: it is not used."""
    session.trust_env = False
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter())


def public_addresses(host: str) -> list[str]:
    """The addresses of a host, if all of them lie outside private, loopback, link-local and reserved networks.

    Raises `SendFailed` `private_address`, or `unreachable` for a host that cannot be resolved.
    """
    try:
        # A literal IPv6 address comes in brackets.
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM) if host else []
    except (OSError, UnicodeError):
        raise SendFailed("unreachable", broken=True) from None
    addresses = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    if not addresses or not all(map(_is_outside, addresses)):
        raise SendFailed("private_address", final=True, broken=True)
    return addresses


def _is_outside(text: str) -> bool:
    address = ipaddress.ip_address(text)
    # An IPv4 address in IPv6's clothes leads to the same machine.
    inner = getattr(address, "ipv4_mapped", None) or address
    return inner.is_global and not inner.is_multicast


def post(
    session: requests.Session, url: str, body: Mapping[str, Any], headers: Mapping[str, str], seconds: float
) -> Answer:
    """Follows no redirect, and reads so much of the answer as there is time for. Raises `SendFailed`."""
    ends = time.monotonic() + seconds
    try:
        with session.post(
            url, json=body, headers=dict(headers), timeout=seconds, allow_redirects=False, stream=True
        ) as heard:
            names = {name.lower(): value for name, value in heard.headers.items()}
            return Answer(heard.status_code, names, _read(heard, ends))
    except requests.Timeout:
        raise SendFailed("timed_out", broken=True) from None
    except requests.exceptions.InvalidURL:
        raise SendFailed("bad_address", final=True, broken=True) from None
    except (requests.RequestException, OSError, ValueError):
        raise SendFailed("unreachable", broken=True) from None


def _read(heard: requests.Response, ends: float) -> bytes:
    """A server that dribbles is not waited for longer than one that hangs."""
    found = b""
    while len(found) < MOST_BYTES and time.monotonic() < ends:
        piece = heard.raw.read1(MOST_BYTES - len(found), decode_content=True)
        if not piece:
            return found
        found += piece
    raise SendFailed("timed_out" if time.monotonic() >= ends else "refused", broken=True)
