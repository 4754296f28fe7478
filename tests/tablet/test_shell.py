"""The doors of the tablet app: one page for every address, files for ever, the worker always asked for anew."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from admin_app.tablet import shell
from tests.tablet.small_build import small_build


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = small_build(tmp_path / "dist")
    (tmp_path / "secret.txt").write_text("not part of the build")
    monkeypatch.setattr(shell, "FOLDER", folder)
    return folder


@pytest.mark.parametrize("path", ["/tablet/", "/tablet/enrol", "/tablet/orders/sunshine/plan:a:2026-11-25T09:00"])
def test_every_address_of_the_app_gives_its_shell(client: FlaskClient, built: Path, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "<title>安居</title>" in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_address_without_a_slash_leads_into_the_scope(client: FlaskClient, built: Path) -> None:
    answer = client.get("/tablet")
    assert (answer.status_code, answer.location) == (302, "/tablet/")


def test_hashed_files_are_kept_for_ever(client: FlaskClient, built: Path) -> None:
    answer = client.get("/tablet/assets/index-abc.js")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.mimetype == "text/javascript"


@pytest.mark.parametrize(
    ("liked", "sent"), [("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip"), ("br;q=0, gzip", "gzip")]
)
def test_what_the_build_has_packed_is_sent_packed(client: FlaskClient, built: Path, liked: str, sent: str) -> None:
    (built / "assets/index-abc.js.br").write_bytes(b"by br")
    (built / "assets/index-abc.js.gz").write_bytes(b"by gzip")
    answer = client.get("/tablet/assets/index-abc.js", headers={"Accept-Encoding": liked})
    assert (answer.headers["Content-Encoding"], answer.data) == (sent, f"by {sent}".encode())
    assert answer.mimetype == "text/javascript"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    again = client.get(
        "/tablet/assets/index-abc.js", headers={"Accept-Encoding": liked, "If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("liked", ["", "identity", "zstd"])
def test_who_cannot_unpack_gets_the_file_as_it_is(client: FlaskClient, built: Path, liked: str) -> None:
    (built / "index.html.br").write_bytes(b"by br")
    answer = client.get("/tablet/", headers={"Accept-Encoding": liked})
    assert "Content-Encoding" not in answer.headers
    assert "<title>安居</title>" in answer.text
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_the_service_worker_is_asked_for_anew_and_may_serve_the_whole_app(client: FlaskClient, built: Path) -> None:
    answer = client.get("/tablet/service-worker.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/tablet/"
    assert answer.mimetype == "text/javascript"


def test_the_manifest_has_its_own_media_type(client: FlaskClient, built: Path) -> None:
    assert client.get("/tablet/manifest.webmanifest").mimetype == "application/manifest+json"


def test_the_shell_keeps_the_strict_policy_of_the_site(client: FlaskClient, built: Path) -> None:
    policy = client.get("/tablet/").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path", ["/tablet/assets/gone.js", "/tablet/assets/../../secret.txt", "/tablet/assets/%2e%2e/%2e%2e/secret.txt"]
)
def test_nothing_but_the_build_is_served(client: FlaskClient, built: Path, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "not part of the build" not in answer.text


def test_an_app_that_was_not_built_says_what_to_do(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "FOLDER", tmp_path / "nowhere")
    answer = client.get("/tablet/")
    assert answer.status_code == 503
    assert "make run" in answer.text
    assert client.get("/tablet/service-worker.js").status_code == 404
