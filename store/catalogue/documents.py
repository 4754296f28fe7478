"""What the company offers: categories, items with their promises, standards, prices and checklists."""

from store.calendars.promises import days_field
from store.catalogue import rules
from store.content.types import CLAUSE, ESCALATION, NAME, ContentType, register
from store.fields.spec import Field
from store.findings.rules import SEVERITIES
from store.words import Words

KINDS: tuple[tuple[str, Words], ...] = (
    ("enquiry", Words("咨询", "Enquiry")),
    ("repair", Words("报修", "Repair")),
    ("complaint", Words("投诉", "Complaint")),
    ("suggestion", Words("建议", "Suggestion")),
)
URGENCIES: tuple[tuple[str, Words], ...] = (
    ("life", Words("危及生命", "Life-threatening")),
    ("urgent", Words("紧急", "Urgent")),
    ("normal", Words("一般", "Normal")),
    ("planned", Words("计划内", "Planned")),
)
INDICATORS: tuple[tuple[str, Words], ...] = (
    ("response_on_time_rate", Words("响应及时率", "Answered on time")),
    ("resolve_on_time_rate", Words("办结及时率", "Solved on time")),
    ("reply_on_time_rate", Words("书面答复及时率", "Written replies on time")),
    ("response_minutes", Words("平均响应时间", "Mean time to respond")),
    ("resolve_minutes", Words("平均办结时间", "Mean time to solve")),
    ("intake_minutes", Words("平均受理时长", "Mean time to take a request")),
    ("promise_kept_rate", Words("承诺兑现率", "Promises kept")),
    ("repeat_complaint_count", Words("重复投诉件数", "Repeat complaints")),
    ("rework_rate", Words("返修率", "Repairs that come back")),
    ("callback_rate", Words("回访率", "Called back")),
    ("inspection_score", Words("检查平均得分", "Mean inspection score")),
    ("inspection_done_rate", Words("检查按时完成率", "Inspections done on time")),
    ("finding_on_time_rate", Words("整改按时关闭率", "Findings closed on time")),
    ("checkpoint_on_time_rate", Words("巡更点按时到位率", "Checkpoints visited on time")),
    ("drill_quota_rate", Words("演练完成率", "Drills held of the quota")),
    ("satisfaction_rate", Words("满意度", "Satisfaction")),
    ("households_contacted_rate", Words("走访联系率", "Households contacted")),
    ("training_attendance_rate", Words("培训到课率", "Training attendance")),
)
DISPATCH: tuple[tuple[str, Words], ...] = (
    ("open", Words("自由接单", "Open to be taken")),
    ("by_load", Words("按在手工单派给当班人员", "To whoever on duty has least to do")),
)
CHECK_KINDS: tuple[tuple[str, Words], ...] = (
    ("pass_fail", Words("合格/不合格", "Pass or fail")),
    ("score", Words("评分", "Score")),
    ("number", Words("数值", "Number")),
    ("text", Words("文字", "Text")),
    ("photo", Words("照片", "Photo")),
)

_CATEGORY = Field("category", "reference", Words("服务类别", "Category"), required=True, target="service_category")
_DEPARTMENT = Field("department", "reference", Words("责任部门", "Department"), target="department")
_CODE = Field("code", "text", Words("编号", "Code"), required=True)

register(
    ContentType(
        key="service_category",
        label=Words("服务类别", "Service category"),
        help=Words("服务项目的分类和责任部门。", "Groups service items and names the department."),
        fields=(NAME, CLAUSE, Field("order", "integer", Words("排序", "Order"), minimum=0, maximum=999), _DEPARTMENT),
    )
)

register(
    ContentType(
        key="service_item",
        label=Words("服务项目", "Service item"),
        help=Words("可受理的事项及其时限承诺。", "What can be asked for, and by when it is promised."),
        fields=(
            NAME,
            Field(
                "aliases",
                "text",
                Words("别名", "Also called"),
                help=Words(
                    "业主常用的说法，用顿号隔开，如：滴水、漏水",
                    "What residents say, with commas between: drip, leak",
                ),
            ),
            _CATEGORY,
            Field("kinds", "choices", Words("适用类型", "Kinds"), required=True, choices=KINDS),
            Field("urgency", "choice", Words("紧急程度", "Urgency"), required=True, choices=URGENCIES),
            CLAUSE,
            Field(
                "response_minutes", "minutes", Words("响应时限（分钟）", "Respond within (minutes)"), maximum=525_600
            ),
            days_field("response", Words("响应时限（工作日）", "Respond within (working days)")),
            Field("resolve_minutes", "minutes", Words("办结时限（分钟）", "Solve within (minutes)"), maximum=525_600),
            days_field("resolve", Words("办结时限（工作日）", "Solve within (working days)")),
            Field("reply_minutes", "minutes", Words("书面答复时限（分钟）", "Reply within (minutes)"), maximum=525_600),
            days_field("reply", Words("书面答复时限（工作日）", "Reply within (working days)")),
            Field(
                "calendar",
                "reference",
                Words("工作日历", "Working calendar"),
                target="working_calendar",
                help=Words("留空表示全天候计时", "Empty: every hour counts"),
            ),
            ESCALATION,
            Field("makes_work_order", "boolean", Words("生成工单", "Makes a work order")),
            _DEPARTMENT,
            Field("checklist", "reference", Words("检查表", "Checklist"), target="checklist"),
            Field(
                "dispatch",
                "choice",
                Words("派单方式", "Dispatch"),
                choices=DISPATCH,
                help=Words("留空表示自由接单", "Empty: open to be taken"),
            ),
            Field("price_list", "reference", Words("收费标准", "Price list"), target="price_list"),
            Field(
                "acceptance_days",
                "integer",
                Words("默认验收天数", "Days to tacit acceptance"),
                minimum=1,
                maximum=90,
                help=Words("留空表示必须由业主确认", "Empty: silence is never acceptance"),
            ),
            Field(
                "callback_percent",
                "integer",
                Words("回访比例（%）", "Share called back (percent)"),
                minimum=0,
                maximum=100,
            ),
            Field(
                "callback_escalation",
                "reference",
                Words("回访升级策略", "Escalation policy of call-backs"),
                target="escalation_policy",
            ),
        ),
        check=rules.check_item,
    )
)

