"""Chat robots say “no” with HTTP 200: their own words are read, their limits kept, their addresses understood."""

import base64
import hashlib
import hmac
import json
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from store import directory
from store.actor import SYSTEM
from store.errors import Invalid
from store.notices import channels
from store.notices.delivery import deliver
from store.notices.documents import Notice
from store.notices.programs import cut
from store.notices.robots import RobotSender
from store.notices.senders import Letter, SendFailed
from store.notices.texts import Text
from store.people.addresses import BadAddress, masked, robot_at
from tests import cast
from tests.cast import NOW
from tests.servers import WebhookReceiver
from tests.store.chat_server import DINGTALK, EVERY, FEISHU, WECOM, sender
from tests.store.notice_sources import intent, make_notice, make_source, make_template, one, relay

HERE = Path(__file__).parent / "faults"
MINUTE = timedelta(minutes=1)
ANSWERS = json.loads((HERE / "30-robot-answers.json").read_text())["answers"]
ADDRESSES = [
    each.replace("<64 hex>", "ab" * 32)
    for each in json.loads((HERE / "32-channel-addresses.json").read_text())["POST /api/v1/channels url"]
]
# What stands in the file by the program that says it.
SAYS = {45009: "wecom", 40058: "wecom", 93000: "wecom", 310000: "dingtalk", 130101: "dingtalk"}
FOR_GOOD = {40058, 93000, 310000, 19021}
TOO_FAST = {45009, 130101}


def tell(url: str, count: int = 1) -> None:
    make_template()
    cast.make_staff("guard", channels=[{"url": url}])
    for number in range(count):
        make_notice("apprise", code=f"s{number}")


@pytest.mark.parametrize("body", ANSWERS, ids=str)
def test_an_error_code_with_http_200_is_a_refusal(database: Any, webhook: WebhookReceiver, body: Any) -> None:
    code = body.get("errcode", body.get("code"))
    for program in [SAYS[code]] if code in SAYS else ["feishu", "lark"]:
        database.notices.delete_many({})
        database.content.delete_many({"type": "source"})
        database.staff.delete_many({})
        tell(EVERY[program])
        webhook.answer(body=json.dumps(body).encode())
        deliver(NOW, [sender(webhook)])
        notice = one(channel="apprise")
        reason = "rejected" if code in FOR_GOOD else "rate_limited" if code in TOO_FAST else "refused"
        assert (notice.state, notice.last_error) == ("dead" if code in FOR_GOOD else "queued", reason)
        assert channels.troubles(NOW + MINUTE)


@pytest.mark.parametrize("program", EVERY)
def test_zero_is_success_and_tells_the_text(database: Any, webhook: WebhookReceiver, program: str) -> None:
    tell(EVERY[program])
    webhook.answer(body=b'{"errcode": 0, "code": 0, "msg": "ok"}')
    deliver(NOW, [sender(webhook)])
    assert one(channel="apprise").state == "sent"
    [request] = webhook.requests
    assert "灭火器检查" in json.dumps(request.json, ensure_ascii=False)
    assert urlsplit(EVERY[program]).path == urlsplit(request.path).path
    assert channels.all_health()[channels.key_of("apprise", EVERY[program])].last_success


@pytest.mark.parametrize("body", [b"<html>sign in to the network</html>", b"", b"[]", b'{"errcode": "junk"}'])
def test_what_is_no_answer_of_the_program_is_no_success(database: Any, webhook: WebhookReceiver, body: bytes) -> None:
    tell(WECOM)
    webhook.answer(body=body)
    deliver(NOW, [sender(webhook)])
    assert (one(channel="apprise").state, one(channel="apprise").last_error) == ("queued", "refused")


def test_a_refused_letter_is_tried_with_back_off_until_it_is_dead_and_seen(
    database: Any, webhook: WebhookReceiver
) -> None:
    tell(FEISHU)
    webhook.answer(body=b'{"code": 9499, "msg": "Bad Request"}')
    moment = NOW
    for _ in range(8):
        assert deliver(moment, [sender(webhook)]) == 1
        moment += timedelta(hours=1, seconds=1)
    assert (one(channel="apprise").state, one(channel="apprise").last_error) == ("dead", "refused")


