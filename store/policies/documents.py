"""The company's written service policy: chapters and clauses, in force from its effective date (clauses 1.1, 9.2)."""

from store.content.types import ContentType, register
from store.fields.spec import Field
from store.policies.rules import EVIDENCE, check_policy
from store.words import Words

_TITLE = Field("title", "text", Words("标题", "Title"), required=True, translated=True)

POLICY = register(
    ContentType(
        key="policy",
        label=Words("服务制度", "Service policy"),
        help=Words(
            "章节条款；各项规则写明所落实的条款。", "Chapters and clauses; rules name the clause they carry out."
        ),
        fields=(
            _TITLE,
            Field("document_number", "text", Words("文号", "Document number")),
            Field("effective_date", "date", Words("施行日期", "In force from"), required=True),
            Field("interpreted_by", "reference", Words("解释部门", "Interpreted by"), target="department"),
            Field("scope", "references", Words("适用部门", "Applies to"), target="department"),
            Field(
                "chapters",
                "list",
                Words("章", "Chapters"),
                required=True,
                fields=(
                    Field("number", "integer", Words("章号", "Number"), required=True, minimum=1, maximum=99),
                    _TITLE,
                    Field(
                        "clauses",
                        "list",
                        Words("条款", "Clauses"),
                        required=True,
                        fields=(
                            Field("number", "text", Words("条款号", "Number"), required=True),
                            _TITLE,
                            Field("text", "long_text", Words("正文", "Text"), required=True, translated=True),
                            Field(
                                "evidence",
                                "choice",
                                Words("凭据", "Evidence"),
                                choices=tuple(EVIDENCE.items()),
                                help=Words(
                                    "什么记录证明这一条做到了；写明本条款的工单总是算数。",
                                    "Which records prove it; orders that name the clause always count.",
                                ),
                            ),
                        ),
                    ),
                ),
            ),
        ),
        check=check_policy,
    )
)