register(
    ContentType(
        key="service_standard",
        label=Words("服务标准", "Service standard"),
        help=Words("可衡量的指标和目标值。", "A measurable indicator and its target."),
        fields=(
            NAME,
            _CATEGORY,
            CLAUSE,
            Field("indicator", "choice", Words("指标", "Indicator"), required=True, choices=INDICATORS),
            Field("target", "decimal", Words("目标值", "Target"), required=True),
            Field(
                "unit",
                "choice",
                Words("单位", "Unit"),
                required=True,
                choices=(
                    ("percent", Words("百分比", "Percent")),
                    ("minutes", Words("分钟", "Minutes")),
                    ("score", Words("分", "Points")),
                    ("count", Words("件", "Count")),
                ),
            ),
            Field(
                "better",
                "choice",
                Words("越好方向", "Better when"),
                required=True,
                choices=(("higher", Words("越高越好", "Higher")), ("lower", Words("越低越好", "Lower"))),
            ),
        ),
        check=rules.check_standard,
    )
)

PRICE_LIST = register(
    ContentType(
        key="price_list",
        label=Words("收费标准", "Price list"),
        help=Words("维修收费项目；按受理时生效的版本计费。", "Charges for repairs; the version then in force counts."),
        fields=(
            NAME,
            CLAUSE,
            Field(
                "lines",
                "list",
                Words("收费项目", "Lines"),
                required=True,
                fields=(
                    _CODE,
                    NAME,
                    Field("unit", "text", Words("计价单位", "Unit"), required=True),
                    Field(
                        "quantities",
                        "choice",
                        Words("数量", "Quantities"),
                        choices=tuple(rules.QUANTITIES.items()),
                        help=Words(
                            "留空按计价单位判断：米可为小数，个不可", "Empty: by the unit; metres yes, pieces no"
                        ),
                    ),
                    Field("price_fen", "money_fen", Words("单价", "Price"), required=True),
                    Field("warranty_days", "integer", Words("保修天数", "Days of warranty"), minimum=0, maximum=3650),
                ),
            ),
        ),
        check=rules.check_price_list,
    )
)

register(
    ContentType(
        key="checklist",
        label=Words("检查表", "Checklist"),
        help=Words("逐项检查、评分、拍照；不合格项形成问题。", "Items to check, score and photograph."),
        fields=(
            NAME,
            _CATEGORY,
            CLAUSE,
            Field("pass_score", "integer", Words("合格分（%）", "Pass score (percent)"), minimum=0, maximum=100),
            Field(
                "raises_findings",
                "boolean",
                Words("不合格项生成整改", "Failed items become findings"),
                default=True,
            ),
            Field(
                "finding_policy",
                "reference",
                Words("整改规则", "Finding policy"),
                target="finding_policy",
                help=Words("留空按条款采用", "Empty: the one of the clause"),
            ),
            Field(
                "items",
                "list",
                Words("检查项", "Items"),
                required=True,
                fields=(
                    _CODE,
                    NAME,
                    Field("kind", "choice", Words("方式", "Kind"), required=True, choices=CHECK_KINDS),
                    Field("max_score", "integer", Words("满分", "Highest score"), minimum=1, maximum=1000),
                    Field("required", "boolean", Words("必填", "Required")),
                    Field("photo_required", "boolean", Words("须拍照", "Photo required")),
                    Field(
                        "severity",
                        "choice",
                        Words("不合格的严重程度", "Severity of a failure"),
                        choices=tuple(SEVERITIES.items()),
                    ),
                    Field(
                        "only_if",
                        "text",
                        Words("仅当不合格", "Only if this failed"),
                        help=Words("前面某项的编号", "The code of an earlier item"),
                        codes_of="items",
                    ),
                ),
            ),
        ),
        check=rules.check_checklist,
    )
)
