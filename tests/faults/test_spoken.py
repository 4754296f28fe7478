"""The reader of the product's log finds defects, and knows what RQ says of a Redis that went away."""

from tests.faults.spoken import errors, unexplained

AWAY = """
relay   | rq.worker ERROR Worker 1: found an unhandled exception, quitting...
relay   | Traceback (most recent call last):
web     | [INFO] Started worker-1
relay   |   File "a.py", line 1, in a
relay   | ConnectionRefusedError: [Errno 111]
relay   |
relay   | During handling of the above exception, another exception occurred:
relay   |
relay   | Traceback (most recent call last):
relay   |   File "b.py", line 2, in b
relay   | redis.exceptions.ConnectionError: Error 111
"""
DEFECT = """
web     | Traceback (most recent call last):
web     |   File "c.py", line 3, in c
web     | KeyError: 'name'
web     | anju.front ERROR GET / could not be carried out: ValueError
"""


def test_what_rq_says_of_a_redis_that_went_away_is_explained() -> None:
    assert errors(AWAY) == {"relay: redis.exceptions.ConnectionError": 1}
    assert unexplained(AWAY) == {}


def test_what_rq_says_of_a_job_that_was_wiped_beneath_it_is_explained() -> None:
    assert unexplained(AWAY.replace("redis.exceptions.ConnectionError", "rq.exceptions.InvalidJobOperation")) == {}


def test_a_defect_is_found_between_the_lines_of_others() -> None:
    found = unexplained(AWAY + DEFECT)
    assert sorted(found) == ["web: KeyError", "web: anju.front ERROR GET / could not be carried out: ValueError"]
