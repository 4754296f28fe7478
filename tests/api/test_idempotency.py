"""`Idempotency-Key`: sent again, answered again, done once; and many writers of one code."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from pymongo.errors import AutoReconnect

from admin_app.api.documents import Attempt
from store import clock
from store.requests import operations as requests
from store.requests.documents import ServiceRequest
from tests import cast
from tests.api.conftest import AsProgram, Program, body_of, intake, make_token
from tests.faults.crew import until

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def at_once(count: int, ask: Any) -> list[Any]:
    """`ask(n)` in as many threads, let go at the same moment."""
    gate = Barrier(count)

    def run(n: int) -> Any:
        gate.wait()
        return ask(n)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_the_second_is_answered_as_the_first_and_nothing_is_done_twice(program: AsProgram, item: str) -> None:
    desk = program(cast.desk())
    first, second = (desk.post("/requests", intake(), headers=KEY) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert ServiceRequest.objects.count() == 1


def test_a_verb_is_done_once_too(program: AsProgram, item: str) -> None:
    desk = program(cast.desk())
    number = body_of(desk.post("/requests", intake()))["number"]
    answers = [desk.post(f"/requests/{number}/notes", {"text": "回电"}, headers=KEY) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 200]
    assert len(ServiceRequest.objects.get(number=number).replies) == 1


@pytest.mark.parametrize("changed", ["body", "address", "version"])
def test_the_same_key_for_something_else_is_refused(program: AsProgram, item: str, changed: str) -> None:
    desk = program(cast.desk())
    numbers = [body_of(desk.post("/requests", intake()))["number"] for _ in range(2)]
    desk.post(f"/requests/{numbers[0]}/notes", {"text": "a"}, headers=KEY)
    number = numbers[1] if changed == "address" else numbers[0]
    headers = {**KEY, **({"If-Match": '"2"'} if changed == "version" else {})}
    answer = desk.post(f"/requests/{number}/notes", {"text": "b" if changed == "body" else "a"}, headers=headers)
    assert (answer.status_code, body_of(answer)["code"]) == (422, "idempotency_key_reused")


def test_two_tokens_may_use_the_same_key(program: AsProgram, item: str) -> None:
    for who in (cast.desk(), cast.manager()):
        assert program(who).post("/requests", intake(), headers=KEY).status_code == 201
    assert ServiceRequest.objects.count() == 2


def test_what_was_refused_leaves_the_key_free(program: AsProgram, item: str) -> None:
    desk = program(cast.desk())
    assert desk.post("/requests", intake(item="nothing"), headers=KEY).status_code == 422
    assert desk.post("/requests", intake(), headers=KEY).status_code == 201


def test_a_key_is_forgotten_after_a_day(program: AsProgram, item: str) -> None:
    desk = program(cast.desk())
    desk.post("/requests", intake(), headers=KEY)
    Attempt.objects.update(set__created_at=clock.now() - timedelta(hours=24, seconds=1))
    assert "Idempotency-Replayed" not in desk.post("/requests", intake(), headers=KEY).headers
    assert ServiceRequest.objects.count() == 2


def test_a_first_try_that_may_still_run_is_not_overtaken(program: AsProgram, item: str) -> None:
    desk = program(cast.desk())
    desk.post("/requests", intake(), headers=KEY)
    cut_off(timedelta(seconds=59))
    answer = desk.post("/requests", intake(), headers=KEY)
    assert (answer.status_code, body_of(answer)["code"]) == (409, "idempotency_in_progress")


def test_what_was_cut_off_after_its_write_is_answered_by_what_it_wrote(program: AsProgram, item: str) -> None:
    desk = program(cast.desk())
    first = desk.post("/requests", intake(), headers=KEY)
    cut_off(timedelta(seconds=61))
    again, third = (desk.post("/requests", intake(), headers=KEY) for _ in range(2))
    assert (again.status_code, body_of(again)["number"]) == (201, body_of(first)["number"])
    assert (again.headers["Location"], again.headers["ETag"]) == (first.headers["Location"], first.headers["ETag"])
    assert again.headers["Idempotency-Replayed"] == "true"
    assert third.data == again.data
    assert ServiceRequest.objects.count() == 1


def test_a_verb_that_was_cut_off_after_its_write_is_not_done_again(program: AsProgram, item: str) -> None:
    desk = program(cast.desk())
    number = body_of(desk.post("/requests", intake()))["number"]
    desk.post(f"/requests/{number}/notes", {"text": "回电"}, headers=KEY)
    cut_off(timedelta(seconds=61))
    assert desk.post(f"/requests/{number}/notes", {"text": "回电"}, headers=KEY).status_code == 200
    assert len(ServiceRequest.objects.get(number=number).replies) == 1


def test_what_no_record_of_its_own_tells_of_is_said_to_be_done(program: AsProgram, database: Any) -> None:
    manager = program(cast.manager())
    body = {"code": "new", "name": {"zh": "新"}}
    manager.post("/estates", body, headers=KEY)
    cut_off(timedelta(seconds=61))
    answer = manager.post("/estates", body, headers=KEY)
    assert (answer.status_code, body_of(answer)["code"]) == (409, "idempotency_carried_out")


@pytest.mark.parametrize("written", [True, False], ids=["written", "not written"])
def test_a_try_that_the_database_left_is_told_truly_as_soon_as_it_is_back(
    program: AsProgram, item: str, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    desk = program(cast.desk())
    real = requests.create

    def leave(*values: Any, **more: Any) -> Any:
        if written:
            real(*values, **more)
        raise AutoReconnect("connection closed")

    with monkeypatch.context() as without:
        without.setattr(requests, "create", leave)
        lost = desk.post("/requests", intake(), headers=KEY)
    assert (lost.status_code, body_of(lost)["code"]) == (503, "database_unavailable")
    assert int(lost.headers["Retry-After"]) <= 10
    until(lambda: Attempt.objects(cut=True).count() == 1, "the end of the first try", 10)
    again = desk.post("/requests", intake(), headers=KEY)
    assert again.status_code == 201
    assert ("Idempotency-Replayed" in again.headers) is written
    assert ServiceRequest.objects.count() == 1


def cut_off(age: timedelta) -> None:
    """As if the process had been killed after its write, before it could keep the answer."""
    began = clock.now() - age
    Attempt.objects.update(unset__status=True, unset__answer=True, set__created_at=began, set__begun_at=began)


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é"])
def test_a_key_that_is_none_is_refused(program: AsProgram, item: str, key: str) -> None:
    answer = program(cast.desk()).post("/requests", intake(), headers={"Idempotency-Key": key})
    assert (answer.status_code, body_of(answer)["code"]) == (400, "bad_idempotency_key")


def test_what_is_kept_of_an_answer_is_sealed(program: AsProgram, item: str, database: Any) -> None:
    program(cast.desk()).post("/requests", intake(words="canary-4711"), headers=KEY)
    assert "canary" not in str(list(database["api_attempts"].find()))


def test_eight_threads_with_one_key_make_one_request(app: Flask, item: str) -> None:
    secret = make_token(cast.desk())
    for round_ in range(5):
        headers = {"Idempotency-Key": f"round-{round_}"}
        answers = at_once(
            8, lambda n, headers=headers: Program(app, secret).post("/requests", intake(), headers=headers)
        )
        made = [each for each in answers if each.status_code == 201]
        others = {body_of(each)["code"] for each in answers if each.status_code != 201}
        assert made
        assert len({each.data for each in made}) == 1
        assert others <= {"idempotency_in_progress"}
        assert {each.status_code for each in answers} <= {201, 409}
        assert ServiceRequest.objects.count() == round_ + 1


@pytest.mark.parametrize("kind", ["estates", "content"])
def test_of_sixteen_writers_of_one_code_one_makes_it(app: Flask, item: str, kind: str) -> None:
    secret = make_token(cast.manager())
    name = {"name": {"zh": "新"}}
    path, body = ("/estates", {"code": "new", **name})
    if kind == "content":
        path, body = "/content/checklist", {"code": "new", "body": name}
    answers = at_once(16, lambda n: Program(app, secret).post(path, body))
    assert sorted(each.status_code for each in answers) == [201] + [409] * 15
    assert {body_of(each)["code"] for each in answers if each.status_code == 409} == {"code_taken"}


def test_of_sixteen_editors_who_saw_one_version_one_saves(app: Flask, item: str) -> None:
    secret = make_token(cast.manager())
    cast.make_estate("new")
    headers = {"If-Match": '"1"'}
    answers = at_once(
        16, lambda n: Program(app, secret).put("/estates/new", {"name": {"zh": f"第{n}"}}, headers=headers)
    )
    assert sorted(each.status_code for each in answers) == [200] + [412] * 15
    assert {body_of(each)["code"] for each in answers if each.status_code == 412} == {"changed_meanwhile"}
    assert all(body_of(each)["theirs"][0]["verb"] == "update" for each in answers if each.status_code == 412)
