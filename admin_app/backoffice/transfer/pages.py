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
from admin_app.backoffice.frame.base import MenuPlace
from admin_app.backoffice.records.views import OfficeView
from admin_app.backoffice.transfer import columns as import_columns
from admin_app.shell import gate
from admin_app.shell.errors import problems_of
from admin_app.shell.language import current_language, say
from store import clock, directory
from store.access import permits
from store.content.audience import hidden_from
from store.content.reading import all_types
from store.errors import AnjuError, Invalid
from store.transfer import layout_checks, mappings
from store.transfer import operations as transfer
from store.transfer.cells import tables
from store.transfer.correcting import wrong_rows
from store.transfer.kinds import kind_of
from store.transfer.layout import Layout
from store.transfer.raw import Book
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


class Upload(NamedTuple):
    data: bytes
    name: str


NOTHING = Upload(b"", "")


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
        """Ask what the columns are where that is not certain, try the file, or – with the same file handed back by the
        page – carry it out."""
        try:
            data, name = _file()
            book = read(data, name)
            layout, is_asked = _layout(kind, book)
            if is_asked:
                return self._columns(kind, Upload(data, name), book, layout)
            return self._tried(kind, Upload(data, name), book, layout)
        except AnjuError as error:
            return self._page(kind, mistakes=[say(each.words) for each in problems_of(error)]), 422

    def _tried(self, kind: str, upload: Upload, book: Book, layout: Layout) -> Any:
        actor, now, form = current_actor(), clock.now(), request.form
        choices = transfer.Choices(layout, form.get("remove") == "yes", form.get("doubles") == "yes")
        report = transfer.dry_run(kind, book, actor, now, choices)
        if form.get("wrong"):
            return _download(wrong_rows(report, book, layout, current_language()), f"{kind}-{now:%Y%m%d}-problems.xlsx")
        if form.get("apply"):
            report = transfer.apply(report, actor, now, "only_good" not in form, "publish" in form)
        return self._page(kind, report, upload, choices)

    def _columns(self, kind: str, upload: Upload, book: Book, layout: Layout) -> str:
        """Sheets, header rows and columns, with the first rows, to be confirmed or put right."""
        fields = kind_of(kind, current_actor(), clock.now()).fields
        problems = layout_checks.check(fields, layout)
        return self.render(
            "transfer/columns.html",
            **self._frame(kind),
            data=b64encode(upload.data).decode(),
            name=upload.name,
            sheets=import_columns.sheets(book, layout),
            groups=import_columns.groups(fields),
            fixed=import_columns.fixed(fields, book, layout, current_actor()),
            problems=[each for each in problems if each.code != "unconfirmed_column"],
        )

    def _frame(self, kind: str) -> dict[str, Any]:
        found = kind_of(kind, current_actor(), clock.now())
        label = found.content_type.label if found.content_type else Words(kind, kind)
        words = found.document.LABEL if found.document else label
        return {"kind": kind, "words": words, "back": url_for(".index"), "is_content": found.content_type is not None}

    def _page(
        self,
        kind: str,
        report: Report | None = None,
        upload: Upload = NOTHING,
        choices: transfer.Choices = transfer.AS_IT_IS,
        mistakes: Iterable[str] = (),
    ) -> str:
        rows = sorted(report.rows, key=lambda row: (row.action != "error", row.number)) if report else []
        return self.render(
            "transfer/kind.html",
            **self._frame(kind),
            report=report,
            rows=rows[:MOST_SHOWN],
            hidden=max(0, len(rows) - MOST_SHOWN),
            data=b64encode(upload.data).decode(),
            name=upload.name,
            choices=choices,
            layout=import_columns.dumped(choices.layout) if choices.layout else "",
            several_sheets=len({row.sheet for row in rows}) > 1,
            mistakes=list(mistakes),
            actions=ACTIONS,
            may_publish=permits(current_actor(), "content.publish"),
        )


def _layout(kind: str, book: Book) -> tuple[Layout, bool]:
    """Where the tables are in the file, and whether somebody has to look at it first."""
    form, actor, now = request.form, current_actor(), clock.now()
    fields = kind_of(kind, actor, now).fields
    if form.get("columns"):
        layout = import_columns.chosen(form, book)
        if form["columns"] == "again":
            return transfer.laid_out(kind, book, actor, now, _headers(layout)), True
        if not layout_checks.check(fields, layout):
            mappings.keep(kind, layout, actor=actor, now=now)
            return layout, False
        return layout, True
    sent = import_columns.loaded(form.get("layout", ""), book, [table.path for table in tables(fields)])
    layout = sent or transfer.laid_out(kind, book, actor, now)
    return layout, "remap" in form or not (sent or layout.is_sure)


def _headers(layout: Layout) -> dict[str, int]:
    return {sheet.name: sheet.header for sheet in layout.sheets if sheet.header}


def kind_rows() -> Iterable[KindRow]:
    for key, document in directory.kinds().items():
        yield KindRow(key, document.LABEL, False)
    hidden = hidden_from(current_actor())
    for each in all_types(clock.now()):
        if each.key not in hidden:
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
