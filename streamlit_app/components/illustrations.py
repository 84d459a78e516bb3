"""Drawings as SVG or HTML: how it works, the answer, a block of the network, bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

SIZE_WH = (320, 180)
PAPER, RULE, INK, FRAME = "#fbf8f1", "#d8e0ee", "#27306b", "#ef4444"
STROKES = "M118 52 L196 46 L152 138 M134 92 L190 88"  # a crossed seven
# The same seven as the network sees it: one character for each pixel, from dark (.) to light (9).
TILE = (
    "............",
    "............",
    "..368999860.",
    "..79865579..",
    ".......385..",
    "......0890..",
    "...36799873.",
    "....25973...",
    ".....68.....",
    "....296.....",
    "....58......",
    "............",
)
PIXEL_PX = 12
VOLUME_WH = (140, 120)
LARGEST_MAP = 28  # MNIST's side: drawn at full height
BARS_PX = 130  # of a bar chart: height of a bar of 1.0
BARS = (0.05, 0.16, 0.04, 0.06, 0.03, 0.04, 0.02, 0.95, 0.05, 0.12)


def _svg(body: str) -> str:
    width, height = SIZE_WH
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{body}</svg>'
    )


def found_on_paper() -> str:
    """A seven on ruled paper, framed."""
    rules = "".join(f'<path d="M0 {y} H320" stroke="{RULE}"/>' for y in range(30, 180, 30))
    return _svg(
        f'<rect width="320" height="180" rx="12" fill="{PAPER}"/>{rules}'
        f'<path d="{STROKES}" fill="none" stroke="{INK}" stroke-width="7" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
        f'<rect x="98" y="28" width="118" height="128" rx="8" fill="none" stroke="{FRAME}" '
        'stroke-width="4"/>'
    )


def brought_to_pixels() -> str:
    """The same seven as a grid of pixels, light on black."""
    left = (SIZE_WH[0] - PIXEL_PX * len(TILE[0])) // 2
    top = (SIZE_WH[1] - PIXEL_PX * len(TILE)) // 2
    pixels = "".join(
        f'<rect x="{left + PIXEL_PX * column}" y="{top + PIXEL_PX * row}" '
        f'width="{PIXEL_PX - 1}" height="{PIXEL_PX - 1}" fill="#fff" '
        f'fill-opacity="{0.08 if mark == "." else 0.1 + int(mark) / 10}"/>'
        for row, line in enumerate(TILE)
        for column, mark in enumerate(line)
    )
    return _svg(f'<rect width="320" height="180" rx="12" fill="#0c0d12"/>{pixels}')


def answered(accent: str) -> str:
    """The answer on a coloured square, and ten bars; the longest is highlighted."""
    bars = "".join(
        f'<rect x="{166 + 13 * digit}" y="{136 - 96 * share:.0f}" width="9" '
        f'height="{96 * share:.0f}" rx="2" fill="{accent}" '
        f'fill-opacity="{1 if share == max(BARS) else 0.45}"/>'
        for digit, share in enumerate(BARS)
    )
    return _svg(
        f'<rect width="320" height="180" rx="12" fill="{accent}" fill-opacity="0.12"/>'
        f'<rect x="28" y="40" width="100" height="100" rx="18" fill="{accent}"/>'
        '<text x="78" y="118" text-anchor="middle" font-size="80" font-weight="700" '
        f'font-family="system-ui, sans-serif" fill="#fff">7</text>{bars}'
        f'<path d="M164 139 H298" stroke="{accent}" stroke-opacity="0.5" stroke-width="2"/>'
    )


def volume(shape: tuple[int, int], colour: str) -> str:
    """A stack of feature maps as a block: its front is a map, its depth shows their number.

    Args:
        shape: side of a map in pixels, and number of maps (drawn on a logarithmic scale).
        colour: CSS hex.
    """
    side, maps = shape
    front = 8 + 52 * side / LARGEST_MAP
    depth = 4 + 6.5 * math.log2(maps)
    lean = 0.55 * depth
    width, height = VOLUME_WH
    left, top = (width - front - depth) / 2, (height - front + lean) / 2
    corner = f"M{left:.1f} {top:.1f} l{depth:.1f} {-lean:.1f}"
    roof = f"{corner} h{front:.1f} l{-depth:.1f} {lean:.1f} z"
    flank = (
        f"M{left + front:.1f} {top:.1f} l{depth:.1f} {-lean:.1f} v{front:.1f} "
        f"l{-depth:.1f} {lean:.1f} z"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><g fill="{colour}" stroke="{colour}" '
        'stroke-linejoin="round">'
        f'<path d="{roof}" fill-opacity="0.25"/><path d="{flank}" fill-opacity="0.4"/>'
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{front:.1f}" height="{front:.1f}" '
        'fill-opacity="0.75"/></g></svg>'
    )


def digit_plate(glyph: str, colour: str) -> str:
    """A large character on a coloured square: an SVG, 160 px a side."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="160" viewBox="0 0 160 160">'
        f'<rect width="160" height="160" rx="28" fill="{colour}"/>'
        '<text x="80" y="124" text-anchor="middle" font-size="124" font-weight="700" '
        f'font-family="system-ui, sans-serif" fill="#ffffff">{glyph}</text></svg>'
    )


@dataclass(frozen=True)
class Bar:
    """One bar of a chart.

    Attributes:
        name: text below it.
        height: 0..1.
        label: text above it.
        title: tooltip.
        strength: opacity, 0..1.
    """

    name: str
    height: float
    label: str
    title: str
    strength: float


def bar_chart(bars: Sequence[Bar], colour: str, words: str) -> str:
    """Bars side by side as HTML; `words` is the text for screen readers."""
    grid = f"display:grid;grid-template-columns:repeat({len(bars)},1fr);gap:0.4rem;align-items:end"
    cells = "".join(_bar_cell(bar, colour) for bar in bars)
    return f'<div role="img" aria-label="{escape(words)}" style="{grid}">{cells}</div>'


def _bar_cell(bar: Bar, colour: str) -> str:
    style = (
        f"height:{max(1, round(BARS_PX * bar.height))}px;border-radius:4px 4px 0 0;"
        f"background:{colour};opacity:{bar.strength}"
    )
    return (
        f'<div title="{escape(bar.title)}" style="text-align:center;font-size:0.8rem">'
        f'{escape(bar.label)}<div style="{style}"></div><strong>{escape(bar.name)}</strong></div>'
    )
