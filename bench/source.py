"""`python -m bench.source [checkout …]`: what the product's source looks like in figures, one column for each checkout.

So that a change of the house can be told in figures: `git worktree add ../before COMMIT`, then
`python -m bench.source ../before .`. It reads files and runs nothing of them.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

PARTS = ("admin_app", "jobs", "schemas", "seeds", "store")
NO_TOKENS = frozenset(
    {
        tokenize.COMMENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
        tokenize.INDENT,
        tokenize.NEWLINE,
        tokenize.NL,
    }
)
# Of each sort one that is neither the simplest nor the oddest.
KIND, VERB, FIELD, FIELD_KIND = "incident", "force_close", "barred", "money_fen"


class Source:
    """The product's files below a checkout, read once."""

    def __init__(self, root: Path) -> None:
        found = [each for part in PARTS for each in sorted((root / part).rglob("*")) if each.is_file()]
        self.python = {_named(each, root): _text(each) for each in found if each.suffix == ".py"}
        self.pages = {_named(each, root): _text(each) for each in found if each.suffix == ".html"}
        self.functions = [list(_signatures(ast.parse(text))) for text in self.python.values()]


def _named(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix()


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _signatures(tree: ast.Module) -> Iterator[str]:
    """The annotations of each function, as text."""
    for each in ast.walk(tree):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            named = [*each.args.posonlyargs, *each.args.args, *each.args.kwonlyargs, each.args.vararg, each.args.kwarg]
            annotations = [one.annotation for one in named if one] + [each.returns]
            yield " ".join(ast.unparse(one) for one in annotations if one)


def files(source: Source) -> str:
    lengths = [text.count("\n") for text in source.python.values()]
    return f"{len(lengths)}, median {median(lengths):.0f} lines, {sum(each > 400 for each in lengths)} above 400"


def lines(source: Source) -> str:
    return f"{sum(text.count(chr(10)) for text in source.python.values()):,}"


def tokens_of_a_line(source: Source) -> str:
    """Of the lines on which a statement or a part of one stands; docstrings count as the one token that they are."""
    count, where = 0, set()
    for name, text in source.python.items():
        for each in tokenize.generate_tokens(io.StringIO(text).readline):
            if each.type not in NO_TOKENS:
                count += 1
                where.add((name, each.start[0]))
    return f"{count / len(where):.1f}"


def any_in_signatures(source: Source) -> str:
    every = [each for found in source.functions for each in found]
    vague = sum(bool(re.search(r"\bAny\b", each)) for each in every)
    return f"{vague / len(every):.1%} of {len(every):,} functions"


def _naming(word: str) -> Callable[[Source], str]:
    """In how many files the word stands, as a whole or between underscores."""
    pattern = re.compile(rf"(?<![A-Za-z]){word}s?(?![a-z])|(?<![A-Za-z]){word.title()}s?(?![a-z])")

    def count(source: Source) -> str:
        python, pages = (
            [name for name, text in found.items() if pattern.search(text)] for found in (source.python, source.pages)
        )
        foreign = [name for name in [*python, *pages] if word not in name]
        return f"{len(python)} + {len(pages)} pages, {len(foreign)} of them not its own"

    return count


FIGURES: dict[str, Callable[[Source], str]] = {
    "Python files of the product": files,
    "their lines": lines,
    "tokens on a line": tokens_of_a_line,
    "`Any` in the signature": any_in_signatures,
    f"files that name the kind of record `{KIND}`": _naming(KIND),
    f"files that name the verb `{VERB}`": _naming(VERB),
    f"files that name the field `{FIELD}`": _naming(FIELD),
    f"files that name the kind of field `{FIELD_KIND}`": _naming(FIELD_KIND),
}


def main(roots: Sequence[str]) -> None:
    sources = [Source(Path(each)) for each in roots or ["."]]
    for what, figure in FIGURES.items():
        print(f"| {what} | " + " | ".join(figure(each) for each in sources) + " |")


if __name__ == "__main__":
    main(sys.argv[1:])
