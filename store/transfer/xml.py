"""The XML of a workbook, element by element: nothing is built, nothing is expanded, and depth and size have limits."""

from collections.abc import Mapping
from typing import IO
from xml.parsers import expat

from store.transfer.bounds import too_large_unpacked, wrong_format

_CHUNK = 1 << 16
# A workbook needs eight.
DEEPEST = 24
# One tag, comment or instruction. The parser reads an unfinished one again with every chunk: forty megabytes of it took
# eleven seconds.
LONGEST_TAG = 1 << 20

Attributes = Mapping[str, str]


class Handler:
    """What is done with the elements of a part; names are without their namespace."""

    def start(self, name: str, attributes: Attributes) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, data: str) -> None: ...


def parse(stream: IO[bytes], handler: Handler, most: int) -> None:
    """Feed a part to a handler. Raises `Invalid`: not well-formed, a document type, too deep, a tag without an end, more than
    `most` bytes."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise wrong_format()
        handler.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(_local(name))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.text
    # Entities are declared there, and grow.
    parser.StartDoctypeDeclHandler = _refused
    _feed(parser, stream, most)


def _feed(parser: expat.XMLParserType, stream: IO[bytes], most: int) -> None:
    size = 0
    try:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise too_large_unpacked()
            parser.Parse(chunk, False)
            if size - parser.CurrentByteIndex > LONGEST_TAG:
                raise wrong_format()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise wrong_format() from error


def _refused(*_: object) -> None:
    raise wrong_format()


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
