"""Serves the built tablet app: one page for every address below `/tablet/`, its files, and the service worker.

Everybody may load the app: it is code without data, and on a tablet nobody is signed in by session. What it shows it
asks for at `/api/v1/field/`, with a token.
"""

from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request, send_from_directory, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from admin_app.shell import gate
from store.words import Words

FOLDER = Path(__file__).parents[2] / "frontend" / "dist"
# A browser asks anew each time and is answered 304 when nothing changed; old pages must not outlive a new release.
_ASK_ANEW = "no-cache"
# The build puts a hash of the content into these names.
_FOR_EVER = "public, max-age=31536000, immutable"
# The tablet records voice notes; no other page of the house hears anything.
_PERMISSIONS = "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()"
# The smallest first: encoding → what the build puts behind a file's name.
_PACKED = {"br": "br", "gzip": "gz"}
NOT_BUILT = Words(
    "平板应用尚未构建：请运行 make run 或 make test（需要 Node.js 20.19 以上）",
    "The tablet app has not been built: run make run or make test (Node.js 20.19 or newer is needed)",
)

blueprint = Blueprint("tablet", __name__, url_prefix="/tablet")


@blueprint.get("")
@gate.public
def without_slash() -> AnyResponse:
    """The scope of the app and its service worker is `/tablet/`; outside it neither would work."""
    return redirect(url_for("tablet.page"))


@blueprint.get("/")
@blueprint.get("/<path:path>")
@gate.public
def page(path: str = "") -> Response | tuple[str, int]:
    """The shell. The app itself finds out from the address which screen is meant."""
    if not (FOLDER / "index.html").is_file():
        return render_template("tablet/not_built.html", words=NOT_BUILT), 503
    response = _file("index.html", _ASK_ANEW)
    response.headers["Permissions-Policy"] = _PERMISSIONS
    return response


@blueprint.get("/assets/<path:name>")
@gate.public
def asset(name: str) -> Response:
    return _file(f"assets/{name}", _FOR_EVER)


@blueprint.get("/icons/<name>")
@gate.public
def icon(name: str) -> Response:
    return _file(f"icons/{name}", _ASK_ANEW)


@blueprint.get("/manifest.webmanifest")
@gate.public
def manifest() -> Response:
    return _file("manifest.webmanifest", _ASK_ANEW, "application/manifest+json")


@blueprint.get("/service-worker.js")
@gate.public
def service_worker() -> Response:
    response = _file("service-worker.js", _ASK_ANEW, "text/javascript")
    response.headers["Service-Worker-Allowed"] = "/tablet/"
    return response


def _file(name: str, caching: str, media_type: str | None = None) -> Response:
    """Packed as the browser likes it best, where the build has packed it.

    Raises `NotFound` for what the build did not make, which is also every path that leads out of its folder.
    """
    if not FOLDER.is_dir():
        raise NotFound()
    plain = send_from_directory(FOLDER, name, mimetype=media_type)
    response = _packed(name, plain.mimetype) or plain
    response.headers["Cache-Control"] = caching
    # A cache on the way must not give one browser what another can unpack.
    response.vary.add("Accept-Encoding")
    return response


def _packed(name: str, media_type: str | None) -> Response | None:
    liked = next((each for each in _PACKED if request.accept_encodings.quality(each) > 0), None)
    packed = f"{name}.{_PACKED[liked]}" if liked else None
    if packed is None or not (FOLDER / packed).is_file():
        return None
    response = send_from_directory(FOLDER, packed, mimetype=media_type)
    response.headers["Content-Encoding"] = liked
    return response
