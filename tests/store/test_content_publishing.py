"""The life of content: draft → published on a date → superseded or withdrawn; what was published never changes."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from store.content import operations as content
from store.content import reading
from store.content.documents import Content, Revision
from store.differences import difference
from store.errors import Conflict, Forbidden, Invalid, NotFound, RuleBroken
from store.health import operations as health
from tests import cast

NOW = cast.NOW
LATER = NOW + timedelta(hours=1)
TOMORROW = NOW + timedelta(days=1)
LATER_ON = TOMORROW + timedelta(minutes=10)
KIND = "service_category"
MANAGER = cast.manager()


def body(zh: str = "接待", **changes: Any) -> dict[str, Any]:
    return {"name": {"zh": zh}, "clause": "2.1", **changes}


def name_at(moment: Any, code: str = "reception") -> str | None:
    found = reading.live(KIND, code, moment)
    return found.body["name"]["zh"] if found else None


def draft(zh: str = "接待", code: str = "reception", **changes: Any) -> Content:
    return content.create(KIND, code, body(zh, **changes), actor=MANAGER, now=NOW)


def save(zh: str, **changes: Any) -> Content:
    return content.save_draft(KIND, "reception", body(zh), **{"actor": MANAGER, "now": LATER, **changes})


def publish(**changes: Any) -> Content:
    return content.publish(KIND, "reception", **{"actor": MANAGER, "now": NOW, **changes})


def problems_of(act: Callable[[], Any]) -> list[str]:
    with pytest.raises(Invalid) as error:
        act()
    return [problem.code for problem in error.value.problems]


def test_a_draft_is_not_in_force(database: Any) -> None:
    draft()
    assert name_at(TOMORROW) is None


def test_published_content_is_in_force_from_that_moment(database: Any) -> None:
    draft()
    head = publish()
    assert (head.state, head.revision) == ("published", 1)
    assert name_at(NOW) == "接待"
    assert name_at(NOW - timedelta(milliseconds=1)) is None


def test_a_saved_draft_does_not_touch_what_is_in_force(database: Any) -> None:
    draft()
    publish()
    assert save("新的").state == "changed"
    assert name_at(TOMORROW) == "接待"


def test_saving_what_is_in_force_makes_it_unchanged_again(database: Any) -> None:
    draft()
    publish()
    save("新的")
    assert save("接待").state == "published"


def test_every_moment_keeps_the_revision_that_was_in_force(database: Any) -> None:
    draft()
    publish()
    save("新的")
    publish(now=TOMORROW)
    assert name_at(TOMORROW - timedelta(milliseconds=1)) == "接待"
    assert name_at(TOMORROW) == "新的"
    assert [each.number for each in reading.revisions(KIND, "reception")] == [2, 1]
    assert reading.revision_body(KIND, "reception", 1)["name"] == {"zh": "接待"}


def test_a_revision_stays_as_it_was_published(database: Any) -> None:
    draft()
    publish()
    before = Revision._get_collection().find_one()
    save("新的")
    publish(now=LATER)
    content.withdraw(KIND, "reception", actor=MANAGER, now=TOMORROW)
    # The mark is none of what was published.
    assert Revision._get_collection().find_one({"number": 1}, {"superseded_at": 0}) == before


def test_a_withdrawal_ends_its_force_and_keeps_the_past(database: Any) -> None:
    draft()
    publish()
    content.withdraw(KIND, "reception", actor=MANAGER, now=TOMORROW)
    assert name_at(TOMORROW) is None
    assert name_at(LATER) == "接待"
    assert reading.live_all(KIND, TOMORROW) == []


def test_withdrawn_content_comes_back_by_publishing(database: Any) -> None:
    draft()
    publish()
    content.withdraw(KIND, "reception", actor=MANAGER, now=LATER)
    assert publish(now=TOMORROW).state == "published"
    assert name_at(TOMORROW) == "接待"


def test_an_incomplete_draft_is_kept_but_not_published(database: Any) -> None:
    content.create("service_standard", "kept", {"name": {"zh": "兑现"}}, actor=MANAGER, now=NOW)
    found = problems_of(lambda: content.publish("service_standard", "kept", actor=MANAGER, now=NOW))
    assert set(found) == {"required"}
    assert Revision.objects.count() == 0


def test_a_misshapen_draft_is_refused_and_nothing_is_written(database: Any) -> None:
    assert problems_of(lambda: draft(order="many", nonsense=1)) == ["unknown_field", "not_integer"]
    assert Content.objects.count() == 0


def test_a_reference_to_what_is_not_published_keeps_it_from_being_published(database: Any) -> None:
    draft(department="nowhere")
    assert problems_of(publish) == ["reference_missing"]


# on a date


def test_it_is_published_on_its_date_and_not_a_millisecond_before(database: Any) -> None:
    draft()
    head = content.schedule(KIND, "reception", at=TOMORROW, actor=MANAGER, now=NOW)
    assert head.state == "scheduled"
    assert content.publish_due(TOMORROW - timedelta(milliseconds=1)) == 0
    assert content.publish_due(TOMORROW) == 1
    assert content.publish_due(TOMORROW) == 0
    assert name_at(TOMORROW) == "接待"


def test_a_late_sweep_publishes_as_of_the_date(database: Any) -> None:
    draft()
    content.schedule(KIND, "reception", at=TOMORROW, actor=MANAGER, now=NOW)
    content.publish_due(TOMORROW + timedelta(hours=5))
    revision = reading.live(KIND, "reception", TOMORROW)
    assert revision is not None
    assert (revision.effective_at, revision.by) == (TOMORROW, "manager")


def test_what_was_scheduled_is_published_not_what_was_typed_since(database: Any) -> None:
    draft()
    content.schedule(KIND, "reception", at=TOMORROW, actor=MANAGER, now=NOW)
    save("半成品")
    content.publish_due(TOMORROW)
    assert name_at(TOMORROW) == "接待"
    assert reading.get(KIND, "reception", MANAGER).state == "changed"


def test_nothing_is_published_into_the_past(database: Any) -> None:
    draft()
    for at in (NOW, NOW - timedelta(days=1)):
        act = lambda at=at: content.schedule(KIND, "reception", at=at, actor=MANAGER, now=NOW)  # noqa: E731
        assert problems_of(act) == ["publish_in_the_past"]
    assert reading.get(KIND, "reception", MANAGER).state == "draft"


def test_a_cancelled_schedule_publishes_nothing(database: Any) -> None:
    draft()
    content.schedule(KIND, "reception", at=TOMORROW, actor=MANAGER, now=NOW)
    assert content.cancel_schedule(KIND, "reception", actor=MANAGER, now=LATER).state == "draft"
    assert content.publish_due(TOMORROW) == 0


def test_a_schedule_whose_reference_is_gone_goes_back_to_its_author(database: Any) -> None:
    cast.make_department("service")
    draft(department="service")
    content.schedule(KIND, "reception", at=TOMORROW, actor=MANAGER, now=NOW)
    database["departments"].update_one({"code": "service"}, {"$set": {"active": False}})
    content.publish_due(TOMORROW)
    head = reading.get(KIND, "reception", MANAGER)
    assert (head.state, head.publish_at) == ("draft", None)
    assert head.events[-1].verb == "publish_refused"
    (told,) = head.events[-1].to_notify
    assert (told["template"], told["to"], told["params"]) == (
        "publication-refused",
        ["manager"],
        {"due": TOMORROW, "count": 1},
    )
    assert content.publish_due(TOMORROW) == 0


def test_sixteen_sweeps_publish_one_revision(database: Any) -> None:
    draft()
    content.schedule(KIND, "reception", at=TOMORROW, actor=MANAGER, now=NOW)
    errors = at_once(16, lambda n: content.publish_due(TOMORROW))
    assert errors == []
    assert Revision.objects.count() == 1
    assert reading.get(KIND, "reception", MANAGER).revision == 1


def schedule_many(count: int) -> None:
    """`reception-0` comes into force first."""
    for number in range(count):
        code, at = f"reception-{number}", TOMORROW + timedelta(minutes=number)
        content.create(KIND, code, body("接待"), actor=MANAGER, now=NOW)
        content.schedule(KIND, code, at=at, actor=MANAGER, now=NOW)


def test_as_many_bad_heads_as_a_run_takes_keep_no_other_from_its_date(database: Any) -> None:
    schedule_many(4)
    database.content.update_many({"code": {"$ne": "reception-3"}}, {"$set": {"scheduled": {}}})
    due = TOMORROW + timedelta(minutes=5)
    done = [content.publish_due(due + n * timedelta(seconds=5), limit=3) for n in range(3)]
    assert done == [0, 1, 0]
    assert reading.get(KIND, "reception-3", MANAGER).state == "published"
    aside = {each.about["number"]: each.until for each in health.bad_records()}
    assert aside == {f"reception-{n}": due + timedelta(hours=1) for n in range(3)}


def test_what_was_put_aside_comes_into_force_when_it_is_mended_and_asked_for_again(database: Any) -> None:
    schedule_many(1)
    before = database.content.find_one_and_update({}, {"$set": {"scheduled": {}}})
    content.publish_due(TOMORROW)
    database.content.update_one({}, {"$set": {"scheduled": before["scheduled"]}})
    assert content.publish_due(LATER_ON) == 0
    [bad] = health.bad_records()
    health.try_again(bad.key, actor=cast.administrator(), now=LATER_ON)
    assert content.publish_due(LATER_ON) == 1
    assert health.bad_records() == []


def test_a_new_date_does_not_wait_for_the_hour_of_the_one_before(database: Any) -> None:
    schedule_many(1)
    database.content.update_one({}, {"$set": {"scheduled": {}}})
    content.publish_due(TOMORROW)
    content.cancel_schedule(KIND, "reception-0", actor=MANAGER, now=LATER_ON)
    soon = LATER_ON + timedelta(minutes=1)
    content.schedule(KIND, "reception-0", at=soon, actor=MANAGER, now=LATER_ON)
    assert content.publish_due(soon) == 1


# cut off


def cut_off_before_the_revision() -> None:
    """What a power cut between the head's write and the revision's leaves behind."""
    draft()
    publish()
    revision = Revision._get_collection().find_one_and_delete({})
    kept = ("number", "body", "uses", "withdrawn", "effective_at", "by", "by_name", "note")
    Content._get_collection().update_one({}, {"$set": {"publishing": {name: revision[name] for name in kept}}})
    assert name_at(NOW) is None


def test_a_publication_that_was_cut_off_is_finished_by_the_sweep(database: Any) -> None:
    cut_off_before_the_revision()
    content.publish_due(LATER)
    assert name_at(NOW) == "接待"
    assert not reading.get(KIND, "reception", MANAGER).publishing


def test_a_publication_that_was_cut_off_after_the_revision_makes_no_second_one(database: Any) -> None:
    draft()
    publish()
    intent = {**Revision._get_collection().find_one(), "number": 1}
    Content._get_collection().update_one({}, {"$set": {"publishing": {**intent, "body": body("错的")}}})
    content.publish_due(LATER)
    assert Revision.objects.count() == 1
    assert name_at(NOW) == "接待"


def test_a_second_publication_does_not_swallow_one_that_was_cut_off(database: Any) -> None:
    cut_off_before_the_revision()
    save("新的")
    publish(now=TOMORROW)
    content.publish_due(TOMORROW)
    assert [each.number for each in reading.revisions(KIND, "reception")] == [2, 1]
    assert name_at(LATER) == "接待"


# two at once


def at_once(count: int, act: Callable[[int], Any]) -> list[Exception]:
    errors: list[Exception] = []
    start = Barrier(count)

    def run(number: int) -> None:
        start.wait()
        try:
            act(number)
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_of_sixteen_who_take_a_code_one_wins_and_fifteen_are_told(database: Any) -> None:
    errors = at_once(16, lambda n: draft(f"第{n}个"))
    assert [getattr(error, "code", error) for error in errors] == ["code_taken"] * 15
    assert Content.objects.count() == 1


def test_the_second_of_two_editors_is_told_what_the_first_one_changed(database: Any) -> None:
    seen = draft().version
    save("甲的", seen=seen, actor=cast.supervisor())
    with pytest.raises(Conflict) as error:
        save("乙的", seen=seen)
    assert error.value.code == "changed_meanwhile"
    assert "褚安毅" in error.value.words.zh
    (theirs,) = error.value.details["theirs"]
    assert theirs["detail"]["changes"] == [{"field": "name.zh", "old": "接待", "new": "甲的"}]
    assert reading.get(KIND, "reception", MANAGER).draft["name"]["zh"] == "甲的"


def test_of_sixteen_editors_at_once_each_saved_version_has_its_event(database: Any) -> None:
    draft()
    errors = at_once(16, lambda n: save(f"第{n}版"))
    assert {getattr(error, "code", error) for error in errors} <= {"changed_meanwhile"}
    head = reading.get(KIND, "reception", MANAGER)
    assert head.version == len(head.events) == 17 - len(errors)
    assert [event.n for event in head.events] == list(range(1, head.version + 1))


def test_a_stale_publication_is_refused(database: Any) -> None:
    seen = draft().version
    save("新的")
    with pytest.raises(Conflict):
        publish(seen=seen)
    assert Revision.objects.count() == 0


# in use


@pytest.fixture
def used(database: Any) -> None:
    draft()
    publish()
    standard = {
        "name": {"zh": "满意度"},
        "category": "reception",
        "indicator": "satisfaction_rate",
        "target": 90,
        "unit": "percent",
        "better": "higher",
    }
    content.create("service_standard", "satisfaction", standard, actor=MANAGER, now=NOW)


def test_what_a_draft_uses_cannot_be_withdrawn(used: None) -> None:
    with pytest.raises(Conflict) as error:
        content.withdraw(KIND, "reception", actor=MANAGER, now=LATER)
    assert error.value.code == "in_use"
    assert [(user["kind"], user["code"]) for user in error.value.details["users"]] == [
        ("service_standard", "satisfaction")
    ]


def test_what_published_content_uses_cannot_be_withdrawn_even_if_the_draft_let_go(used: None) -> None:
    content.publish("service_standard", "satisfaction", actor=MANAGER, now=NOW)
    draft("另一个", code="other")
    content.publish(KIND, "other", actor=MANAGER, now=NOW)
    standard = reading.get("service_standard", "satisfaction", MANAGER).draft
    content.save_draft("service_standard", "satisfaction", {**standard, "category": "other"}, actor=MANAGER, now=NOW)
    with pytest.raises(Conflict):
        content.withdraw(KIND, "reception", actor=MANAGER, now=LATER)
    content.publish("service_standard", "satisfaction", actor=MANAGER, now=LATER)
    content.withdraw(KIND, "reception", actor=MANAGER, now=LATER)


def test_a_draft_in_use_is_neither_removed_nor_renamed(database: Any) -> None:
    draft()
    content.create("service_standard", "s", {"name": {"zh": "x"}, "category": "reception"}, actor=MANAGER, now=NOW)
    for act in (
        lambda: content.remove(KIND, "reception", actor=MANAGER, now=NOW),
        lambda: content.rename(KIND, "reception", "front-desk", actor=MANAGER, now=NOW),
    ):
        with pytest.raises(Conflict) as error:
            act()
        assert error.value.code == "in_use"


def test_a_department_in_use_by_content_stays(database: Any) -> None:
    from store import directory

    cast.make_department("service")
    draft(department="service")
    with pytest.raises(Conflict) as error:
        directory.set_active("department", "service", False, actor=MANAGER, now=NOW)
    assert error.value.details["users"][0]["code"] == "reception"


def test_only_a_draft_can_be_removed_or_renamed(database: Any) -> None:
    draft()
    assert content.rename(KIND, "reception", "front-desk", actor=MANAGER, now=NOW).code == "front-desk"
    content.publish(KIND, "front-desk", actor=MANAGER, now=NOW)
    with pytest.raises(Conflict):
        content.rename(KIND, "front-desk", "reception", actor=MANAGER, now=NOW)
    with pytest.raises(RuleBroken):
        content.remove(KIND, "front-desk", actor=MANAGER, now=NOW)


# back and forth


def test_an_earlier_revision_comes_back_as_a_draft(database: Any) -> None:
    draft()
    publish()
    save("新的")
    publish(now=LATER)
    head = content.restore(KIND, "reception", 1, actor=MANAGER, now=LATER)
    assert (head.state, head.draft["name"]["zh"]) == ("changed", "接待")
    assert name_at(TOMORROW) == "新的"
    publish(now=TOMORROW)
    assert name_at(TOMORROW) == "接待"


def test_a_revision_that_never_was_is_not_restored(database: Any) -> None:
    draft()
    with pytest.raises(NotFound):
        content.restore(KIND, "reception", 7, actor=MANAGER, now=NOW)


def test_a_withdrawal_is_not_restored_for_it_has_no_body(database: Any) -> None:
    draft()
    publish()
    content.withdraw(KIND, "reception", actor=MANAGER, now=LATER)
    with pytest.raises(RuleBroken) as refused:
        content.restore(KIND, "reception", 2, actor=MANAGER, now=LATER)
    assert refused.value.code == "nothing_to_restore"
    assert Content.objects.get().draft == body("接待")


def test_what_was_never_published_is_not_withdrawn(database: Any) -> None:
    draft()
    content.schedule(KIND, "reception", at=TOMORROW, actor=MANAGER, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        content.withdraw(KIND, "reception", actor=MANAGER, now=LATER)
    assert refused.value.code == "never_published"


def test_the_difference_of_two_revisions_names_the_leaves(database: Any) -> None:
    draft(order=1)
    publish()
    content.save_draft(KIND, "reception", body("接待", order=2, clause="3.1"), actor=MANAGER, now=LATER)
    publish(now=LATER)
    old, new = (reading.revision_body(KIND, "reception", number) for number in (1, 2))
    assert difference(old, new) == [
        {"field": "clause", "old": "2.1", "new": "3.1"},
        {"field": "order", "old": 1, "new": 2},
    ]


# by whom


def test_a_supervisor_writes_and_a_manager_publishes(database: Any) -> None:
    content.create(KIND, "reception", body(), actor=cast.supervisor(), now=NOW)
    with pytest.raises(Forbidden):
        publish(actor=cast.supervisor())
    content.submit(KIND, "reception", actor=cast.supervisor(), now=NOW)
    assert publish().state == "published"


def test_what_is_sent_back_is_a_draft_again(database: Any) -> None:
    draft()
    content.submit(KIND, "reception", actor=cast.supervisor(), now=NOW)
    head = content.send_back(KIND, "reception", actor=MANAGER, now=NOW, note="请补英文")
    assert (head.state, head.events[-1].detail["note"]) == ("draft", "请补英文")


def test_the_desk_and_the_field_write_no_content(database: Any) -> None:
    for actor in (cast.desk(), cast.guard(), cast.auditor()):
        with pytest.raises(Forbidden):
            content.create(KIND, "reception", body(), actor=actor, now=NOW)


@pytest.mark.parametrize("injected", [{"$ne": None}, {"$gt": ""}, ["reception"], None, 7])
def test_an_operator_in_place_of_a_code_finds_nothing(database: Any, injected: Any) -> None:
    draft()
    with pytest.raises(NotFound):
        reading.get(KIND, injected, MANAGER)


def test_an_operator_in_place_of_a_value_is_refused_by_its_field(database: Any) -> None:
    assert problems_of(lambda: draft(clause={"$ne": None})) == ["not_text"]
    assert problems_of(lambda: draft(department={"$ne": None})) == ["not_a_code"]
    assert problems_of(lambda: draft(order={"$gt": 0})) == ["not_integer"]
    assert problems_of(lambda: draft(order={"$ne": None}, clause={"$exists": ""})) == ["not_text", "not_integer"]
