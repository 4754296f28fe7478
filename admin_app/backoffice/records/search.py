"""How a list of records is searched: by number, which an index answers, or by words of the title."""

import re

from mongoengine import Q, QuerySet

# `R-2611-0042`, `r-2611`, `W-`
NUMBER = re.compile(r"^[A-Za-z]-[\d-]*\Z")
# `2611-0042` and `0042`: what people read out of it
TAIL = re.compile(r"^(\d{4}-)?\d{1,6}\Z")


def by_number_or_title(query: QuerySet, text: str) -> QuerySet:
    return query.filter(named(text))


def named(text: str) -> Q:
    """What has this number, or a title with these words in it."""
    if NUMBER.match(text):
        return Q(number__startswith=text.upper())
    if TAIL.match(text):
        return Q(number__endswith=f"-{text}" if "-" in text else text)
    return Q(title__icontains=text)
