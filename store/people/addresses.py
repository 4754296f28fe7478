"""Robots' addresses: as the chat programs hand them out, and as Apprise writes them; anything else is refused at once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from store.words import Words

WECOM, DINGTALK, FEISHU, LARK = "wecom", "dingtalk", "feishu", "lark"
TEAMS, GOTIFY, WEBHOOK, SLACK, TELEGRAM = "teams", "gotify", "webhook", "slack", "telegram"
PROGRAMS: dict[str, Words] = {
    WECOM: Words("企业微信", "WeCom"),
    DINGTALK: Words("钉钉", "DingTalk"),
    FEISHU: Words("飞书", "Feishu"),
    LARK: Words("Lark", "Lark"),
    TEAMS: Words("Teams 工作流", "Teams workflow"),
    GOTIFY: Words("Gotify", "Gotify"),
    WEBHOOK: Words("自建接口", "Webhook"),
    SLACK: Words("Slack", "Slack"),
    TELEGRAM: Words("Telegram", "Telegram"),
}
# Where the robots of the chat programs live; the rest of the address is the robot's own.
HOSTS: dict[str, str] = {
    WECOM: "https://qyapi.weixin.qq.com",
    DINGTALK: "https://oapi.dingtalk.com",
    FEISHU: "https://open.feishu.cn",
    LARK: "https://open.larksuite.com",
}
# Who says where it is: it must not be inside our network.
OWN_HOST = frozenset({TEAMS, GOTIFY, WEBHOOK})
# These two are left to Apprise.
BY_APPRISE = frozenset({SLACK, TELEGRAM})
_HOOK = "/open-apis/bot/v2/hook/"
_KEY = re.compile(r"[A-Za-z0-9_-]{3,128}")
_TEAMS_HOST = re.compile(r"[a-z0-9.-]+\.(?:logic\.azure\.com|api\.powerplatform\.com)")
_TEAMS_QUERY = "api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig="
WORKS = Words(
    "请粘贴群机器人给出的地址：企业微信 https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…，"
    "钉钉 https://oapi.dingtalk.com/robot/send?access_token=…，飞书 https://open.feishu.cn/open-apis/bot/v2/hook/…；"
    "加签密钥写在后面 &secret=…，关键词 &keyword=…；自建接口写 jsons://主机/路径",
    "Paste the address as the chat program gives it: WeCom https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…, "
    "DingTalk https://oapi.dingtalk.com/robot/send?access_token=…, Feishu https://open.feishu.cn/open-apis/bot/v2/hook/…; "
    "a signing secret follows as &secret=…, a keyword as &keyword=…; a webhook of your own is jsons://host/path",
)


class BadAddress(ValueError):
    """An address that no robot has."""


@dataclass(frozen=True)
class Robot:
    """`path` follows the program's host; a robot with a host of its own has the whole `url`."""

    program: str
    path: str = ""
    url: str = ""
    secret: str = ""
    keyword: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    extra: tuple[tuple[str, str], ...] = ()


def robot_at(address: str) -> Robot:
    """Raises `BadAddress`."""
    try:
        parts = urlsplit(address.strip())
        read = _READERS.get(parts.scheme.lower())
        if read is None:
            raise BadAddress
        return read(parts)
    except ValueError as error:
        raise BadAddress from error


def problem_with(address: object) -> Words | None:
    """What to say of an address that cannot be used, before it is stored."""
    try:
        robot_at(str(address))
    except BadAddress:
        return WORKS
    return None


def masked(address: str) -> str:
    """As it may be shown: the program, or the host, and the last characters of the secret part."""
    try:
        robot = robot_at(address)
    except BadAddress:
        return "•••"
    host = urlsplit(robot.url or HOSTS.get(robot.program, address)).hostname or ""
    tail = re.sub(r"[^A-Za-z0-9]", "", robot.path or "")[-4:]
    return f"{host} •••{tail}"


def _query(parts: SplitResult) -> dict[str, str]:
    return dict(parse_qsl(parts.query, keep_blank_values=True))


def _key(text: str) -> str:
    found = unquote(text).strip("/")
    if not _KEY.fullmatch(found):
        raise BadAddress
    return quote(found, safe="")


def _place(parts: SplitResult) -> str:
    """The host as it is written: a key's capital letters count."""
    return parts.netloc.rpartition("@")[2]


def _has_place(parts: SplitResult) -> bool:
    """Raises `ValueError` for a port that is none."""
    return bool(parts.hostname) and parts.port != 0


def _robot(program: str, path: str, query: Mapping[str, str], secret: str = "") -> Robot:
    return Robot(program, path, secret=query.get("secret", "") or secret, keyword=query.get("keyword", ""))


