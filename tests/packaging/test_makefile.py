"""The commands that people type."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.packaging.deployment import CONTAINER_HOST, ROOT, procfile

TARGETS = ["install", "run", "demo", "tablet", "test", "check", "bench", "torture", "lock"]


def make(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    # Inside `make test`: the outer make's flags must not reach the inner one.
    kept = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}}
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_make_alone_lists_every_command() -> None:
    listed = make().stdout
    assert [target for target in TARGETS if f"make {target} " not in listed] == []


@pytest.mark.parametrize("target", TARGETS)
def test_every_command_can_be_planned(target: str) -> None:
    planned = make("--dry-run", target)
    assert planned.returncode == 0, planned.stderr


def test_an_installed_environment_is_left_alone() -> None:
    planned = make("--dry-run", "--assume-old=requirements.lock", "--old-file=.venv/.installed", "install")
    assert "pip install" not in planned.stdout


def test_run_honours_the_port_and_seeds_before_it_serves() -> None:
    planned = make("--dry-run", "run", PORT="8123").stdout
    assert 'exec python -m embedded run --with-parent --web-port "8123"' in planned
    assert "http://127.0.0.1:8123" in planned
    assert "flask --app wsgi seed && exec python -m embedded parts Procfile" in planned


def test_run_listens_on_this_machine_only_unless_it_is_told_otherwise() -> None:
    told = "print-bind:\n\t@echo $(ANJU_BIND)\n"
    for given, expected in (({}, "127.0.0.1"), ({"ANJU_BIND": "0.0.0.0"}, "0.0.0.0")):  # noqa: S104
        asked = subprocess.run(
            ["make", "--no-print-directory", "-f", "Makefile", "-f", "-", "print-bind"],
            input=told,
            cwd=ROOT,
            env={**os.environ, **given},
            capture_output=True,
            text=True,
            check=True,
        )
        assert asked.stdout.strip() == expected
    assert procfile()["web"].count(CONTAINER_HOST) == 1, "the Procfile takes it from there"


def test_demo_differs_only_in_its_content() -> None:
    run, demo = make("--dry-run", "run").stdout, make("--dry-run", "demo").stdout
    assert demo == run.replace("wsgi seed", "wsgi demo")


def test_a_missing_python_is_named_with_the_command_that_installs_it() -> None:
    refused = make("--always-make", "install", "PYTHON=")
    assert refused.returncode != 0
    assert "Python 3.11 or newer. Install it: sudo apt-get install python3 python3-venv" in refused.stdout


@pytest.mark.parametrize("target", ["run", "demo", "test", "tablet"])
def test_the_tablet_app_is_built_anew_when_a_source_is_newer(target: str) -> None:
    assert "npm run --silent build" in make("--dry-run", "--what-if=frontend/src/main.tsx", target).stdout


def test_a_built_tablet_app_is_left_alone() -> None:
    kept = "--old-file=frontend/dist/.built"
    assert "npm run --silent build" not in make("--dry-run", kept, "run").stdout


def test_a_missing_npm_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    # A path with a shell and without Node, and an environment into which nothing can be installed.
    for program in ("sh", "bash", "env"):
        (tmp_path / program).symlink_to(str(shutil.which(program)))
    (tmp_path / ".installed").touch()
    refused = make("node", f"PATH={tmp_path}", f"VENV={tmp_path}")
    assert refused.returncode != 0
    assert "Node.js 20.19 or newer (or 22.12) with npm. Install it:" in refused.stdout
    assert "apt-get install nodejs npm" in refused.stdout


def test_the_gate_is_executable_and_runs_everything() -> None:
    gate = ROOT / ".ci" / "run"
    assert os.access(gate, os.X_OK)
    assert "make check test" in gate.read_text()
