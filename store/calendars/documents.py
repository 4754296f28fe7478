"""The working calendar as content: weekly windows, statutory holidays and make-up workdays (调休)."""

from store.calendars.rules import check
from store.content.types import NAME, Body, ContentType, LookUp, register
from store.errors import Problem
from store.fields.spec import Field
from store.words import Words


def _check(body: Body, look_up: LookUp) -> list[Problem]:
    return check(body)


WORKING_CALENDAR = register(
    ContentType(
        key="working_calendar",
        label=Words("工作日历", "Working calendar"),
        help=Words("工作时段、法定节假日和调休上班日。", "Working hours, statutory holidays and make-up workdays."),
        fields=(
            NAME,
            Field(
                "timezone",
                "text",
                Words("时区", "Time zone"),
                required=True,
                default="Asia/Shanghai",
                lookup="timezone",
            ),
            Field(
                "windows",
                "list",
                Words("工作时段", "Working hours"),
                required=True,
                fields=(
                    Field("weekdays", "weekdays", Words("星期", "Weekdays"), required=True),
                    Field("start", "time", Words("开始", "From"), required=True),
                    Field(
                        "end",
                        "time",
                        Words("结束", "Until"),
                        required=True,
                        help=Words("不晚于开始即为次日", "Not after the start: on the next day"),
                    ),
                ),
            ),
            Field(
                "days",
                "list",
                Words("节假日与调休", "Special days"),
                fields=(
                    Field("date", "date", Words("日期", "Date"), required=True),
                    Field(
                        "kind",
                        "choice",
                        Words("类型", "Kind"),
                        required=True,
                        choices=(
                            ("holiday", Words("放假", "Holiday")),
                            ("workday", Words("调休上班", "Make-up workday")),
                        ),
                    ),
                    Field("name", "text", Words("名称", "Name"), translated=True),
                ),
            ),
            Field(
                "makeup_weekday",
                "weekday",
                Words("调休日按星期几上班", "Weekday whose hours make-up workdays have"),
                default=1,
            ),
        ),
        check=_check,
    )
)
