"""The chat programs' servers on loopback: one host for all, told apart by their paths, as the real ones are."""

from store.notices.robots import RobotSender
from store.people.addresses import HOSTS
from tests.servers import WebhookReceiver

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=11112222-3333-4444-5555-666677778888"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=" + "ab" * 32
FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/11112222-3333-4444-5555-666677778888"
LARK = "https://open.larksuite.com/open-apis/bot/v2/hook/11112222-3333-4444-5555-666677778888"
EVERY = {"wecom": WECOM, "dingtalk": DINGTALK, "feishu": FEISHU, "lark": LARK}


def sender(server: WebhookReceiver, seconds: float = 4.0) -> RobotSender:
    return RobotSender(hosts=dict.fromkeys(HOSTS, server.url), seconds=seconds)
