"""THE table of what happens on time. A test holds it against the tasks, the queues and the Procfile.

Light on purpose: the web process reads it too, for the names on the health pages.
"""

from store.health.rules import Periodic
from store.words import Words

QUEUES: dict[str, Words] = {
    "ticks": Words("时限与计划", "Deadlines and plans"),
    # By itself: an urgent order must not wait behind letters that a slow mail server takes one by one.
    "relay": Words("转出", "Relay"),
    "notices": Words("通知", "Notices"),
    "reports": Words("报表与检查", "Reports and checks"),
}
HOUR, DAY = 3_600, 86_400


# They make or end things by the clock alone, and rest while it cannot be right. Who was told of something is told anyway.
BY_CLOCK = frozenset({"sweep_deadlines", "publish_due", "generate_work", "plan_drills", "check_calendars"})


def _periodic(name: str, queue: str, every_seconds: float, words: Words) -> Periodic:
    return Periodic(name, queue, every_seconds, f"jobs.tasks.{name}", words, name in BY_CLOCK)


SCHEDULE: tuple[Periodic, ...] = (
    _periodic("sweep_deadlines", "ticks", 0.5, Words("到期提醒与升级", "Warnings and escalation")),
    _periodic("publish_due", "ticks", 5, Words("定时发布内容", "Scheduled publication")),
    _periodic("generate_work", "ticks", 15, Words("按计划生成工单", "Work orders from plans")),
    _periodic("relay", "relay", 2, Words("转出通知与工单", "Relay of notices and orders")),
    _periodic("send_notices", "notices", 2, Words("发送通知", "Sending of notices")),
    _periodic("plan_drills", "reports", HOUR, Words("安排应急演练", "Dates of drills")),
    _periodic("check_calendars", "reports", DAY, Words("检查来年节假日", "Check of next year's calendars")),
)
# Who makes work for whom: what falls due is told within a second or two, whatever the clock's ticks.
WAKES: dict[str, str] = {"sweep_deadlines": "relay", "generate_work": "relay", "relay": "send_notices"}
BY_NAME: dict[str, Periodic] = {each.name: each for each in SCHEDULE}
# All that a worker may run: RQ itself would import and call whatever dotted path it finds in Redis.
ALLOWED: frozenset[str] = frozenset(each.function_path for each in SCHEDULE)
