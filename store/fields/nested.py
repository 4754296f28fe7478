"""Fields made of other fields: a group, and a list whose rows have the same parts. Whoever goes through a specification
(checking, forms, tables, descriptions) goes into them, so they have no values of their own."""

from store.fields.kind import Kind
from store.words import Words

GROUP, LIST = "group", "list"


class Nested(Kind):
    nested = True
    is_small = for_managers = False
    control = "group"


class Rows(Nested):
    control = "rows"


KINDS: tuple[Kind, ...] = (
    Nested(GROUP, Words("分组", "Group")),
    Rows(LIST, Words("列表", "List")),
)
