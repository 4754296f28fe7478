"""What can be said of the settings without asking anybody. `Settings` itself has refused what cannot be used."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from jobs.doctor_findings import Finding, ill, sound, weak
from store.settings import BadSetting, Settings
from store.words import Words

# 32 random hexadecimal digits show fewer than ten different ones once in 40,000 times; "changeme" repeated shows seven.
FEWEST_DIFFERENT = 10
NEW_SECRET = Words(
    "运行 openssl rand -hex 32，把结果设为 SECRET_KEY 并重启；所有人需要重新登录",
    "Run openssl rand -hex 32, set SECRET_KEY to the result and restart; everybody signs in anew",
)


def bad_setting(error: BadSetting) -> Finding:
    mend = Words(
        "在环境变量或 .env 中改正 {name}，然后重启", "Correct {name} in the environment or in .env, then restart"
    )
    return ill(Words("设置无法使用：{error}", "A setting cannot be used: {error}").fill(error=error), _for(mend, error))


def _for(mend: Words, error: BadSetting) -> Words:
    return NEW_SECRET if error.name == "SECRET_KEY" else mend.fill(name=error.name)


def check_settings(settings: Settings) -> Iterator[Finding]:
    yield _secret(settings.secret_key)
    yield _address(settings.base_url)
    yield _mail(settings.smtp_url)


def _secret(secret: str) -> Finding:
    if len(set(secret)) < FEWEST_DIFFERENT:
        words = Words("SECRET_KEY 太容易猜到：字符重复过多", "SECRET_KEY is easy to guess: it repeats few characters")
        return ill(words, NEW_SECRET)
    return sound("SECRET_KEY 足够长且不重复", "SECRET_KEY is long enough and does not repeat itself")


def _address(base_url: str) -> Finding:
    parts = urlsplit(base_url)
    if parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1"):
        return sound("访问地址 {url}", "The address is {url}", url=base_url)
    return weak(
        Words("{url} 未加密：密码在网络上可被读取", "{url} is not encrypted: passwords can be read on the way").fill(
            url=base_url
        ),
        Words(
            "在前面架设 HTTPS 反向代理，并把 ANJU_BASE_URL 改为 https://…",
            "Put a reverse proxy with HTTPS in front and set ANJU_BASE_URL to https://…",
        ),
    )


def _mail(smtp_url: str | None) -> Finding:
    if smtp_url:
        return sound("已设置邮件服务器", "A mail server is set")
    return weak(
        Words("没有设置 SMTP_URL：电子邮件通知会一直等待", "SMTP_URL is not set: notices by e-mail wait"),
        Words(
            "设置 SMTP_URL，例如 smtps://用户:密码@服务器:465",
            "Set SMTP_URL, for example smtps://user:password@server:465",
        ),
    )
