"""The page of an order shows what a tablet brought: photos, what came too late, and when it really happened."""

from datetime import timedelta

import pytest

from store import clock
from store.photos.documents import Photo
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import SignIn
from tests.admin_app.office import make_order, make_world
from tests.api.world import make_photo
from tests.store.tablets import Tablet

MISSING = "b" * 64


@pytest.fixture
def world(app):
    make_world()


def page(client, order):
    return client.get(f"/admin/work/{order.number}").text


def test_photos_are_shown_and_those_to_come_have_their_place(world, sign_in: SignIn):
    name = make_photo()
    order = make_order(photos=[{"hash": name, "role": "before"}, {"hash": MISSING, "role": "after"}])
    text = page(sign_in(cast.supervisor()), order)
    assert f'<img src="/admin/photos/{name}"' in text
    assert "照片未到" in text
    assert MISSING not in text


def test_an_entry_shows_when_it_happened_and_when_it_came_and_what_the_device_said(world, sign_in: SignIn):
    order = make_order(ago=timedelta(hours=10))
    now = clock.now().replace(second=0, microsecond=0)
    tablet = Tablet(cast.guard(), skew=timedelta(days=-365))
    tablet.restart(now - timedelta(hours=9))
    tablet.record(order, "acknowledge", now - timedelta(hours=8), seen=order.version)
    tablet.record(order, "supplement", now - timedelta(hours=8), note="门锁坏了")
    tablet.send(now)
    text = page(sign_in(cast.supervisor()), WorkOrder.objects.get(pk=order.pk))
    assert text.count("发生") >= 1
    assert "&lt;time" not in text
    assert "收到" in text
    assert "设备时间" in text
    assert "门锁坏了" in text


def test_a_photo_that_came_too_late_is_shown_once_with_its_words(world, sign_in: SignIn):
    name = make_photo()
    order = make_order()
    now = clock.now()
    tablet = Tablet(cast.guard())
    tablet.restart(now - timedelta(hours=1))
    tablet.record(order, "supplement", now, note="门锁坏了", photos=[name])
    tablet.send(now)
    assert page(sign_in(cast.supervisor()), order).count(f'<img src="/admin/photos/{name}"') == 1


def test_a_picture_is_served_as_a_picture_and_asked_again_at_every_look(world, sign_in: SignIn):
    name = make_photo()
    client = sign_in(cast.supervisor())
    answer = client.get(f"/admin/photos/{name}")
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline; filename=")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = client.get(f"/admin/photos/{name}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_picture_of_another_estate_is_absent(world, sign_in: SignIn):
    name = make_photo()
    assert sign_in(cast.stranger()).get(f"/admin/photos/{name}").status_code == 404
    Photo.objects.update(set__estates=[])
    assert sign_in(cast.supervisor()).get(f"/admin/photos/{name}").status_code == 404


@pytest.mark.parametrize("name", ["x", "..%2f..%2fetc%2fpasswd", "%24ne", "0" * 64])
def test_what_names_no_picture_is_absent(world, sign_in: SignIn, name):
    assert sign_in(cast.supervisor()).get(f"/admin/photos/{name}").status_code == 404
