"""`docs/security.md` names tests: each of them is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_document_names_is_there() -> None:
    named = re.findall(r"`((?:tests|security)/[\w/]+(?:\.py)?/?)`", (ROOT / "docs" / "security.md").read_text())
    assert len(named) > 20
    missing = [each for each in named if not any((ROOT / base / each).exists() for base in ("", "tests"))]
    assert not missing
