"""Tablets bring home what they recorded: entries and photos, through their own doors (ADR 5)."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from uuid import uuid4

import pytest
from PIL import ExifTags, Image

from admin_app.tokens.documents import Token
from store import clock
from store.photos import rules as photo_rules
from store.photos.documents import Photo, PhotoChunk
from store.photos.rules import CHUNK_BYTES
from store.tablet.documents import EntryOutcome
from store.work.documents import WorkOrder
from tests import cast
from tests.api.conftest import TABLET, Program, make_tablet_token, make_token
from tests.api.world import make_order

OTHER_TABLET = "aaaaaaaa-6f0b-4d6e-9b8e-2d9a1c5b7e10"
RUN = str(uuid4())


@pytest.fixture
def company(database):
    cast.make_company(cast.LONG_AGO)


@pytest.fixture
def tablet(app, company):
    return lambda who=None, device=TABLET: Program(app, make_tablet_token(who or cast.cleaner(), device))


def entry(order, verb, seq=1, **changes):
    values = {
        "id": str(uuid4()),
        "seq": seq,
        "estate": order.estate,
        "order": order.key,
        "verb": verb,
        "seen": order.version,
        "device_at": clock.now().isoformat(),
        "run": RUN,
        "elapsed_ms": 1000 * seq,
        "body": {},
    }
    return {**values, **changes}


def batch(*entries, device=TABLET, **changes):
    now = clock.now().isoformat()
    head = {"device": device, "app_version": "1", "device_now": now, "run": RUN, "elapsed_ms": 60_000, "unsent": 2}
    return {**head, "operations": list(entries), **changes}


def cleaning(**changes):
    return make_order(kind="cleaning", checkpoints=[], **changes)


def send(program, *entries, **changes):
    return program.post("/field/operations", batch(*entries, **changes))


def test_entries_are_answered_one_by_one_in_the_reader_s_language(tablet):
    order, program = cleaning(), tablet()
    answer = send(program, entry(order, "accept", 1), entry(order, "resume", 2), entry(order, "start", 3))
    assert answer.status_code == 200
    told = answer.get_json()
    assert (told["next_seq"], [each["result"] for each in told["outcomes"]]) == (4, ["applied", "refused", "applied"])
    assert told["outcomes"][1]["code"] == "not_allowed_now"
    assert told["outcomes"][1]["words"] == "The work order is “Accepted”: “Resume” is not possible"
    shown = [each.get("order") for each in told["outcomes"]]
    assert shown[:2] == [None, None]
    assert (shown[2]["state"], shown[2]["key"], shown[2]["version"]) == ("in_progress", order.key, 3)


def test_a_conflict_shows_what_the_other_one_did(tablet):
    order = cleaning()
    send(tablet(cast.gardener(), OTHER_TABLET), entry(order, "complete"), device=OTHER_TABLET)
    told = send(tablet(), entry(order, "complete")).get_json()["outcomes"][0]
    assert (told["result"], told["order"]["state"]) == ("conflict", "done")
    assert (told["theirs"][0]["verb"], told["theirs"][0]["by"]) == ("complete", cast.gardener().name)
    assert cast.gardener().name in told["words"]


def test_the_office_sees_what_the_tablet_says_of_itself(tablet):
    from store.devices.documents import Device

    wrong = (clock.now() + timedelta(hours=1)).isoformat()
    send(tablet(), entry(cleaning(), "accept"), device_now=wrong, unsent=7, app_version="2026.11")
    device = Device.objects.get(code=TABLET)
    assert device.app_version == "2026.11"
    assert 3_590_000 < device.clock_offset_ms <= 3_600_000
    assert device.people[0]["unsent"] == 7


def test_a_wrong_device_clock_makes_no_lie_about_when_it_happened(tablet):
    order = cleaning()
    a_year_off = (clock.now() + timedelta(days=365)).isoformat()
    before = clock.now()
    send(tablet(), entry(order, "start", device_at=a_year_off, elapsed_ms=30_000, seen=None), device_now=a_year_off)
    event = WorkOrder.objects.get(pk=order.pk).events[-1]
    assert abs(before - timedelta(seconds=30) - event.happened_at) < timedelta(seconds=20)
    assert event.device_at > before + timedelta(days=300)


# What is refused as a whole: nothing of it was taken


def refused(answer, status, code):
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert WorkOrder.objects.filter(version__gt=1).count() == 0


def test_another_device_s_batch_is_refused(tablet):
    refused(send(tablet(), entry(cleaning(), "accept"), device=OTHER_TABLET), 403, "foreign_device")


def test_a_replay_under_another_token_is_refused(tablet):
    order, program = cleaning(), tablet()
    sent = entry(order, "accept")
    send(program, sent)
    answer = send(tablet(cast.gardener()), sent)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "foreign_author")
    assert WorkOrder.objects.get(pk=order.pk).version == 2


def test_ten_thousand_operations_in_a_batch_are_refused(tablet):
    order = cleaning()
    many = [
        {"id": str(uuid4()), "seq": n, "estate": order.estate, "order": order.key, "verb": "accept"}
        for n in range(1, 10_001)
    ]
    refused(send(tablet(), *many), 422, "too_many_operations")
    assert EntryOutcome.objects.count() == 0


def test_a_body_of_more_than_four_megabytes_is_refused(tablet):
    refused(send(tablet(), entry(cleaning(), "pause", body={"reason": "x" * 5_000_000})), 413, "too_large")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"operations": "x"}, "not_a_list"),
        ({"operations": [1]}, "wrong_shape"),
        ({"operations": [{"id": "x", "seq": 1}]}, "not_an_id"),
        ({"operations": [{"id": {"$ne": None}, "seq": 1}]}, "not_an_id"),
        ({"operations": [{"id": str(uuid4()), "seq": True}]}, "not_integer"),
        ({"operations": [{"id": str(uuid4()), "seq": 0}]}, "not_integer"),
        ({"device": {"ne": None}}, "not_text"),
        ({"device": "../../x"}, "not_an_id"),
        ({"elapsed_ms": -1}, "out_of_range"),
        ({"unsent": "2"}, "not_integer"),
        ({"author": "manager"}, "unknown_field"),
    ],
)
def test_a_batch_that_is_no_batch_is_refused_by_name(tablet, change, code):
    answer = tablet().post("/field/operations", {**batch(entry(cleaning(), "accept")), **change})
    refused(answer, 422, code)


def test_an_operator_of_the_database_is_nobody_s_field(tablet):
    refused(tablet().post("/field/operations", {**batch(), "device": {"$ne": None}}), 400, "bad_name")


def test_a_gap_is_refused_and_names_the_next_number(tablet):
    answer = send(tablet(), entry(cleaning(), "accept", 2))
    refused(answer, 409, "sequence_gap")
    assert answer.get_json()["next_seq"] == 1


def test_other_tokens_do_not_open_the_field_s_doors(app, company):
    program = Program(app, make_token(cast.cleaner()))
    refused(send(program, entry(cleaning(), "accept")), 403, "not_a_device")
    assert program.get(f"/field/photos/{'0' * 64}").get_json()["code"] == "not_a_device"


def test_a_revoked_token_opens_nothing(tablet):
    program = tablet()
    Token.objects.update(set__revoked_at=clock.now())
    refused(send(program, entry(cleaning(), "accept")), 401, "device_revoked")


# A bad entry is refused alone


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"reason": "\x00"}, "unstorable_text"),
        ({"reason": {"$where": "1"}}, "bad_name"),
        ({"reason": 10**30}, "not_text"),
        ({"reason": float("1e308") * 1}, "not_text"),
        ({"reason": [[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]}, "too_deep"),
    ],
)
def test_what_cannot_be_kept_is_refused_alone_and_its_text_is_kept(tablet, body, code):
    order = cleaning()
    told = send(tablet(), entry(order, "pause", 1, body=body), entry(order, "accept", 2)).get_json()
    assert [each["result"] for each in told["outcomes"]] == ["refused", "applied"]
    assert told["outcomes"][0]["code"] == code
    assert EntryOutcome.objects.get(seq=1).body


def test_a_foreign_estate_s_order_is_unknown(tablet):
    cast.make_estate(cast.OTHER_ESTATE)
    order = cleaning(estate=cast.OTHER_ESTATE)
    told = send(tablet(), entry(order, "accept")).get_json()["outcomes"][0]
    assert (told["code"], told.get("order")) == ("unknown_order", None)


# Photos


def jpeg(width=1200, height=900, exif=None, kind="JPEG"):
    noise = Image.effect_noise((width, height), 90).convert("RGB")
    out = BytesIO()
    noise.save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def name_of(data):
    return sha256(data).hexdigest()


def upload(program, data, size=None, **more):
    name = name_of(data)
    for n in range(0, len(data), CHUNK_BYTES):
        put(program, name, n // CHUNK_BYTES, data[n : n + CHUNK_BYTES])
    return program.post(f"/field/photos/{name}/completion", {"size": size or len(data), **more})


def put(program, name, n, data):
    return program.ask("PUT", f"/field/photos/{name}/chunks/{n}", data=data, content_type="application/octet-stream")


def test_a_photo_comes_in_parts_in_any_order_and_goes_on_where_it_stopped(tablet):
    data, program = jpeg(), tablet()
    name, parts = name_of(data), -(-len(data) // CHUNK_BYTES)
    assert parts > 2
    assert put(program, name, parts - 1, data[(parts - 1) * CHUNK_BYTES :]).get_json()["received"] == [parts - 1]
    early = program.post(f"/field/photos/{name}/completion", {"size": len(data)})
    assert (early.status_code, early.get_json()["code"]) == (422, "photo_incomplete")
    for n in (1, 0, 0, *range(2, parts - 1)):
        put(program, name, n, data[n * CHUNK_BYTES : (n + 1) * CHUNK_BYTES])
    assert program.get(f"/field/photos/{name}").get_json()["received"] == list(range(parts))
    done = program.post(f"/field/photos/{name}/completion", {"size": len(data)})
    assert done.get_json() == {"size": len(data), "received": list(range(parts)), "complete": True}
    again = program.post(f"/field/photos/{name}/completion", {"size": len(data)})
    assert again.get_json()["complete"]
    assert PhotoChunk.objects.count() == 0
    picture = program.get(f"/field/photos/{name}/image")
    assert (picture.status_code, picture.content_type) == (200, "image/jpeg")
    assert Image.open(BytesIO(picture.data)).size == (1200, 900)
    assert (
        program.get(f"/field/photos/{name}/image", headers={"If-None-Match": picture.headers["ETag"]}).status_code
        == 304
    )


def test_a_large_photo_is_made_smaller_upright_and_without_exif_and_its_position_is_kept_as_a_field(tablet):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "SecretCamera"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps.update({1: "N", 2: (30.0, 15.0, 36.0), 3: "E", 4: (120.0, 9.0, 0.0)})
    data, program = jpeg(2400, 1200, exif), tablet()
    assert b"SecretCamera" in data
    assert upload(program, data, taken_at="2026-11-24T10:00:00+08:00").status_code == 200
    kept = Photo.objects.get()
    assert (kept.width, kept.height) == (800, 1600)
    assert b"SecretCamera" not in kept.image
    assert not Image.open(BytesIO(kept.image)).getexif()
    assert kept.position == {"latitude": 30.26, "longitude": 120.15}
    assert kept.taken_at == cast.NOW


def test_what_the_tablet_says_of_the_position_goes_before_the_file(tablet):
    assert upload(tablet(), jpeg(50, 50), position={"latitude": 1.5, "longitude": -2}).status_code == 200
    assert Photo.objects.get().position == {"latitude": 1.5, "longitude": -2}


POLYGLOT = b"GIF89a" + b"<script>alert(1)</script>" * 100
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


NOT_PHOTOS = {
    "text": b"not a picture",
    "gif-script": POLYGLOT,
    "svg": SVG,
    "pdf": b"%PDF-1.7\n",
    "cut-jpeg": jpeg(80, 80)[:600],
    "zeros": b"\xff\xd8\xff\xe0" + b"\x00" * 2000,
    "gif": jpeg(9, 9, kind="GIF"),
    "tiff": jpeg(9, 9, kind="TIFF"),
}


@pytest.mark.parametrize("data", NOT_PHOTOS.values(), ids=NOT_PHOTOS)
def test_a_photo_that_is_none_is_refused_by_name(tablet, data):
    program = tablet()
    answer = upload(program, data)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "not_a_photo")
    assert program.get(f"/field/photos/{name_of(data)}/image").status_code == 404


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_png_and_webp_are_photos(tablet, kind):
    assert upload(tablet(), jpeg(60, 40, kind=kind)).get_json()["complete"]
    assert Image.open(BytesIO(Photo.objects.get().image)).format == "JPEG"


def test_a_second_file_behind_the_picture_does_not_survive(tablet):
    upload(tablet(), jpeg(60, 40) + b"PK\x03\x04<script>alert(1)</script>")
    assert b"script" not in Photo.objects.get().image


def test_a_decompression_bomb_is_refused_unopened(tablet):
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert len(out.getvalue()) < 200_000
    answer = upload(tablet(), out.getvalue())
    assert (answer.status_code, answer.get_json()["code"]) == (422, "too_many_pixels")


def test_damaged_parts_are_refused_and_may_be_sent_anew(tablet):
    data, program = jpeg(60, 40), tablet()
    name = name_of(data)
    put(program, name, 0, data[:-1] + b"x")
    answer = program.post(f"/field/photos/{name}/completion", {"size": len(data)})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "photo_damaged")
    assert upload(program, data).get_json()["complete"]


@pytest.mark.parametrize(
    ("name", "n", "size", "code"),
    [
        ("0" * 63, 0, 1, "not_found"),
        ("G" * 64, 0, 1, "not_found"),
        ("..%2f..%2fetc", 0, 1, None),
        ("0" * 64, 32, 1, "bad_chunk"),
        ("0" * 64, -1, 1, "bad_chunk"),
        ("0" * 64, "x", 1, "bad_chunk"),
        ("0" * 64, "٣", 1, "bad_chunk"),
        ("0" * 64, 0, 0, "bad_chunk"),
        ("0" * 64, 0, CHUNK_BYTES + 1, "bad_chunk"),
        ("0" * 64, 0, 2_000_000, "too_large"),
    ],
)
def test_wrong_names_numbers_and_sizes_are_refused(tablet, name, n, size, code):
    answer = put(tablet(), name, n, b"x" * size)
    assert answer.status_code in (404, 413, 422)
    if code:
        assert answer.get_json()["code"] == code
    assert PhotoChunk.objects.count() == 0


def test_a_photo_is_larger_than_allowed_by_what_it_says(tablet):
    answer = tablet().post(f"/field/photos/{'0' * 64}/completion", {"size": 8 * 1024 * 1024 + 1})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "out_of_range")


def test_photos_are_seen_by_whoever_sees_the_estate_s_work_and_by_nobody_else(tablet):
    order, ours, data = cleaning(), tablet(), jpeg(60, 40)
    colleague = tablet(cast.gardener(), OTHER_TABLET)
    stranger = tablet(cast.stranger(), "bbbbbbbb-6f0b-4d6e-9b8e-2d9a1c5b7e10")
    name = name_of(data)
    upload(ours, data)
    assert colleague.get(f"/field/photos/{name}/image").status_code == 404  # no order names it yet
    send(ours, entry(order, "add_photos", body={"photos": [{"hash": name, "role": "before"}]}))
    assert colleague.get(f"/field/photos/{name}/image").status_code == 200
    assert stranger.get(f"/field/photos/{name}/image").status_code == 404
    assert stranger.get(f"/field/photos/{name}").get_json() == {"size": None, "received": [], "complete": False}


def test_a_photo_that_no_order_names_goes_in_the_end_and_one_that_is_named_stays(tablet):
    order, ours, data = cleaning(), tablet(), jpeg(60, 40)
    upload(ours, data)
    assert Photo.objects.get().unclaimed_at is not None
    (expiring,) = [each for each in Photo._get_collection().list_indexes() if "expireAfterSeconds" in each]
    assert (list(expiring["key"]), expiring["expireAfterSeconds"]) == (["unclaimed_at"], 90 * 86_400)
    send(ours, entry(order, "add_photos", body={"photos": [{"hash": name_of(data), "role": "before"}]}))
    upload(ours, data)
    assert Photo.objects.get().unclaimed_at is None


def test_a_photo_that_is_named_first_stays(tablet):
    order, ours, data = cleaning(), tablet(), jpeg(60, 40)
    send(ours, entry(order, "add_photos", body={"photos": [{"hash": name_of(data), "role": "after"}]}))
    upload(ours, data)
    assert Photo.objects.get().unclaimed_at is None


def test_a_name_alone_shows_nobody_what_others_brought(tablet):
    cast.make_estate(cast.OTHER_ESTATE)
    elsewhere = cleaning(estate=cast.OTHER_ESTATE)
    ours, data = tablet(), jpeg(60, 40)
    thief = tablet(cast.stranger(), OTHER_TABLET)
    name = name_of(data)
    upload(ours, data)
    told = send(
        thief, entry(elsewhere, "add_photos", body={"photos": [{"hash": name}]}), device=OTHER_TABLET
    ).get_json()
    assert told["outcomes"][0]["result"] == "applied"
    assert thief.get(f"/field/photos/{name}/image").status_code == 404


def test_a_photo_that_comes_after_its_entry_is_seen_too(tablet):
    order, ours, data = cleaning(), tablet(), jpeg(60, 40)
    send(ours, entry(order, "add_photos", body={"photos": [{"hash": name_of(data), "role": "after"}]}))
    upload(ours, data)
    colleague = tablet(cast.gardener(), OTHER_TABLET)
    assert colleague.get(f"/field/photos/{name_of(data)}/image").status_code == 200


def test_nobody_spoils_what_another_one_sends(tablet):
    data, ours = jpeg(60, 40), tablet()
    other = tablet(cast.gardener(), OTHER_TABLET)
    put(other, name_of(data), 0, b"rubbish")
    assert upload(ours, data).get_json()["complete"]


def test_what_is_begun_and_never_finished_has_a_bound(tablet, monkeypatch):
    monkeypatch.setattr(photo_rules, "MOST_UNFINISHED", 3)
    program = tablet()
    names = [name_of(bytes([n])) for n in range(4)]
    for name in names:
        put(program, name, 0, b"x")
    assert PhotoChunk.objects.count() == 3
    received = [program.get(f"/field/photos/{name}").get_json()["received"] for name in names]
    assert received == [[], [0], [0], [0]]
