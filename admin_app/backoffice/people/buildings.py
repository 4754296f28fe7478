"""楼栋: the directory's buildings, and the sheet of codes of a door and the homes behind it."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.frame.base import MenuPlace
from admin_app.backoffice.frame.code_sheets import TEMPLATE, Card, card
from admin_app.backoffice.people.directory import DirectoryPages
from store import directory
from store.premises.documents import Unit
from store.tablet.place_codes import building_code, unit_code
from store.words import Words, translated

# A tower of six hundred homes is not one page.
HOMES_ON_A_PAGE = 120
_NAMES = {"room": 1, "as_written": 1, "estate": 1}


class Buildings(DirectoryPages):
    """The directory's buildings, each with the codes of its door and of its homes."""

    def __init__(self, place: MenuPlace, words: Words) -> None:
        super().__init__("building", place, words)

    @expose("/-/<code>/codes")
    def codes(self, code: str) -> str:
        """One page to print; `?page=2` for the homes that have no place on the first."""
        building = directory.get("building", code, current_actor())
        homes = list(Unit._get_collection().find(_homes_of(code), _NAMES).sort("code", 1))
        pages = max(1, -(-len(homes) // HOMES_ON_A_PAGE))
        page = min(_page_asked(), pages)
        shown = homes[(page - 1) * HOMES_ON_A_PAGE : page * HOMES_ON_A_PAGE]
        name = translated(building.name)
        door = [card(building_code(code), name, "", Words(code, code))] if page == 1 else []
        return self.render(
            TEMPLATE,
            title=name,
            subtitle=Words("楼栋与房屋二维码", "Codes of the building and its homes"),
            hint=Words(
                "裁开后贴在楼门、房门或设备间；平板扫码可看这里的未完成工作和近 90 天记录，并直接上报。",
                "Cut apart and put at the door; a tablet that scans it shows what is open there and the last 90 days, and "
                "reports from there.",
            ),
            cards=[*door, *(_home(each, name) for each in shown)],
            page=page,
            pages=pages,
            back=self.get_url(".entry", code=code),
        )


def _page_asked() -> int:
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 5 else 1


def _homes_of(building: str) -> dict[str, Any]:
    return {"building": building, "active": {"$ne": False}}


def _home(unit: Mapping[str, Any], building: Words) -> Card:
    room = unit["room"]
    return card(unit_code(unit["estate"], room), Words(room, room), unit.get("as_written") or "", building)
