"""The refusal curve as a drawing that needs nothing but a browser."""

from __future__ import annotations

from collections.abc import Sequence

from digitscope.benchmark.metrics import OperatingPoint

WIDTH_PX, HEIGHT_PX = 560, 300
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 44, 16, 56, 40  # margins: axis, border, legend, axis
GRID = (0.0, 0.25, 0.5, 0.75, 1.0)
LINES = (  # colours and dashes: either alone tells the lines apart, on light and on dark
    ("others refused", "#3a86ff", ""),
    ("digits refused", "#ff8b26", "7 4"),
    ("digits wrong", "#e0457b", "2 4"),
)


def _x(share: float) -> float:
    return round(LEFT_PX + share * (WIDTH_PX - LEFT_PX - RIGHT_PX), 1)


def _y(share: float) -> float:
    return round(TOP_PX + (1 - share) * (HEIGHT_PX - TOP_PX - BOTTOM_PX), 1)


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="12" '
        f'fill="currentColor">{words}</text>'
    )


def _axes() -> list[str]:
    marks = []
    for share in GRID:
        marks.append(
            f'<line x1="{_x(0)}" x2="{_x(1)}" y1="{_y(share)}" y2="{_y(share)}" '
            'stroke="currentColor" opacity=".15"/>'
        )
        marks.append(_text(_x(0) - 6, _y(share) + 4, f"{share:.0%}", "end"))
        marks.append(_text(_x(share), _y(0) + 18, f"{share:.0%}"))
    return [*marks, _text(_x(0.5), HEIGHT_PX - 6, "answered from this confidence on")]


def _line(
    points: Sequence[tuple[float, float]], name: str, colour: str, dash: str, index: int
) -> list[str]:
    path = " ".join(f"{_x(x)},{_y(y)}" for x, y in points)
    style = f'fill="none" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dash}"'
    left = LEFT_PX + index * 165
    return [
        f'<polyline points="{path}" {style}/>',
        f'<polyline points="{left},22 {left + 34},22" {style}/>',
        _text(left + 42, 26, name, "start"),
    ]


def draw_curve(curve: Sequence[OperatingPoint], in_use: float) -> str:
    """Draw what each threshold refuses and gets wrong, and mark the threshold in use.

    Returns:
        An SVG element.
    """
    others = [(one.threshold, one.others_refused) for one in curve]
    shares = (
        [(x, share) for x, share in others if share is not None],
        [(one.threshold, one.digits_refused) for one in curve],
        [(one.threshold, one.digits_wrong) for one in curve],
    )
    parts = _axes()
    for index, (points, (name, colour, dash)) in enumerate(zip(shares, LINES, strict=True)):
        parts += _line(points, name, colour, dash, index) if points else []
    parts.append(
        f'<line x1="{_x(in_use)}" x2="{_x(in_use)}" y1="{_y(0)}" y2="{_y(1)}" '
        'stroke="currentColor" opacity=".6"/>'
    )
    parts.append(_text(_x(in_use), TOP_PX - 8, "in use"))
    return (
        f'<svg viewBox="0 0 {WIDTH_PX} {HEIGHT_PX}" role="img" '
        f'aria-label="What each threshold of confidence refuses">{"".join(parts)}</svg>'
    )
