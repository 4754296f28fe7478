"""What stands between words that the product puts together: Chinese and English have signs of their own."""

from collections.abc import Iterable

from admin_app.shell.language import say
from store.words import Words

COLON = Words("：", ": ")
CLAUSES = Words("，", ", ")
ROWS = Words("；", "; ")
_LIST = Words("、", ", ")


def listed(texts: Iterable[str]) -> str:
    """`张三、李四`, `Zhang, Li`."""
    return say(_LIST).join(texts)
