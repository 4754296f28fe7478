"""Web Push: wakes the tablet app, which then asks the server. The message says nothing but that there is something new."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from pywebpush import WebPushException, webpush

from store.notices.guarded import guard
from store.notices.rules import PUSH
from store.notices.senders import Letter, SendFailed, Session

SECONDS = 4.0
# The tablet asks the server by itself when it is opened: an older call to look is worth nothing.
KEPT_SECONDS = 4 * 3600
# Of several that wait for a tablet which is off the push service keeps the last.
TOPIC = "work"
MESSAGE = json.dumps({"path": "/tablet/"})
PAUSE = timedelta(minutes=1)
GONE = frozenset({404, 410})


class PushSender:
    """`key` gives the installation's private key, `subject` is whom a push service may turn to (RFC 8292);
    `gone` is told of an address at which nobody listens any more."""

    channel = PUSH

    def __init__(
        self,
        key: Callable[[], str],
        subject: str,
        gone: Callable[[str], None],
        *,
        allow_private: bool = False,
        seconds: float = SECONDS,
    ) -> None:
        self._key = key
        self._subject = subject
        self._gone = gone
        self._allow_private = allow_private
        self._seconds = seconds

    def receiver(self, address: str) -> str:
        parts = urlsplit(json.loads(address)["endpoint"])
        return f"{parts.scheme}://{parts.netloc}"

    @contextmanager
    def open(self, receiver: str) -> Iterator[Session]:
        parts = urlsplit(receiver)
        if not self._allow_private and parts.scheme != "https":
            raise SendFailed("private_address", final=True, broken=True)
        with _Direct() as connection:
            if not self._allow_private:
                guard(connection)
            yield _PushSession(connection, self._key(), self._subject, self._gone, self._seconds)


class _Direct(requests.Session):
    """Follows no redirect: it could lead into our own network. Of the answer only the status is read: anybody's address
    may stand here, and a body that never ends would keep the sender for ever."""

    def post(self, url: Any, *args: Any, **options: Any) -> requests.Response:
        heard = super().post(url, *args, **{**options, "allow_redirects": False, "stream": True})
        heard.close()
        said = requests.Response()
        said.status_code = heard.status_code
        return said


class _PushSession:
    def __init__(
        self, connection: requests.Session, key: str, subject: str, gone: Callable[[str], None], seconds: float
    ) -> None:
        self._connection = connection
        self._key = key
        self._subject = subject
        self._gone = gone
        self._seconds = seconds

    def send(self, letter: Letter) -> str:
        subscription = json.loads(letter.address)
        try:
            webpush(
                subscription,
                MESSAGE,
                self._key,
                {"sub": self._subject},
                timeout=self._seconds,
                ttl=KEPT_SECONDS,
                headers={"Urgency": "high" if letter.urgent else "normal", "Topic": TOPIC},
                requests_session=self._connection,
            )
        except requests.Timeout:
            raise SendFailed("timed_out", broken=True) from None
        except requests.RequestException:
            raise SendFailed("unreachable", broken=True) from None
        except WebPushException as error:
            if error.response is not None and error.response.status_code in GONE:
                self._gone(subscription["endpoint"])
                raise SendFailed("unsubscribed", final=True) from None
            raise _refused(error.response) from None
        return "OK"


def _refused(answer: requests.Response | None) -> SendFailed:
    status = answer.status_code if answer is not None else 0
    if status == 429:
        return SendFailed("rate_limited", later=PAUSE, said="HTTP 429")
    return SendFailed("refused", said=f"HTTP {status}")
