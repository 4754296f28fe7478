"""Service requests over HTTP."""

from tests import cast
from tests.api.conftest import AsProgram, intake


def test_it_takes_in_a_request_and_reads_it_back(program: AsProgram, item: str) -> None:
    desk = program(cast.desk())
    made = desk.post("/requests", intake())
    assert made.status_code == 201, made.text
    read = desk.get(made.headers["Location"].removeprefix("/api/v1"))
    assert read.status_code == 200, read.text
    assert read.json["number"] == made.json["number"]
    assert read.headers["ETag"] == '"1"'
    listed = desk.get("/requests?filter[state]=open&count=true&sort=-due_at")
    assert listed.status_code == 200, listed.text
    assert listed.json["page"] == {"next": None, "total": 1}
    print(listed.json, read.json)
