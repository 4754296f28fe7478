"""The stable codes of the API's own refusals; each domain adds those of its rules (`not_allowed_now`, `in_use`, …)."""

from admin_app.api import bodies, idempotency, problems, queries, versions
from admin_app.shell import outage
from admin_app.tokens import authentication
from store.words import Words

CODES: dict[str, tuple[int, Words]] = {
    "token_missing": (401, authentication.MISSING),
    "token_invalid": (401, authentication.WRONG),
    "token_revoked": (401, authentication.REVOKED),
    "token_expired": (401, authentication.EXPIRED),
    "device_revoked": (401, authentication.DEVICE_REVOKED),
    "not_a_device": (403, authentication.NOT_A_DEVICE),
    "field_doors_only": (403, authentication.FIELD_ONLY),
    "scope_missing": (403, Words("令牌没有所需的范围", "The token does not have the scope that is needed")),
    "forbidden": (403, Words("您的角色不允许此操作", "Your role does not allow this")),
    "not_found": (
        404,
        Words("没有，或不属于您可见的小区", "There is none, or it belongs to an estate you may not see"),
    ),
    "unknown_parameter": (400, queries.UNKNOWN),
    "repeated_parameter": (400, queries.REPEATED),
    "unknown_filter": (400, queries.NO_FILTER),
    "unknown_operator": (400, queries.NO_OPERATOR),
    "unknown_sort": (400, queries.NO_SORT),
    "unknown_field": (400, queries.NO_FIELD),
    "bad_limit": (400, queries.BAD_LIMIT),
    "bad_count": (400, queries.BAD_COUNT),
    "bad_cursor": (400, Words("翻页位置无效", "The page marker is not valid")),
    "query_too_expensive": (400, problems.TOO_EXPENSIVE),
    "malformed_json": (400, bodies.MALFORMED),
    "not_an_object": (400, bodies.NOT_OBJECT),
    "too_deep": (400, bodies.TOO_DEEP),
    "too_many_values": (400, bodies.TOO_MANY),
    "number_too_large": (400, bodies.TOO_BIG),
    "unstorable_text": (400, bodies.UNSTORABLE),
    "bad_name": (400, bodies.BAD_KEY),
    "bad_if_match": (400, versions.BAD),
    "bad_idempotency_key": (400, idempotency.BAD_KEY),
    "too_large": (413, bodies.TOO_LARGE),
    "unsupported_media_type": (415, bodies.NOT_JSON_TYPE),
    "code_taken": (409, Words("编号已被使用", "The code is taken")),
    "in_use": (409, Words("仍被使用，users 列出使用者", "It is still used; `users` lists by what")),
    "changed_meanwhile": (412, Words("别人刚刚修改，theirs 为对方的修改", "Somebody else changed it; see `theirs`")),
    "precondition_required": (428, versions.NEEDED),
    "idempotency_key_reused": (422, idempotency.REUSED),
    "idempotency_in_progress": (409, idempotency.RUNNING),
    "idempotency_carried_out": (409, idempotency.CARRIED_OUT),
    "not_allowed_now": (422, Words("当前状态不允许此操作", "The state does not allow this now")),
    outage.CODE: (503, outage.WORDS),
    "required": (422, Words("必填", "A field that is needed is missing")),
}
