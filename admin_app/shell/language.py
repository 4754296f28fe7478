"""Which language this reader reads: `?lang=`, then the session, the account, the browser, the house."""

from flask import Flask, Response, current_app, has_request_context, request, session
from flask_babel import Babel

from admin_app.accounts.current import account_language
from admin_app.shell import hooks
from admin_app.shell.paths import is_api
from store.words import LANGUAGES, Language, Words

# The only names under which Flask-Babel finds the Chinese translations of the libraries; "zh" silently stays English.
LOCALES: dict[Language, str] = {"zh": "zh_Hans_CN", "en": "en"}
# Where a request keeps what was found out: `g` may live for several requests.
_KEPT = "anju.language"


def current_language() -> Language:
    if not has_request_context():
        return current_app.config["ANJU_LANGUAGE"] if current_app else "zh"
    # A page says hundreds of words. What it depends on may change while the request runs: a choice, a sign-in. A program has
    # no session, and looking for one would be said in its answer's `Vary`.
    reader = None if is_api() else (session.get("language"), session.get("_user_id"))
    known: tuple[object, Language] | None = request.environ.get(_KEPT)
    if known is None or known[0] != reader:
        known = request.environ[_KEPT] = reader, _chosen()
    return known[1]


def _chosen() -> Language:
    chosen = _known(request.args.get("lang"))
    if chosen is None and not is_api():
        chosen = _known(session.get("language")) or _known(account_language())
    return chosen or _of_browser() or current_app.config["ANJU_LANGUAGE"]


def _known(value: object) -> Language | None:
    return next((language for language in LANGUAGES if language == value), None)


def _of_browser() -> Language | None:
    for wanted, _ in request.accept_languages:
        found = _known(wanted.split("-")[0].lower())
        if found:
            return found
    return None


def say(words: Words) -> str:
    """`words` in the reader's language."""
    return words.text(current_language())


def t(zh: str | Words, en: str | None = None) -> str:
    """For templates: `t("保存", "Save")` or `t(words)`."""
    return say(zh if isinstance(zh, Words) else Words(zh, zh if en is None else en))


def register(app: Flask, *, language: str, timezone: str) -> None:
    app.config["ANJU_LANGUAGE"] = language
    Babel(
        app,
        default_locale=LOCALES[_known(language) or "zh"],
        default_timezone=timezone,
        locale_selector=lambda: LOCALES[current_language()],
    )
    app.before_request(_remember)
    hooks.after_all(app, _name_language)
    app.jinja_env.globals.update(t=t, current_language=current_language)
    app.jinja_env.filters["words"] = t


def _remember() -> None:
    chosen = _known(request.args.get("lang"))
    if chosen and not is_api() and session.get("language") != chosen:
        session["language"] = chosen


def _name_language(response: Response) -> Response:
    response.headers.setdefault("Content-Language", "zh-CN" if current_language() == "zh" else "en")
    return response
