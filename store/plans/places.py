"""Where checkpoints are on a floor plan; pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from store.errors import Problem
from store.words import Words

Body = Mapping[str, Any]

# Of a checkpoint: its plan, and fractions of the picture's width and height.
PLACE = ("floor_plan", "plan_x", "plan_y")
PLACE_HALF_GIVEN = Words(
    "{code} 在图上的位置要有平面图、横向和纵向三项",
    "The place of {code} needs a floor plan, and both how far across and down",
)
FOREIGN_BUILDING = Words("楼属于另一个小区", "The building belongs to another estate")


def check_floor_plan(body: Body, building: Body | None) -> list[Problem]:
    """What the fields alone do not say of a floor plan; `building` is its building's, None without one."""
    problems = []
    if building is not None and building.get("estate") != body.get("estate"):
        problems.append(Problem("foreign_building", FOREIGN_BUILDING, "building"))
    return problems


def check_places(checkpoints: Sequence[Body]) -> Iterator[Problem]:
    for index, each in enumerate(checkpoints):
        given = [each.get(name) is not None for name in PLACE]
        if any(given) and not all(given):
            field = PLACE[given.index(False)]
            words = PLACE_HALF_GIVEN.fill(code=each.get("code"))
            yield Problem("place_half_given", words, f"checkpoints.{index}.{field}")
