"""The screen of channels: how each fares, addresses by their ends, and a test message that shows the answer itself."""

from dataclasses import replace
from typing import Any

import pytest

from store import clock
from store.audit.documents import AuditEntry
from store.notices import channels
from store.notices.channels import Outcome
from store.people.documents import Staff
from tests import cast
from tests.admin_app.conftest import SignIn, token_of
from tests.servers import WebhookReceiver
from tests.store.chat_server import WECOM
from tests.store.mail_server import MailServer

URL, TEST = "/admin/channels/", "/admin/channel-test/"


@pytest.fixture
def group(database: Any, webhook: WebhookReceiver) -> str:
    url = webhook.url.replace("http://", "json://") + "/hook-1234567890"
    cast.make_entry("channel", "guards", {"name": "保安群", "url": url})
    return url


@pytest.fixture
def own_network(app: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An installation whose robots stand in the house, and whose mail server can be named."""

    def name(**changes: Any) -> None:
        changed = replace(settings, private_webhooks=True, **changes)
        monkeypatch.setitem(app.extensions, "anju_settings", changed)

    name()
    return name


def press(client: Any, key: str) -> str:
    answer = client.post(TEST, data={"key": key, "csrf_token": token_of(client, URL)})
    assert answer.status_code == 200, answer.text[:2000]
    return str(answer.text)


def test_the_list_shows_every_way_without_its_secret(app: Any, group: str, sign_in: SignIn) -> None:
    cast.make_entry("channel", "all", {"name": "全员群", "url": WECOM})
    cast.make_staff("guard", channels=[{"url": WECOM.replace("8888", "9999")}])
    channels.note("apprise", WECOM, Outcome(refused={WECOM}, reason="rejected"), clock.now())
    text = sign_in(cast.manager()).get(URL).text
    for words in (
        "邮件",
        "未设置 SMTP_URL",
        "保安群",
        "全员群",
        "企业微信",
        "•••8888",
        "•••9999",
        "发不出去",
        "对方拒收，不会再试",
    ):
        assert words in text
    assert "666677778888" not in text
    assert "hook-1234567890" not in text


def test_a_test_message_shows_the_robots_own_answer(
    own_network: Any, group: str, sign_in: SignIn, webhook: WebhookReceiver
) -> None:
    client = sign_in(cast.manager())
    webhook.answer(status=404, body="没有这个机器人".encode())
    text = press(client, "channel:guards")
    assert "对方拒收，不会再试" in text
    assert "HTTP 404 没有这个机器人" in text
    webhook.answer(body=b"welcome <b>")
    text = press(client, "channel:guards")
    assert "对方已接收" in text
    assert "welcome &lt;b&gt;" in text
    assert webhook.requests[0].json["title"] == "安居测试消息"
    assert [each.about for each in AuditEntry.objects(action="test_channel")] == ["channel:guards"] * 2
    kept = str(list(Staff._get_collection().database.channel_health.find()))
    assert "没有这个机器人" not in kept
    assert "failing_since" not in kept


def test_the_test_mail_goes_to_the_reader_himself_and_shows_the_servers_answer(
    own_network: Any, sign_in: SignIn
) -> None:
    client = sign_in(cast.manager())
    with MailServer(RCPT="550 relaying denied") as server:
        own_network(smtp_url=server.url)
        assert "550 relaying denied" in press(client, "email")
        server.answers.clear()
        assert "对方已接收" in press(client, "email")
        assert b"manager@anju.example" in server.taken[0]


@pytest.mark.parametrize(("who", "status"), [(cast.auditor(), 403), (cast.desk(), 403), (cast.stranger(), 404)])
def test_only_managers_of_the_estate_may_try_one(app: Any, group: str, sign_in: SignIn, who: Any, status: int) -> None:
    cast.make_entry("channel", "home", {"name": "群", "url": WECOM, "estate": cast.make_estate().code})
    client = sign_in(who)
    answer = client.post(TEST, data={"key": "channel:home", "csrf_token": token_of(client, "/admin/inbox/")})
    assert answer.status_code == status
    if who.code == "stranger":
        assert "•••8888" not in client.get(URL).text


def test_an_address_inside_the_house_is_not_reached_by_a_test(
    app: Any, group: str, sign_in: SignIn, webhook: WebhookReceiver
) -> None:
    assert "内部网络" in press(sign_in(cast.manager()), "channel:guards")
    assert webhook.requests == []


def test_today_says_that_notices_do_not_get_out_and_since_when(app: Any, database: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    assert "发不出去" not in client.get("/admin/today/").text
    channels.note("email", "", Outcome(reason="not_admitted", trouble=True), clock.now())
    text = client.get("/admin/today/").text
    assert "邮件发不出去" in text
    assert "邮件服务器不接受登录" in text
    assert "后台正常" not in text
    channels.note("email", "", Outcome(sent=1), clock.now())
    assert "发不出去" not in client.get("/admin/today/").text


def test_a_robots_address_is_kept_by_a_manager(app: Any, database: Any, sign_in: SignIn) -> None:
    client = sign_in(cast.manager())
    form = {"code": "group", "name.zh": "群", "url": "ftp://x", "csrf_token": token_of(client, URL)}
    answer = client.post("/admin/directory/channel/-/new", data=form)
    assert answer.status_code == 422
    assert "qyapi.weixin.qq.com" in answer.text
