"""The sheet of codes of a building and its homes: what is printed is what the tablet's door reads."""

from flask import Flask

from store.tablet.place_codes import building_code, unit_code
from tests import cast
from tests.admin_app.conftest import SignIn

PAGE = "/admin/directory/building/-/sunshine-3/codes"


def test_a_building_has_a_code_and_so_has_each_of_its_homes(app: Flask, sign_in: SignIn) -> None:
    for room in ("3-1201", "3-1202", "5-101"):
        cast.make_household(room)
    page = sign_in(cast.manager()).get(PAGE).text
    assert page.count('<figure class="qr-card">') == 3
    assert all(words in page for words in ("3号楼", "sunshine-3", "3-1201", "3-1202"))
    assert "5-101" not in page
    assert building_code("sunshine-3") == "anju:building:sunshine-3"
    assert unit_code(cast.ESTATE, "3-1201") == "anju:unit:sunshine:3-1201"


def test_a_tower_is_printed_page_by_page(app: Flask, sign_in: SignIn) -> None:
    cast.make_household("3-101")
    for number in range(125):
        values = {"room": f"3-{200 + number}", "estate": cast.ESTATE, "building": "sunshine-3"}
        cast.make_entry("unit", f"sunshine-3-{200 + number}", values)
    client = sign_in(cast.manager())
    first, last = client.get(PAGE).text, client.get(f"{PAGE}?page=99").text
    assert (first.count('class="qr-card"'), last.count('class="qr-card"')) == (121, 6)
    assert client.get(f"{PAGE}?page=x").status_code == 200


def test_the_sheet_of_another_estate_is_absent(app: Flask, sign_in: SignIn) -> None:
    cast.make_household("3-1201")
    assert sign_in(cast.stranger()).get(PAGE).status_code == 404
