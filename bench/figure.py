"""One measured figure, what it is held against, and the table of all."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

_HOLDS: Final[Mapping[str, Callable[[float, float], bool]]] = {"≤": operator.le, "≥": operator.ge}


@dataclass(frozen=True, slots=True)
class Figure:
    """``beside`` says what else was measured in the same run; ``target`` is like ``("≤", 0.5)``, in the same unit."""

    name: str
    value: float
    unit: str
    beside: str = ""
    target: tuple[str, float] | None = None

    @property
    def holds(self) -> bool | None:
        """Whether the target is met; None when there is none."""
        if self.target is None:
            return None
        sign, bound = self.target
        return _HOLDS[sign](self.value, bound)

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "holds": self.holds}


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as lines of equal columns."""
    rows = [("what", "measured", "target", "", "beside it")]
    for figure in figures:
        target = f"{figure.target[0]} {_number(figure.target[1])}" if figure.target else ""
        mark = {True: "ok", False: "MISSED", None: ""}[figure.holds]
        rows.append((figure.name, f"{_number(figure.value)} {figure.unit}".strip(), target, mark, figure.beside))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