@pytest.mark.parametrize(
    ("answer", "least"),
    [
        ({"status": 429, "headers": {"Retry-After": "1200"}}, 1200),
        ({"status": 503, "headers": {"Retry-After": "600"}}, 600),
        ({"status": 429, "headers": {"Retry-After": "junk"}}, 60),
        ({"status": 429, "headers": {"Retry-After": "999999999"}}, 3600),
        ({"body": b'{"errcode": 45009, "errmsg": "api freq out of limit"}'}, 60),
    ],
    ids=str,
)
def test_too_fast_pauses_the_robot_and_counts_one_attempt(
    database: Any, webhook: WebhookReceiver, answer: Any, least: int
) -> None:
    tell(WECOM, count=5)
    webhook.answer(**answer)
    deliver(NOW, [sender(webhook)])
    assert len(webhook.requests) == 1
    waiting = list(Notice.objects(channel="apprise"))
    assert sorted(each.attempts for each in waiting) == [0, 0, 0, 0, 1]
    assert all(each.not_before >= NOW + timedelta(seconds=least) for each in waiting)
    webhook.answer(body=b'{"errcode": 0}')
    assert deliver(NOW + timedelta(seconds=least + 30), [sender(webhook)]) == 5


@pytest.mark.parametrize(
    ("status", "state"), [(400, "dead"), (404, "dead"), (410, "dead"), (408, "queued"), (500, "queued")]
)
def test_a_status_that_stays_so_is_final(database: Any, webhook: WebhookReceiver, status: int, state: str) -> None:
    tell(WECOM)
    webhook.answer(status=status)
    deliver(NOW, [sender(webhook)])
    assert one(channel="apprise").state == state


