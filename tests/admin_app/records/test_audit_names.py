"""A kind of record has one name in the audit, through whichever door it was looked at or taken away."""

from typing import Any

import pytest
from flask import Flask

from store import clock, domains, kinds
from store.audit import operations as audit
from store.audit.documents import AuditEntry
from store.health import operations as health
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import make_request, make_world, post
from tests.api.conftest import Program, make_token

domains.load("documents")


@pytest.fixture
def request_of_a_resident(app: Flask) -> Any:
    make_world()
    return make_request(household="sunshine-3-1201", place="3-1201", contact_phone="13900000001")


def test_a_request_has_one_name_through_every_door(app: Flask, sign_in: SignIn, request_of_a_resident: Any) -> None:
    number = request_of_a_resident.number
    manager = sign_in(cast.manager())
    post(manager, f"/admin/requests/{number}/contact")
    Program(app, make_token(cast.manager())).post(f"/requests/{number}/contact-reveals")
    manager.get("/admin/requests/export")
    now = clock.now()
    about = request_of_a_resident.to_mongo().to_dict()
    health.report_bad("relay", "service_request", about, KeyError("x"), now=now, until=now)
    health.try_again(f"relay:service_request:{request_of_a_resident.pk}", actor=cast.administrator(), now=now)
    noted = [each.about.partition(":")[0] for each in AuditEntry.objects]
    # The household's own numbers are shown with the request's.
    assert {name for name in noted if name not in ("account", "household")} == {"service_request"}
    assert AuditEntry.objects(action="reveal_contact", about=f"service_request:{number}").count() == 2


@pytest.mark.parametrize("kind", sorted(kinds.kinds()))
def test_every_list_of_records_is_exported_under_its_kind(app: Flask, sign_in: SignIn, kind: str) -> None:
    make_world()
    page = kinds.kinds()[kind].page
    assert sign_in(cast.manager()).get(f"/admin/{page}/export").status_code == 200
    assert AuditEntry.objects.get(action="export").about == f"{kind}:*"


def test_what_was_noted_under_a_former_name_reads_the_same(app: Flask, sign_in: SignIn) -> None:
    for about in ("request:R-2611-0001", "service_request:R-2611-0001", "list:office_requests", "list:office_notices"):
        audit.record("export", about, actor=cast.manager(), now=clock.now(), estate=cast.ESTATE)
    text = sign_in(cast.manager()).get("/admin/audit/").text
    assert text.count("诉求 R-2611-0001") == 2
    assert "列表 诉求" in text
    assert "列表 通知" in text
