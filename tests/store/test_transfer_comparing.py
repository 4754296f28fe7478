"""A dry run tells of each row of a list what becomes of it."""

from store.fields.spec import Field
from store.transfer.comparing import changes
from store.words import Words

STEPS = Field(
    "steps",
    "list",
    Words("步骤", "Steps"),
    fields=(Field("code", "text", Words("编号", "Code")), Field("text", "text", Words("内容", "Text"))),
)


def test_a_row_that_moved_is_told_by_its_places_and_the_others_are_not_told() -> None:
    old = [{"code": code, "text": code} for code in "abcdefgh"]
    found = list(changes([STEPS], {"steps": old}, {"steps": [old[-1], *old[:-1]]}))
    assert [(each.kind, each.label.zh, each.old.zh, each.new.zh) for each in found] == [
        ("moved", "步骤 › h", "第 8 位", "第 1 位")
    ]
