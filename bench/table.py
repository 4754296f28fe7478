"""What a measurement gives, and the table that is printed of all."""

from dataclasses import dataclass

WIDE = 58


@dataclass(frozen=True)
class Measured:
    """One row. Without a bound a figure is only told; `figures` are what the ratio was made of."""

    name: str
    figures: str
    ratio: float | None = None
    bound: float | None = None

    @property
    def verdict(self) -> str:
        if self.ratio is None or self.bound is None:
            return "–"
        return "met" if self.ratio <= self.bound else "NOT MET"

    def __str__(self) -> str:
        return f"{self.name:<{WIDE}}{_number(self.ratio):>8}{_number(self.bound):>7}  {self.verdict:<8}  {self.figures}"


HEAD = f"{'what':<{WIDE}}{'ratio':>8}{'bound':>7}  {'verdict':<8}  figures (medians)"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
