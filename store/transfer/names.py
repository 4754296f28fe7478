"""What the columns and sheets of a kind are called: by key, by label, and as offices call them. Pure."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from store.fields.spec import Field
from store.transfer.cells import Table, TableColumn, tables

CODE = "code"
# In the tables of lists: the code of the entry that a row belongs to.
PARENT = "parent"
MAIN_SHEET = "data"
# Only told about; never read.
HELP_SHEET = "help"
# Excel refuses longer names.
LONGEST_NAME = 31
_CODE_NAMES = (CODE, "编号", "编码", "代码")
_PARENT_NAMES = (PARENT, "所属编号", "主表编号")
# How the files of offices call a field; a guess, which somebody confirms once.
_OFFICE_NAMES: Mapping[str, tuple[str, ...]] = {
    "estate": ("小区名称", "项目", "项目名称", "所在小区"),
    "building": ("楼号", "楼栋号", "栋号", "幢号", "楼幢", "座"),
    "unit": ("楼栋", "楼号", "栋", "幢", "单元", "单元号", "房号", "房间号", "室号", "门牌号", "户号"),
    "room": ("单元", "房间号", "室号", "门牌号", "房屋编号"),
    "name": ("业主姓名", "住户姓名", "成员姓名", "客户姓名", "员工姓名", "业主", "住户"),
    "phone": ("联系电话", "联系方式", "手机", "手机号", "手机号码", "电话号码", "移动电话"),
    "email": ("电子邮箱", "电子邮件", "邮件", "email"),
    "relation": ("与业主关系", "身份", "住户类型", "人员类型"),
    "note": ("说明", "备注信息", "附注"),
    "department": ("所在部门", "科室"),
}


def folded(text: str) -> str:
    """A header without what varies: width, case, blanks, a star of duty, brackets of another width."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).strip("*:").removesuffix("(必填)")


def header(table: Table) -> list[str]:
    """The first row of a table: code, the numbers of the rows above, then the fields."""
    return [PARENT if table.path else CODE, *table.parents, *(column.key for column in table.columns)]


def sure_names(table: Table) -> dict[str, str]:
    """The keys of a table's columns by their folded names; a name that two columns have is no name."""
    found: dict[str, str] = {}
    doubled: set[str] = set()
    for key, name in _sure(table):
        if found.setdefault(folded(name), key) != key:
            doubled.add(folded(name))
    keys = {folded(each): each for each in header(table)}
    first = PARENT if table.path else CODE
    codes = {folded(each): first for each in _CODE_NAMES if folded(each) not in found}
    return {**codes, **{name: key for name, key in found.items() if name not in doubled}, **keys}


def _sure(table: Table) -> Iterator[tuple[str, str]]:
    yield from ((PARENT, each) for each in _PARENT_NAMES if table.path)
    for column in table.columns:
        yield from ((column.key, each) for each in (column.key, *column.label, *_bare(column)))


def _bare(column: TableColumn) -> tuple[str, ...]:
    """「名称」 alone is the Chinese one."""
    label = column.field.label
    if not column.field.translated or len(column.path) != 2:
        return ()
    return tuple(label) if column.path[-1] == "zh" else (f"英文{label.zh}", f"{label.zh}英文")


def likely_names(table: Table) -> dict[str, str]:
    """The keys of columns by what offices call them."""
    found: dict[str, str] = {}
    for column in table.columns:
        for name in _OFFICE_NAMES.get(column.path[0], ()) if column.path[-1] != "en" else ():
            found.setdefault(folded(name), column.key)
    return found


def table_of_sheet(fields: Sequence[Field], name: str) -> Table | None:
    """The table that a sheet is named after."""
    for table in tables(fields):
        called = {MAIN_SHEET, *table.label} if not table.path else {table.path, table.path[:LONGEST_NAME], *table.label}
        if folded(name) in {folded(each) for each in called}:
            return table
    return None
