"""A browser that has subscribed to a push service on loopback: it can read what it is sent."""

import json
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from store.notices.push_keys import decoded, encoded
from tests.servers import Received, WebhookReceiver

SECRET = b"sixteen bytes ok"


@dataclass
class Browser:
    service: WebhookReceiver
    path: str = "/push/abc-very-secret"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def subscription(self) -> dict[str, Any]:
        """As `PushSubscription.toJSON()` gives it."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": encoded(point), "auth": encoded(SECRET)}
        return {"endpoint": self.service.url + self.path, "keys": keys}

    def read(self, received: Received) -> Any:
        """The message inside. Raises what `http_ece` raises when it was made for another browser."""
        plain = http_ece.decrypt(received.body, private_key=self.key, auth_secret=SECRET, version="aes128gcm")
        return json.loads(plain)


def claims(received: Received) -> tuple[dict[str, Any], str]:
    """(what the VAPID token claims, the public key it names) – once the signature has been found good."""
    words = {name.strip(): value for name, _, value in _pairs(headers_of(received)["authorization"])}
    head, body, signature = words["t"].split(".")
    raw = decoded(signature)
    number = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(words["k"]))
    number.verify(_der(raw), f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    return json.loads(decoded(body)), words["k"]


def headers_of(received: Received) -> dict[str, str]:
    return {name.lower(): value for name, value in received.headers.items()}


def _pairs(header: str) -> list[tuple[str, str, str]]:
    kind, _, rest = header.partition(" ")
    assert kind == "vapid"
    return [each.partition("=") for each in rest.split(",")]


def _der(raw: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
