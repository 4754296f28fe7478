"""What was injected and what came of it: one row for each fault, printed at the end of a run."""

from dataclasses import dataclass, field

HEAD = ("fault", "injected", "hit in flight", "lost", "doubled", "remarks")


@dataclass
class Row:
    fault: str
    injected: int = 0
    hit: int = 0
    lost: int = 0
    doubled: int = 0
    remarks: list[str] = field(default_factory=list)

    def cells(self) -> tuple[str, ...]:
        numbers = (self.injected, self.hit, self.lost, self.doubled)
        return (self.fault, *(str(each) for each in numbers), "; ".join(self.remarks))


def table(rows: list[Row], head: tuple[str, ...] = HEAD) -> str:
    lines = [head, tuple("---" for _ in head), *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