def test_the_robots_words_and_address_are_kept_nowhere(
    database: Any, webhook: WebhookReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    tell(WECOM)
    webhook.answer(body=b'{"errcode": 93000, "errmsg": "invalid webhook url, hint: [1111-secret]"}')
    deliver(NOW, [sender(webhook)])
    kept = str(list(database.notices.find()) + list(database.channel_health.find())) + caplog.text
    assert "secret" not in kept
    assert "666677778888" not in kept


@pytest.mark.parametrize("text", ["水" * 2000, "🏠" * 2000, "a水🏠é" * 900])
@pytest.mark.parametrize("most", [2048, 2047, 2046, 2045])
def test_bytes_are_counted_where_the_channel_counts_bytes(text: str, most: int) -> None:
    short = cut(text, most)
    assert most - 8 <= len(short.encode()) <= most
    assert text.startswith(short.removesuffix("…"))


def test_a_long_message_keeps_its_link(database: Any, webhook: WebhookReceiver) -> None:
    letter = Letter("id", WECOM, Text("标题", "长" * 5000 + "\nhttps://anju.example/admin/work/W-1"), NOW)
    webhook.answer(body=b'{"errcode": 0}')
    with sender(webhook).open(WECOM) as session:
        session.send(letter)
    content = webhook.requests[0].json["text"]["content"]
    assert len(content.encode()) <= 2048
    assert content.endswith("…\nhttps://anju.example/admin/work/W-1")


def test_secrets_sign_and_keywords_are_put_in(webhook: WebhookReceiver) -> None:
    webhook.answer(body=b'{"errcode": 0, "code": 0}')
    letter = Letter("id", "", Text("标题", "正文"), NOW)
    for url in (f"{DINGTALK}&secret=SEC123&keyword=安居", f"{FEISHU}?secret=SEC123&keyword=标题"):
        with sender(webhook).open(url) as session:
            session.send(letter)
    ding, feishu = webhook.requests
    query = parse_qs(urlsplit(ding.path).query)
    wanted = hmac.new(b"SEC123", f"{query['timestamp'][0]}\nSEC123".encode(), hashlib.sha256).digest()
    assert query["sign"] == [base64.b64encode(wanted).decode()]
    assert ding.json["text"]["content"] == "安居 标题\n正文"
    signed = hmac.new(f"{feishu.json['timestamp']}\nSEC123".encode(), b"", hashlib.sha256).digest()
    assert feishu.json["sign"] == base64.b64encode(signed).decode()
    assert feishu.json["content"]["text"] == "标题\n正文"
    assert "SEC123" not in ding.path + feishu.path


@pytest.mark.parametrize("address", ADDRESSES[:3])
def test_an_address_as_the_chat_program_hands_it_out_is_understood(
    database: Any, webhook: WebhookReceiver, address: str
) -> None:
    make_template()
    cast.make_entry("channel", "group", {"name": "群", "url": address})
    webhook.answer(body=b'{"errcode": 0, "code": 0}')
    make_source(intent(to=["channel:group"]))
    relay(NOW)
    deliver(NOW, [sender(webhook)])
    assert one(channel="apprise").state == "sent"
    assert urlsplit(webhook.requests[0].path).path == urlsplit(address).path


@pytest.mark.parametrize(
    "address",
    [
        ADDRESSES[3],
        "https://example.com/hook",
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=11112222-3333",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
        "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=11112222-3333",
        "https://oapi.dingtalk.com/robot/send?access_token=../../etc/passwd",
        "https://open.feishu.cn/open-apis/bot/v2/hook/",
        "wecombot://?key=",
        "syslog://localhost",
        "mailto://user:pass@example.com",
        "json:///hook",
        "jsons://[::1",
        "jsons://host:99999/",
    ],
)
def test_any_other_is_refused_at_once_with_the_form_that_works(database: Any, address: str) -> None:
    with pytest.raises(Invalid) as refused:
        directory.create("channel", "group", {"name": "群", "url": address}, actor=SYSTEM, now=NOW)
    assert "qyapi.weixin.qq.com" in refused.value.problems[0].words.zh
    with pytest.raises(Invalid):
        cast.make_staff("guard", channels=[{"url": address}])


@pytest.mark.parametrize(
    ("address", "program"),
    [
        ("wecombot://AbCdEf-12345", "wecom"),
        ("wecombot://?key=AbCdEf-12345", "wecom"),
        ("dingtalk://SEC123@" + "ab" * 32, "dingtalk"),
        ("feishu://AbCdEf-12345", "feishu"),
        ("lark://AbCdEf-12345/", "lark"),
        ("json://robot.example:8080/hook?+X-Key=a%20b&-q=1&:room=12", "webhook"),
        ("gotifys://push.example/sub/AxCdEf", "gotify"),
        ("workflows://prod.logic.azure.com:443/643e69f83c8944/signature", "teams"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack"),
        ("tgram://123456789:alphanumeric/12315544", "telegram"),
    ],
)
def test_addresses_of_a_version_before_still_work(address: str, program: str) -> None:
    assert robot_at(address).program == program


def test_a_webhook_keeps_its_headers_query_and_extras() -> None:
    robot = robot_at("json://robot.example:8080/hook?+X-Key=a%20b&-q=1&:room=12&redirect=yes")
    assert robot.url == "http://robot.example:8080/hook?q=1"
    assert (robot.headers, robot.extra) == ((("X-Key", "a b"),), (("room", "12"),))
    with pytest.raises(BadAddress):
        robot_at("json://robot.example/?+X-Key=a%0d%0aHost:%20b")


def test_an_address_is_shown_by_its_end_only() -> None:
    assert masked(WECOM) == "qyapi.weixin.qq.com •••8888"
    assert masked(f"{DINGTALK}&secret=SEC123") == "oapi.dingtalk.com •••abab"
    assert masked("json://user:secret@robot.example/hook") == "robot.example •••"
    assert masked("ftp://x") == "•••"


def test_a_name_is_looked_up_once_and_the_address_looked_at_is_connected_to(
    webhook: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that gives a public address first and ours the second time – rebinding – gets nothing."""
    port = urlsplit(webhook.url).port
    asked: list[str] = []
    look_up = socket.getaddrinfo

    def rebinding(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        if host != "rebind.example":
            return look_up(host, port, *arguments, **options)
        asked.append(host)
        return look_up("93.184.216.34" if len(asked) == 1 else "127.0.0.1", port)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    letter = Letter("id", "", Text("s", "b"), NOW)
    with pytest.raises(SendFailed), RobotSender(seconds=0.5).open(f"json://rebind.example:{port}/") as session:
        session.send(letter)
    assert webhook.requests == []
    with (
        pytest.raises(SendFailed, match="private_address"),
        RobotSender(seconds=0.5).open(f"json://rebind.example:{port}/") as session,
    ):
        session.send(letter)
    assert (webhook.requests, len(asked)) == ([], 2)
