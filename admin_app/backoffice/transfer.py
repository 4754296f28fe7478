"""导入导出: a file is read and tried first; nothing is written before the reader has seen every row."""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Response as FlaskResponse
from flask import request, send_file, url_for
from flask_admin import expose

from admin_app.accounts.current import current_actor
from admin_app.backoffice.base import MenuPlace
from admin_app.backoffice.records.views import OfficeView
from admin_app.shell import gate
from admin_app.shell.errors import problems_of
from admin_app.shell.language import say
from store import clock, directory
from store.access import permits
from store.content.reading import all_types
from store.errors import AnjuError, Invalid
from store.transfer import operations as transfer
from store.transfer.reading import read
from store.transfer.reports import Report
from store.untrusted.names import clean_name
from store.words import Words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN = 500
ACTIONS: dict[str, tuple[str, str, Words]] = {
    "create": ("open", "plus", Words("新建", "New")),
    "update": ("soon", "edit", Words("修改", "Change")),
    "unchanged": ("quiet", "dot", Words("不变", "Unchanged")),
    "error": ("late", "late", Words("错误", "Error")),
}
NO_FILE = Words("请选择文件", "Choose a file")


class KindRow(NamedTuple):
    key: str
    words: Words
    is_content: bool


class Transfer(OfficeView):
    permission = "transfer.export"
    title = Words("导入导出", "Import and export")
    endpoint_name = "office_transfer"
    path = "transfer"
    menu_place = MenuPlace("system", 30)

    @expose("/")
    def index(self) -> str:
        kinds = list(kind_rows())
        may_import = permits(current_actor(), "transfer.import")
        return self.render("transfer/index.html", kinds=kinds, may_import=may_import)

    @expose("/<kind>/")
    @gate.requires("transfer.import")
    def kind(self, kind: str) -> str:
        return self._page(kind)

    @expose("/<kind>/export")
    def export(self, kind: str) -> FlaskResponse:
        """Everything of the kind that the reader may see."""
        now = clock.now()
        filters = {name: request.args[name] for name in ("code", "estate", "state") if request.args.get(name)}
        return _download(transfer.export(kind, current_actor(), now, filters), f"{kind}-{now:%Y%m%d}.xlsx")

    @expose("/<kind>/template")
    @gate.requires("transfer.import")
    def template(self, kind: str) -> FlaskResponse:
        return _download(transfer.template(kind, current_actor(), clock.now()), f"{kind}-template.xlsx")

    @expose("/<kind>/", methods=("POST",))
    @gate.requires("transfer.import")
    def run(self, kind: str) -> Any:
        """Try the file, or – with the same file handed back by the page – carry it out."""
        try:
            data, name = _file()
            sheet = read(data, name)
            actor, now = current_actor(), clock.now()
            report = transfer.dry_run(kind, sheet, actor, now)
            if request.form.get("apply"):
                only_good = "only_good" in request.form
                report = transfer.apply(report, actor, now, not only_good, "publish" in request.form)
        except AnjuError as error:
            return self._page(kind, mistakes=[say(each.words) for each in problems_of(error)]), 422
        return self._page(kind, report, b64encode(data).decode(), name)

    def _page(
        self, kind: str, report: Report | None = None, data: str = "", name: str = "", mistakes: Iterable[str] = ()
    ) -> str:
        found = transfer.kind_of(kind, clock.now())
        words = (
            found.document.LABEL
            if found.document
            else found.content_type.label
            if found.content_type
            else Words(kind, kind)
        )
        rows = sorted(report.rows, key=lambda row: (row.action != "error", row.number)) if report else []
        return self.render(
            "transfer/kind.html",
            kind=kind,
            words=words,
            report=report,
            rows=rows[:MOST_SHOWN],
            hidden=max(0, len(rows) - MOST_SHOWN),
            data=data,
            name=name,
            mistakes=list(mistakes),
            actions=ACTIONS,
            is_content=found.content_type is not None,
            may_publish=permits(current_actor(), "content.publish"),
            back=url_for(".index"),
        )


def kind_rows() -> Iterable[KindRow]:
    for key, document in directory.kinds().items():
        yield KindRow(key, document.LABEL, False)
    for each in all_types(clock.now()):
        yield KindRow(each.key, each.label, True)


def _file() -> tuple[bytes, str]:
    """The uploaded file, or the one that was tried before. Raises `Invalid`."""
    kept = request.form.get("data", "")
    if kept:
        try:
            return b64decode(kept, validate=True), clean_name(request.form.get("name", ""))
        except ValueError:
            raise Invalid.one("no_file", NO_FILE, "file") from None
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Invalid.one("no_file", NO_FILE, "file")
    return upload.read(), clean_name(upload.filename)


def _download(data: bytes, name: str) -> FlaskResponse:
    response = send_file(BytesIO(data), mimetype=XLSX)
    response.headers["Cache-Control"] = "no-store"  # Flask says `no-cache`, and a browser would keep the residents
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
