"""How a list of records is searched: by number, which an index answers, or by words of the title."""

import re

from mongoengine import QuerySet

# `R-2611-0042`, `r-2611`, `W-`
NUMBER = re.compile(r"^[A-Za-z]-[\d-]*\Z")
# `2611-0042` and `0042`: what people read out of it
TAIL = re.compile(r"^(\d{4}-)?\d{1,6}\Z")


def by_number_or_title(query: QuerySet, text: str) -> QuerySet:
    if NUMBER.match(text):
        return query.filter(number__startswith=text.upper())
    if TAIL.match(text):
        return query.filter(number__endswith=f"-{text}" if "-" in text else text)
    return query.filter(title__icontains=text)
