"""Training sessions: a course on a day, who was asked to come, who came and with what result (clause 5.1)."""

from store.access import ROLES
from store.descriptions import Due, Making, Office, Proves
from store.fields.spec import Field
from store.kinds import RecordKind, register
from store.verbs import REASON, Button, Effect, Telling, Verb
from store.words import Words

_WRITE = "trainings.write"
_AHEAD = frozenset({"planned", "invited"})
_PLANNED_FOR = Field("planned_for", "datetime", Words("时间", "When"), required=True)
_PLACE = Field("place", "text", Words("地点", "Where"))
_PHOTOS = Field("photos", "photos", Words("现场照片", "Photos of it"))
_SUMMARY = Field("summary", "long_text", Words("培训小结", "What came of it"), required=True)
CAME: dict[str, Words] = {
    "present": Words("到课", "Present"),
    "absent": Words("缺课", "Absent"),
    "excused": Words("请假", "Excused"),
}
RESULTS: dict[str, Words] = {"passed": Words("合格", "Passed"), "failed": Words("不合格", "Failed")}
_ATTENDANCE = Field(
    "attendance",
    "list",
    Words("签到与成绩", "Attendance and results"),
    required=True,
    fields=(
        Field("person", "reference", Words("人员", "Who"), required=True, target="staff"),
        Field("came", "choice", Words("到课情况", "Attendance"), choices=tuple(CAME.items())),
        Field("score", "integer", Words("成绩", "Score"), minimum=0, maximum=100),
        Field("result", "choice", Words("结果", "Result"), choices=tuple(RESULTS.items())),
    ),
)
_CANCEL_HINT = Words("已通知的人员会收到取消通知。", "Whoever was asked to come is told.")

TRAINING = register(
    RecordKind(
        name="training_session",
        one=Words("培训场次", "Training session"),
        many=Words("培训", "Training"),
        prefix="T",
        page="trainings",
        permission="trainings.read",
        clause="5.1",
        search_order=47,
        states={
            "planned": Words("已计划", "Planned"),
            "invited": Words("已通知", "People are told"),
            "held": Words("已完成", "Held"),
            "cancelled": Words("已取消", "Cancelled"),
        },
        fields=(
            Field("course", "reference", Words("课程", "Course"), required=True, target="course"),
            _PLANNED_FOR,
            _PLACE,
            Field("trainer", "text", Words("讲师", "Trainer")),
            Field("hours", "decimal", Words("学时", "Hours"), minimum=0.5, maximum=24),
            Field("roles", "choices", Words("面向岗位", "For roles"), choices=tuple(ROLES.items())),
            Field("people", "references", Words("参加人员", "For people"), target="staff"),
            Field("note", "long_text", Words("说明", "Note")),
            Field("invited", "references", Words("已通知人员", "Told to come"), target="staff"),
            _ATTENDANCE,
            _PHOTOS,
            _SUMMARY,
            Field("held_at", "datetime", Words("完成时间", "Held on")),
        ),
        making=Making(
            words=Words("安排培训", "Plan a session"),
            permission=_WRITE,
            state="planned",
            asks=("course", "planned_for", "place", "trainer", "hours", "roles", "people", "note"),
            title=("course", "place"),
            hint=Words(
                "先选课程和时间；岗位和人员至少填一项，安排好后再“通知参加”。",
                "Choose the course and the time, and whom it is for by role or by name; tell them afterwards.",
            ),
            days_ahead={"planned_for": 7},
        ),
        due=Due(field="planned_for", states=_AHEAD),
        verbs=(
            Verb(
                "invite",
                Words("通知参加", "Tell people to come"),
                before=_AHEAD,
                after="invited",
                permission=_WRITE,
                noun="invitation",
                button=Button(tone="primary", icon="bell"),
                effect=Effect(tells=Telling(("roles", "people"), "training-invited", kept="invited")),
            ),
            Verb(
                "attend",
                Words("登记签到", "Record attendance"),
                before=_AHEAD | {"held"},
                permission=_WRITE,
                fields=(_ATTENDANCE, _PHOTOS),
                noun="attendance",
                button=Button(icon="people", wide=True, rows_of={"attendance": "invited"}),
            ),
            Verb(
                "hold",
                Words("登记完成", "Record as held"),
                before=_AHEAD,
                after="held",
                permission=_WRITE,
                fields=(_SUMMARY,),
                noun="result",
                button=Button(icon="check"),
                effect=Effect(needs=("attendance",), stamps="held_at"),
            ),
            Verb(
                "move",
                Words("改期", "Move"),
                before=_AHEAD,
                permission=_WRITE,
                fields=(_PLANNED_FOR, _PLACE, REASON),
                noun="move",
                button=Button(icon="plans"),
                effect=Effect(tells=Telling(("invited",), "training-moved")),
            ),
            Verb(
                "cancel",
                Words("取消", "Cancel"),
                before=_AHEAD,
                after="cancelled",
                permission=_WRITE,
                fields=(REASON,),
                noun="cancellation",
                button=Button(tone="danger", hint=_CANCEL_HINT),
                effect=Effect(tells=Telling(("invited",), "training-cancelled")),
            ),
        ),
        office=Office(
            section="people",
            order=32,
            columns=("planned_for", "trainer", "hours", "attendance"),
            exported=("course", "place", "invited", "held_at", "summary"),
            filters=("course", "state"),
            date="planned_for",
            empty=Words("还没有安排培训", "No training is planned yet"),
            empty_hint=Words(
                "先在“课程”里发布课程，再安排场次、通知人员、登记签到和成绩。",
                "Publish a course first; then plan a session, tell people, and record who came and how they did.",
            ),
        ),
        proves=Proves(name="trainings_held", words=Words("完成的培训", "Training held"), state="held", at="held_at"),
    )
)