def _wecom(key: str, query: Mapping[str, str]) -> Robot:
    return _robot(WECOM, f"/cgi-bin/webhook/send?key={_key(key)}", query)


def _dingtalk(token: str, query: Mapping[str, str], secret: str = "") -> Robot:
    return _robot(DINGTALK, f"/robot/send?access_token={_key(token)}", query, secret)


def _hook(program: str, token: str, query: Mapping[str, str]) -> Robot:
    return _robot(program, _HOOK + _key(token), query)


def _handed_out(parts: SplitResult) -> Robot:
    """What the chat program shows with its button “copy the address”."""
    host, path, query = parts.hostname or "", parts.path.rstrip("/"), _query(parts)
    if host == "qyapi.weixin.qq.com" and path == "/cgi-bin/webhook/send":
        return _wecom(query.get("key", ""), query)
    if host == "oapi.dingtalk.com" and path == "/robot/send":
        return _dingtalk(query.get("access_token", ""), query)
    for program in (FEISHU, LARK):
        if HOSTS[program] == f"https://{host}" and path.startswith(_HOOK):
            return _hook(program, path.removeprefix(_HOOK), query)
    if host == "hooks.slack.com" and path.startswith("/services/"):
        return Robot(SLACK)
    if _TEAMS_HOST.fullmatch(host) and "sig" in query:
        return Robot(TEAMS, url=parts.geturl())
    raise BadAddress


def _by_scheme(program: str) -> Callable[[SplitResult], Robot]:
    """`feishu://token`"""

    def read(parts: SplitResult) -> Robot:
        query = _query(parts)
        return _hook(program, query.get("token") or _place(parts), query)

    return read


def _wecombot(parts: SplitResult) -> Robot:
    query = _query(parts)
    return _wecom(query.get("key") or _place(parts), query)


def _dingtalk_scheme(parts: SplitResult) -> Robot:
    """`dingtalk://secret@token`"""
    query = _query(parts)
    return _dingtalk(query.get("token") or _place(parts), query, unquote(parts.username or ""))


def _webhook(parts: SplitResult) -> Robot:
    """`jsons://user:password@host/path`; `-name=value` of the query is sent in the query, `+name=value` as a header."""
    query = parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True)
    sent = "&".join(f"{quote(name[1:])}={quote(value)}" for name, value in query if name.startswith("-"))
    headers = tuple((name[1:], value) for name, value in query if name.startswith("+"))
    extra = tuple((name[1:], value) for name, value in query if name.startswith(":"))
    if not _has_place(parts) or any("\n" in part or "\r" in part for pair in headers for part in pair):
        raise BadAddress
    scheme = "https" if parts.scheme.lower() == "jsons" else "http"
    url = f"{scheme}://{parts.netloc}{parts.path}" + (f"?{sent}" if sent else "")
    return Robot(WEBHOOK, url=url, headers=headers, extra=extra)


def _gotify(parts: SplitResult) -> Robot:
    """`gotifys://host/path/token`"""
    folder, _, token = parts.path.strip("/").rpartition("/")
    if not _has_place(parts) or not token:
        raise BadAddress
    url = f"https://{parts.netloc}/{folder + '/' if folder else ''}message"
    return Robot(GOTIFY, url=url, headers=(("X-Gotify-Key", unquote(token)),))


def _workflows(parts: SplitResult) -> Robot:
    """`workflows://host/workflow/signature`"""
    pieces = parts.path.strip("/").split("/")
    if not _has_place(parts) or len(pieces) < 2 or not all(pieces[:2]):
        raise BadAddress
    flow, signature = pieces[:2]
    url = f"https://{parts.netloc}/workflows/{flow}/triggers/manual/paths/invoke?{_TEAMS_QUERY}{signature}"
    return Robot(TEAMS, url=url)


def _slack(parts: SplitResult) -> Robot:
    if not parts.netloc:
        raise BadAddress
    return Robot(SLACK)


def _telegram(parts: SplitResult) -> Robot:
    if not parts.netloc:
        raise BadAddress
    return Robot(TELEGRAM)


_READERS: dict[str, Callable[[SplitResult], Robot]] = {
    "https": _handed_out,
    "wecombot": _wecombot,
    "dingtalk": _dingtalk_scheme,
    "feishu": _by_scheme(FEISHU),
    "lark": _by_scheme(LARK),
    "json": _webhook,
    "jsons": _webhook,
    "gotifys": _gotify,
    "workflows": _workflows,
    "slack": _slack,
    "tgram": _telegram,
}
