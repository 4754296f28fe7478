"""What every answer says to the browser."""

from flask import Flask, Response, request

from admin_app.shell import hooks
from admin_app.shell.answers import ForProgram

# No 'unsafe-inline', no nonce: there are no inline scripts and styles at all.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_FIXED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
}
_NOT_KEPT = ("Cache-Control", "cache-control", "no-store")
_ONE_YEAR = "max-age=31536000; includeSubDomains"


def register(app: Flask, *, https: bool) -> None:
    fixed = {**_FIXED, "Strict-Transport-Security": _ONE_YEAR} if https else _FIXED
    everywhere = [(name, name.lower(), value) for name, value in fixed.items()]
    complete = [(name, value) for name, _, value in [*everywhere, _NOT_KEPT]]

    def add_headers(response: Response) -> Response:
        if isinstance(response, ForProgram):
            response.everywhere = complete
            return response
        # Asking the headers about each name would walk through all of them each time.
        said = {name.lower() for name, _ in response.headers}
        for name, known, value in everywhere if request.endpoint == "static" else [*everywhere, _NOT_KEPT]:
            if known not in said:
                response.headers.add(name, value)
        return response

    hooks.after_all(app, add_headers)
