"""Reads the files that run and ship the product into plain values."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
# Shell default in a Procfile or compose value: $PORT there, the port inside the container here.
CONTAINER_PORT = "8000"
CONTAINER_HOST = "0.0.0.0"  # noqa: S104 - of a container, which has a network of its own


@dataclass(frozen=True)
class Instruction:
    word: str
    rest: str


def dockerfile() -> list[Instruction]:
    """The instructions in order, continuation lines joined, comments left out."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#")).replace("\\\n", " ")
    split = (line.split(None, 1) for line in text.splitlines() if line.strip())
    return [Instruction(word.upper(), rest) for word, rest in split]


def last_stage() -> list[Instruction]:
    instructions = dockerfile()
    start = max(index for index, each in enumerate(instructions) if each.word == "FROM")
    return instructions[start:]


def image_command() -> list[str]:
    """The exec form of the last CMD."""
    [command] = [each.rest for each in last_stage() if each.word == "CMD"]
    words: list[str] = json.loads(command)
    return words


def procfile() -> dict[str, list[str]]:
    """Process name → command words, with the port and the address of a container."""
    text = (ROOT / "Procfile").read_text().replace("$PORT", CONTAINER_PORT).replace("$ANJU_BIND", CONTAINER_HOST)
    return {name: shlex.split(command) for name, command in re.findall(r"^(\w+): (.+)$", text, re.MULTILINE)}


def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return parsed


def product_services() -> dict[str, dict[str, Any]]:
    """The services that run our image."""
    return {name: each for name, each in compose()["services"].items() if each["image"].startswith("anju:")}


def locked(name: str) -> dict[str, str]:
    """Requirement → everything said about it (version, marker, hashes) in one of the lock files."""
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
    found = (re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", entry) for entry in entries)
    return {match[1].lower(): entry for match, entry in zip(found, entries, strict=True) if match}
