"""compose.yaml runs the processes of the Procfile, behind passwords, and starts with no secret missing."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.packaging.deployment import ROOT, compose, image_command, procfile, product_services

SECRETS = {"SECRET_KEY", "MONGO_ROOT_PASSWORD", "MONGO_PASSWORD", "MONGO_KEYFILE", "REDIS_PASSWORD"}
QUEUES = ["ticks", "relay", "notices", "reports"]


def test_the_procfile_has_the_expected_processes_and_web_first() -> None:
    assert list(procfile()) == ["web", "ticker", *QUEUES]


def test_every_process_of_the_procfile_is_a_service_with_the_same_command() -> None:
    commands = {name: service.get("command", image_command()) for name, service in product_services().items()}
    assert commands == procfile()


@pytest.mark.parametrize("queue", QUEUES)
def test_each_queue_has_exactly_one_worker_and_each_worker_one_queue(queue: str) -> None:
    workers = [words for words in procfile().values() if words[:3] == ["python", "-m", "jobs.worker"]]
    assert [words[3:] for words in workers].count([queue]) == 1
    assert len(workers) == len(QUEUES)


def test_every_image_has_a_version() -> None:
    for name, service in compose()["services"].items():
        image, _, tag = service["image"].partition(":")
        assert tag, f"{name}: {image} has no tag"
        assert tag != "latest", name


def test_every_secret_is_refused_when_missing() -> None:
    text = (ROOT / "compose.yaml").read_text()
    for name in SECRETS:
        assert f"${{{name}:?" in text, f"{name} has no refusal"
        assert not re.search(rf"\$\{{{name}(:-|-|\}})", text), f"{name} has a default"


# The first logins of a server are printed by `seed`; a password for all of them is no part of a process's environment.
ONLY_MAKE_RUN = {"PORT", "ANJU_BIND", "ANJU_HOME", "ANJU_DEMO_PASSWORD"}


def test_every_setting_that_the_readme_names_reaches_the_containers() -> None:
    """What stands in `.env` and is not handed on would be ignored without a word."""
    readme = (ROOT / "README.md").read_text()
    table = readme.split("## Configuration")[1].split("\n## ")[0]
    named = {name for line in table.splitlines() if line.startswith("| `") for name in re.findall(r"`([A-Z_]+)`", line)}
    read = set(re.findall(r'environment, "([A-Z_]+)"', (ROOT / "store/settings.py").read_text()))
    assert read <= named
    for service in product_services().values():
        assert set(service["environment"]) == named - ONLY_MAKE_RUN


def test_no_password_is_written_down() -> None:
    for line in (ROOT / "compose.yaml").read_text().splitlines():
        if re.search(r"(PASSWORD|SECRET_KEY|KEYFILE): ", line) and not line.startswith("#"):
            assert ":?set " in line, line


def test_only_web_is_reachable_and_from_this_machine_only_by_default() -> None:
    published = {name: service["ports"] for name, service in compose()["services"].items() if service.get("ports")}
    assert list(published) == ["web"]
    assert published["web"] == ["${ANJU_BIND:-127.0.0.1}:${PORT:-8000}:8000"]
    assert compose()["networks"]["inside"] == {"internal": True}


def test_mongodb_is_a_replica_set_with_a_key_file_and_lasting_data() -> None:
    mongo = compose()["services"]["mongo"]
    assert mongo["image"].startswith("mongo:8")
    assert "--replSet rs0 --keyFile" in mongo["command"][-1]
    assert mongo["volumes"] == ["mongo:/data/db"]


def test_redis_keeps_its_jobs_and_asks_for_a_password() -> None:
    redis = compose()["services"]["redis"]
    words = shlex.split(redis["command"][-1])
    assert redis["image"].startswith("redis:8")
    assert words[words.index("--appendonly") + 1] == "yes"
    assert words[words.index("--requirepass") + 1] == "$$REDISCLI_AUTH"
    assert redis["environment"]["REDISCLI_AUTH"].startswith("${REDIS_PASSWORD:?")
    assert words[words.index("--maxmemory-policy") + 1] == "noeviction"
    assert redis["volumes"] == ["redis:/data"]


def test_the_product_waits_for_a_primary_and_for_redis() -> None:
    for service in product_services().values():
        assert service["depends_on"] == {
            "mongo-setup": {"condition": "service_completed_successfully"},
            "redis": {"condition": "service_healthy"},
        }


def test_servers_have_health_checks_and_all_come_back_after_a_crash() -> None:
    services = compose()["services"]
    assert services["mongo"]["healthcheck"]["test"]
    assert services["redis"]["healthcheck"]["test"]
    assert "healthcheck" not in services["web"]  # the image's own
    for name, service in services.items():
        assert service["restart"] == ("on-failure" if name == "mongo-setup" else "unless-stopped")


def test_every_service_has_a_limit_of_memory() -> None:
    assert {name for name, each in compose()["services"].items() if not each.get("mem_limit")} == {"mongo-setup"}


def test_web_is_run_by_a_guard_that_ends_it_when_it_hangs() -> None:
    words = image_command()
    assert words[: words.index("--")] == ["python", "-m", "admin_app.front.guard", "--port", "8000"]
    assert "--respawn-failed-workers" in words


@pytest.mark.parametrize("name", ["mongo", "redis"])
def test_a_server_that_hangs_is_ended_by_its_health_check_and_one_that_starts_is_not(name: str, tmp_path: Path) -> None:
    """Carried out by a shell, with a stub in the client's place and a note where the end would be."""
    service = compose()["services"][name]
    assert service["init"] is True, "no process of a container can end its first"
    [kind, script] = service["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    script = script.replace("$$", "$").replace("/tmp", str(tmp_path))  # noqa: S108
    script = script.replace("kill -9 -1", f"touch {tmp_path}/ended")
    client = tmp_path / ("mongosh" if name == "mongo" else "redis-cli")
    ended = tmp_path / "ended"

    def check(answer: str, times: int) -> bool:
        client.write_text(f"#!/bin/sh\n{answer}\n")
        client.chmod(0o700)
        path = f"{tmp_path}:{os.environ['PATH']}"
        done = [subprocess.run(["sh", "-c", script], env={"PATH": path}, check=False) for _ in range(times)]
        return done[-1].returncode == 0

    assert not check("exit 1", 50)
    assert not ended.exists(), "recovery may take its time"
    for _ in range(3):
        assert check("echo PONG", 1)
        assert not check("exit 1", 10)
        assert not ended.exists()
    assert not check("exit 1", 2)
    assert ended.exists()


def test_our_processes_have_no_rights_they_do_not_need() -> None:
    for service in product_services().values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_whoever_sends_or_fetches_may_leave_the_inner_network() -> None:
    for service in product_services().values():
        assert service["networks"] == ["inside", "outside"]
