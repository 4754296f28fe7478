"""Where a chain is shown: on the page of an item that names none, on a record's clock, in the list of policies."""

from typing import Any

from tests import cast
from tests.admin_app.office import make_request, make_world

STEPS = [{"offset_minutes": 10, "action": "notify", "targets": [{"kind": "role", "ref": "manager"}]}]
FALLBACK = {"name": {"zh": "通用升级"}, "fallback": True, "steps": STEPS}
ITEM_PAGE = "/admin/content/service_item/tap/preview/?of=live"


def test_an_item_that_names_no_chain_says_which_it_falls_back_to(database: Any, sign_in: Any) -> None:
    make_world()
    manager = sign_in(cast.manager())
    assert "内置升级链（备用升级链）" in manager.get(ITEM_PAGE).text
    cast.publish("escalation_policy", "general", FALLBACK, cast.LONG_AGO)
    assert "通用升级（备用升级链）" in manager.get(ITEM_PAGE).text
    assert "1 步 · 备用升级链" in manager.get("/admin/content/escalation_policy/").text
    assert "(fallback chain)" in manager.get(f"{ITEM_PAGE}&lang=en").text


def test_a_record_says_by_which_chain_it_escalates_while_it_runs(database: Any, sign_in: Any) -> None:
    make_world()
    cast.publish("escalation_policy", "general", FALLBACK, cast.LONG_AGO)
    request = make_request()
    page = sign_in(cast.manager()).get(f"/admin/requests/{request.number}").text
    assert page.count("升级链：通用升级（备用升级链）") == len(request.clocks)
