"""`/api/v1/field/alarm`: asked every few seconds by every open tablet, so it tells only whether to look."""

from flask_smorest import Blueprint

from admin_app.api.operation import Answer, Call, Operation
from admin_app.api.routes import add, blueprint
from schemas.field_bundle import AlarmSchema
from store.tablet.alarm import alarm_mark
from store.words import Words


def _alarm(call: Call) -> Answer:
    return Answer({"mark": alarm_mark(call.actor)})


def make() -> Blueprint:
    made = blueprint("field_alarm", Words("平板告警", "Tablets: alarms"))
    words = Words(
        "应急步骤是否有变化；几秒问一次", "Whether a step of an emergency has changed; asked every few seconds"
    )
    add(made, Operation("read_field_alarm", "GET", "/alarm", "work.do", words, AlarmSchema), _alarm)
    return made
