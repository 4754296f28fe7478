"""Static files under an address that changes with their content, so that browsers may keep them for ever.

`url_for("static", filename="js/shell.js")` gives `/static/<tree>/js/shell.js`. The tree's hash is in the path, not in a
query, so that modules importing each other by relative names stay in one version.
"""

from hashlib import blake2b
from pathlib import Path
from typing import Any

from flask import Flask, Response, send_from_directory

from admin_app.shell import gate

FOLDER = Path(__file__).parent.parent / "static"
_FOR_EVER = "public, max-age=31536000, immutable"


def tree_hash(folder: Path) -> str:
    """A short hash over the names and contents of all files below `folder`."""
    digest = blake2b(digest_size=6)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(file.relative_to(folder).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def register(app: Flask) -> None:
    version = tree_hash(FOLDER)

    @gate.public
    def serve(tree: str, filename: str) -> Response:
        response = send_from_directory(FOLDER, filename)
        # During a deployment an old page may ask a new process: answered, but not remembered.
        response.headers["Cache-Control"] = _FOR_EVER if tree == version else "no-cache"
        return response

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("tree", tree_hash(FOLDER) if app.debug else version)

    app.add_url_rule("/static/<tree>/<path:filename>", endpoint="static", view_func=serve)
    app.url_defaults(add_version)
