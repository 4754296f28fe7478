"""Photos added at a desk: checked and made anew like those of tablets; one that is refused leaves nothing of the others."""

from io import BytesIO
from typing import Any

import pytest
from PIL import ExifTags, Image

from store import clock
from store.photos.documents import Photo
from store.photos.rules import MOST_BYTES
from store.work.documents import WorkOrder
from tests import cast
from tests.admin_app.conftest import SignIn, token_of
from tests.store import finding_chain as chain


@pytest.fixture(autouse=True)
def world(app: Any) -> None:
    chain.make_world()


def picture(colour: str = "gray", **options: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG", **options)
    return out.getvalue()


def add(client: Any, order: WorkOrder, *files: tuple[str, bytes], token: str | None = None, **values: Any) -> Any:
    given = {"version": order.version, "role": "other", **values}
    given["csrf_token"] = token_of(client, "/account/password") if token is None else token
    given["photos"] = [(BytesIO(data), name) for name, data in files]
    return client.post(f"/admin/work/{order.number}/add_photos", data=given)


def photos_of(order: WorkOrder) -> list[dict[str, Any]]:
    return [dict(each) for each in WorkOrder.objects.get(pk=order.pk).photos]


def test_several_photos_are_added_in_their_role_and_shown(sign_in: SignIn) -> None:
    client, order = sign_in(cast.supervisor()), chain.make_order()
    files = (("a.jpg", picture("red")), ("b.jpg", picture("green")))
    assert add(client, order, *files, role="before", item="floor").status_code == 303
    kept = photos_of(order)
    assert [(each["role"], each["item"], each["by"]) for each in kept] == [
        ("before", "floor", cast.supervisor().code)
    ] * 2
    text = client.get(f"/admin/work/{order.number}").text
    assert all(f'<img src="/admin/photos/{each["hash"]}"' in text for each in kept)
    assert client.get(f"/admin/photos/{kept[0]['hash']}").content_type == "image/jpeg"
    assert WorkOrder.objects.get(pk=order.pk).events[-1].verb == "add_photos"


def test_nothing_of_the_file_survives_but_pixels_and_the_position(sign_in: SignIn) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "OWNER-OF-THE-CAMERA"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (31.0, 12.0, 0.0), 3: "E", 4: (121.0, 30.0, 0.0)})
    sent = picture(exif=exif)
    assert b"OWNER-OF-THE-CAMERA" in sent
    client, order = sign_in(cast.supervisor()), chain.make_order()
    assert add(client, order, ("a.jpg", sent)).status_code == 303
    photo = Photo.objects.get(sha256=photos_of(order)[0]["hash"])
    assert b"OWNER-OF-THE-CAMERA" not in bytes(photo.image)
    assert not Image.open(BytesIO(bytes(photo.image))).getexif()
    assert photo.position == {"latitude": 31.2, "longitude": 121.5}
    assert photo.estates == [cast.ESTATE]


@pytest.mark.parametrize(
    ("bad", "words"), [(b"%PDF-1.7 no picture", "不是照片"), (b"\xff\xd8" + bytes(MOST_BYTES), "超过 8 MB")]
)
def test_of_three_files_one_is_bad_and_none_is_kept(sign_in: SignIn, bad: bytes, words: str) -> None:
    client, order = sign_in(cast.supervisor()), chain.make_order()
    files = (("好.jpg", picture("red")), ("坏<b>.jpg", bad), ("also.jpg", picture("blue")))
    answer = add(client, order, *files)
    assert answer.status_code == 422
    assert "第 2 张「坏&lt;b&gt;.jpg」" in answer.text
    assert words in answer.text
    assert "第 1 张" not in answer.text
    assert (photos_of(order), Photo.objects.count()) == ([], 0)


def test_what_is_wrong_with_a_file_is_said_in_the_readers_language(sign_in: SignIn) -> None:
    client, order = sign_in(cast.supervisor()), chain.make_order()
    client.get("/admin/work/?lang=en")
    assert "No. 1 “a.txt”: This file is no photo" in add(client, order, ("a.txt", b"hello")).text


def test_a_form_of_more_than_sixteen_megabytes_is_refused_with_a_page(sign_in: SignIn) -> None:
    client, order = sign_in(cast.supervisor()), chain.make_order()
    answer = add(client, order, *((f"{n}.jpg", bytes(MOST_BYTES - 1)) for n in range(3)))
    assert answer.status_code == 413
    assert "16 MB" in answer.text
    assert Photo.objects.count() == 0


@pytest.mark.parametrize(
    "changes", [{"role": "signature"}, {"role": "x"}, {"item": "nothing"}, {"version": "77"}, {"version": ""}]
)
def test_a_form_that_is_wrong_keeps_no_picture(sign_in: SignIn, changes: dict[str, str]) -> None:
    client, order = sign_in(cast.supervisor()), chain.make_order()
    assert add(client, order, ("a.jpg", picture()), **changes).status_code in (409, 422)
    assert (photos_of(order), Photo.objects.count()) == ([], 0)


def test_no_file_and_too_many_files_are_named(sign_in: SignIn) -> None:
    client, order = sign_in(cast.supervisor()), chain.make_order()
    assert "请选择照片" in add(client, order, ("", b"")).text
    assert "最多 10 张" in add(client, order, *((f"{n}.jpg", picture()) for n in range(11))).text


def test_the_form_needs_its_token_the_role_and_the_estate(sign_in: SignIn) -> None:
    client, order = sign_in(cast.supervisor()), chain.make_order()
    assert add(client, order, ("a.jpg", picture()), token="").status_code == 400
    assert add(sign_in(cast.auditor()), order, ("a.jpg", picture())).status_code == 403
    assert add(sign_in(cast.stranger()), order, ("a.jpg", picture())).status_code == 404
    assert Photo.objects.count() == 0


def test_a_rectification_with_a_picture_of_before_is_finished_at_a_desk(sign_in: SignIn) -> None:
    answers = [{**chain.FLOOR_FAILED[0], "photos": [chain.PHOTO]}, *chain.FLOOR_FAILED[1:]]
    order = chain.rectification(chain.raised(clock.now(), answers))
    client = sign_in(cast.cleaner())
    assert "还没有整改后的照片" in client.get(f"/admin/work/{order.number}").text
    assert add(client, order, ("after.jpg", picture()), role="after").status_code == 303
    assert "还没有整改后的照片" not in client.get(f"/admin/work/{order.number}").text
    values = {"version": order.version + 1, "csrf_token": token_of(client, "/account/password")}
    assert client.post(f"/admin/work/{order.number}/complete", data=values).status_code == 303
    assert WorkOrder.objects.get(pk=order.pk).state == "done"


def test_an_item_that_needs_a_photo_says_so_and_is_proven_by_the_one_added(sign_in: SignIn) -> None:
    gauge = {"code": "gauge", "name": {"zh": "压力表"}, "kind": "photo", "required": True, "photo_required": True}
    body = {"name": {"zh": "泵房"}, "category": "cleaning", "items": [gauge]}
    cast.publish("checklist", "corridor", body, clock.now())
    client, order = sign_in(cast.cleaner()), chain.make_order()
    assert "须拍照" in client.get(f"/admin/work/{order.number}").text
    assert add(client, order, ("gauge.jpg", picture()), item="gauge").status_code == 303
    assert "已有 1 张照片" in client.get(f"/admin/work/{order.number}").text
    values = {"version": order.version + 1, "csrf_token": token_of(client, "/account/password")}
    assert client.post(f"/admin/work/{order.number}/complete", data=values).status_code == 303
    assert WorkOrder.objects.get(pk=order.pk).proven is True
