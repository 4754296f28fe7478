"""The one place where errors become answers: a page or a flash for people, an RFC 9457 document for programs."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, g, jsonify, redirect, render_template, request, url_for
from flask_limiter import RateLimitExceeded
from pymongo.errors import ExecutionTimeout
from werkzeug.exceptions import BadHost, HTTPException
from werkzeug.wrappers import Response as AnyResponse

from admin_app.accounts.current import actor_or_none
from admin_app.shell.forgery import ForgedRequest
from admin_app.shell.gate import NotSignedIn
from admin_app.shell.language import say
from admin_app.shell.paths import came_from, wants_json
from store.errors import AnjuError, Busy, Conflict, Forbidden, Invalid, NotFound, Problem, RuleBroken
from store.words import Words

STATUSES: tuple[tuple[type[AnjuError], int], ...] = (
    (NotSignedIn, 401),
    (ForgedRequest, 400),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Invalid, 422),
    (RuleBroken, 422),
    (Busy, 429),
    (AnjuError, 400),
)
_HTTP: dict[int, tuple[str, Words]] = {
    400: ("bad_request", Words("请求的格式不对", "The request is malformed")),
    401: ("not_signed_in", Words("请先登录", "Please sign in first")),
    403: ("forbidden", Words("您没有此操作的权限", "Your role does not allow this")),
    404: ("not_found", Words("没有这个页面，或您无权查看", "There is no such page, or you may not see it")),
    405: ("method_not_allowed", Words("此地址不接受这种操作", "This address does not accept this method")),
    406: ("not_acceptable", Words("没有您要的格式", "The requested format is not available")),
    412: (
        "precondition_failed",
        Words("内容已被别人修改，请先查看", "Somebody changed this; look at it first"),
    ),
    413: ("too_large", Words("上传内容超过 16 MB 的上限", "The upload is larger than the limit of 16 MB")),
    415: ("unsupported_media_type", Words("不支持这种内容类型", "This content type is not supported")),
    422: ("invalid", Words("输入有误", "The input is wrong")),
    428: ("precondition_required", Words("请说明您看到的版本（If-Match）", "Name the version you saw (If-Match)")),
    429: ("too_many_requests", Words("操作太频繁，请稍后再试", "Too many requests; try again later")),
    500: ("internal_error", Words("系统出错，已记录，请稍后再试", "Something went wrong; it has been recorded")),
    503: ("unavailable", Words("服务暂时不可用", "The service is not available just now")),
}

Answered = Response | AnyResponse | tuple[str, int] | tuple[Any, ...]

RETRY_SECONDS = "5"
MOST_TOLD = 100
# A query is given up after some seconds; only what a reader typed can make one so slow.
TOO_WIDE = Words("搜索范围太大，请加上更多条件", "This search is too wide; narrow it down")


def status_of(error: AnjuError) -> int:
    return next(status for kind, status in STATUSES if isinstance(error, kind))


def register(app: Flask) -> None:
    app.register_error_handler(AnjuError, _of_house)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(ExecutionTimeout, lambda error: _of_house(RuleBroken("search_too_wide", TOO_WIDE)))


def flash_error(error: AnjuError) -> None:
    """Say on the next page what was wrong, every problem on its own line."""
    for problem in problems_of(error):
        flash(say(problem.words), "error")


def problems_of(error: AnjuError) -> tuple[Problem, ...]:
    """The first hundred problems: an input with more of them is not mended one by one."""
    return (
        error.problems[:MOST_TOLD] if isinstance(error, Invalid) else (Problem(error.code, error.words, error.field),)
    )


def _of_house(error: AnjuError) -> Response | AnyResponse | tuple[str, int]:
    status = status_of(error)
    resumed = _back_to_the_form(error)
    if resumed is not None:
        return resumed
    if wants_json():
        return problem_document(status, error.code, error.words, problems=problems_of(error), details=error.details)
    back = came_from()
    if request.method == "POST" and back and not isinstance(error, ForgedRequest | NotSignedIn):
        flash_error(error)
        return redirect(back, code=303)
    return _page(status, error.words, error.code)


SIGN_IN_AGAIN = Words(
    "登录已过期，请重新登录。刚才没有保存；您填写的文字还在这个浏览器里，登录后会回到原处。",
    "Your session has ended; please sign in again. Nothing was saved; what you typed is kept in this browser and comes back.",
)
SEND_AGAIN = Words(
    "页面已过期，刚才没有保存。您填写的内容已恢复，请核对后再提交一次。",
    "The page had expired and nothing was saved. What you typed is back; look it over and send it again.",
)


def _back_to_the_form(error: AnjuError) -> AnyResponse | None:
    """A form of ours whose session ended leads back to its page, by way of sign-in, where the draft is waiting.

    Another site's form has no page of ours behind it, and is refused as ever.
    """
    back = came_from() if request.method == "POST" and not wants_json() else None
    if back is None or not isinstance(error, ForgedRequest | NotSignedIn):
        return None
    if actor_or_none() is not None or request.blueprint == "security":
        flash(say(SEND_AGAIN), "error")
        return redirect(_readable(back), code=303)
    flash(say(SIGN_IN_AGAIN), "error")
    return redirect(url_for("security.login", next=_readable(back)), code=303)


def _readable(path: str) -> str:
    """The page itself, or the nearest above it that can be looked at: a refused form is shown at its verb's address."""
    adapter = current_app.url_map.bind_to_environ(request.environ)
    parts = urlsplit(path)
    if adapter.test(parts.path, method="GET"):
        return path
    above = parts.path.rstrip("/").split("/")[:-1]
    while above:
        for candidate in ("/".join(above), "/".join(above) + "/"):
            if candidate and adapter.test(candidate, method="GET"):
                return candidate
        above.pop()
    return url_for("admin.index")


