"""The description as a contract: generated requests, right and wrong, to every operation. Never a 5xx, never an answer
that the description does not know."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests import cast
from tests.api.conftest import make_tablet_token, make_token
from tests.api.world import make_world, publish_type_of_all_kinds
from tests.conftest import SECRET_KEY
from tests.packaging.deployment import ROOT

# Not the one that the operations of devices try to revoke.
OWN_TABLET = "7c0d6d1e-2b5e-4a57-9d3c-6f1f2a520001"


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_every_operation_keeps_to_its_description(
    app: Any, redis: Any, mongo_server: str, redis_server: str, mode: str
) -> None:
    task = {"world": make_world(), "office": make_token(cast.manager())}
    publish_type_of_all_kinds()
    task["tablet"] = make_tablet_token(cast.manager(), OWN_TABLET)
    ours = {"MONGODB_URI": mongo_server, "REDIS_URL": redis_server, "SECRET_KEY": SECRET_KEY, "TASK": json.dumps(task)}
    command = [sys.executable, "-m", "tests.api.exploring", mode]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **ours}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum("explored" in line for line in told) > 110
    assert [line["wrong"] for line in told if "wrong" in line] == []
