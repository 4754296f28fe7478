"""What the kind of an error means, for whoever reads the jobs page."""

from store.health.rules import CLOCK_OFF
from store.words import Words

ERRORS: dict[str, Words] = {
    "ServerSelectionTimeoutError": Words("连接不上数据库", "The database cannot be reached"),
    "AutoReconnect": Words("数据库连接中断", "The connection to the database broke"),
    "ClockOff": CLOCK_OFF,
    "ConnectionError": Words("连接不上 Redis", "Redis cannot be reached"),
    "KeyError": Words("记录缺少必要的数据", "The record lacks what is needed"),
    "NotFound": Words("引用的内容已不存在", "What it refers to is gone"),
    "Invalid": Words("内容不符合规则", "The content breaks a rule"),
    "NoMaker": Words("程序不认识要生成的记录", "Nobody makes records of that kind"),
    "ValueError": Words("记录里的数据格式不对", "Something in the record is malformed"),
    "TypeError": Words("记录里的数据格式不对", "Something in the record is malformed"),
    "Unsound": Words("有一项数据无法使用，其余照常使用", "One part cannot be used; the rest is"),
    "JobTimeoutException": Words("超过最长运行时间，已停止", "It ran too long and was stopped"),
    "AbandonedJobError": Words("工作进程中途被结束", "Its worker was ended in the middle"),
    "NotAllowed": Words("不是本系统的任务，已拒绝执行", "Not a job of this house: it was refused"),
}


def error_words(error: str) -> Words:
    """What the kind of an error means; the kind itself stands beside it for whoever mends it."""
    return ERRORS.get(error.split()[0], Words("程序出错，请联系技术支持", "A defect: please tell support"))