def of_http(error: HTTPException) -> Answered:
    if error.response is not None:
        return error.get_response()
    if error.code in {301, 302, 303, 307, 308}:
        return error.get_response()
    status = error.code or 500
    code, words = _HTTP.get(status, (error.name.lower().replace(" ", "_"), Words(error.name, error.name)))
    # With a host that is no name no address of ours can be written, and a page is full of them.
    bare = wants_json() or isinstance(error, BadHost)
    answer = problem_document(status, code, words) if bare else _page(status, words, code)
    return _with_hints(answer, error)


def _with_hints(answer: Response | tuple[str, int], error: HTTPException) -> Response | tuple[Any, ...]:
    hints = {k: v for k, v in error.get_headers() if k in {"Allow", "Retry-After", "WWW-Authenticate"}}
    if isinstance(error, RateLimitExceeded) and error.limit:
        hints["Retry-After"] = str(error.limit.limit.get_expiry())
    if isinstance(answer, Response):
        answer.headers.update(hints)
        return answer
    return (*answer, hints)


def problem_document(
    status: int,
    code: str,
    words: Words,
    *,
    problems: tuple[Problem, ...] = (),
    details: dict[str, Any] | None = None,
) -> Response:
    """An RFC 9457 document with a stable `code`, the offending `field`, and `errors` when there are several."""
    body: dict[str, Any] = {"type": f"/api/docs#error-{code}", "title": say(words), "status": status, "code": code}
    first_field = problems[0].field if problems else None
    if first_field:
        body["field"] = first_field
    if len(problems) > 1:
        body["errors"] = [{"code": each.code, "field": each.field, "detail": say(each.words)} for each in problems]
    body.update({k: say(v) if isinstance(v, Words) else v for k, v in (details or {}).items() if k not in body})
    if g.get("request_id"):
        body["instance"] = f"urn:request:{g.request_id}"
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    if status == 429:
        response.headers["Retry-After"] = RETRY_SECONDS
    return response


def _page(status: int, words: Words, code: str) -> tuple[str, int]:
    return render_template("errors/error.html", status=status, words=words, code=code), status
