"""Courses as content: what is taught, to whom, for how long, and how long its certificate is good (clause 5.1)."""

from store.access import ROLES
from store.content.types import CLAUSE, NAME, ContentType, register
from store.fields.spec import Field
from store.words import Words

TOPICS: tuple[tuple[str, Words], ...] = (
    ("concept", Words("服务理念", "Attitude")),
    ("skills", Words("岗位技能", "Skills")),
    ("knowledge", Words("制度与知识", "Policy and knowledge")),
    ("safety", Words("安全", "Safety")),
)

COURSE = register(
    ContentType(
        key="course",
        label=Words("课程", "Courses"),
        help=Words("培训教什么、面向谁、多少学时；场次按课程安排。", "What is taught, to whom and how long."),
        place=("people", 31),
        fields=(
            NAME,
            CLAUSE,
            Field("topic", "choice", Words("内容类别", "Topic"), required=True, choices=TOPICS),
            Field("outline", "long_text", Words("提纲", "Outline"), translated=True),
            Field("roles", "choices", Words("面向岗位", "For roles"), choices=tuple(ROLES.items())),
            Field("hours", "decimal", Words("学时", "Hours"), minimum=0.5, maximum=24),
            Field("pass_score", "integer", Words("合格分数", "Score to pass"), minimum=0, maximum=100),
            Field(
                "valid_months",
                "integer",
                Words("证书有效期（月）", "Certificate good for months"),
                minimum=1,
                maximum=120,
                help=Words("留空：长期有效", "Empty: it does not lapse"),
            ),
        ),
    )
)
