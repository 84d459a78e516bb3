"""Tiles of non-digits: letters, symbols, scribbles, pairs, mirrored digits, blobs.

The network learns to prefer no class on them, so its confidence says whether a tile shows a digit
at all. Everything that may be read as a digit is left out: an O, an S, a mirrored 2 (an S).

Source: outlier exposure, Hendrycks, Mazeika and Dietterich, "Deep Anomaly Detection with Outlier
Exposure", ICLR 2019.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from digitscope.preprocessing.resizing import correct_stroke_width
from digitscope.types import TILE_PX, UInt8Array
from training.data.drawn_signs import draw_sign_tile, silhouette
from training.data.hershey_glyphs import PEN_PX, draw_glyph
from training.data.mnist import Digits
from training.data.synthetic_strokes import cut_corners, to_tile

CANVAS_PX = 160  # drawn large, then shrunk, for smooth edges
FONT_PX = 96
FONTS = (  # part of matplotlib; upright, slanted, thin and bold, with Greek letters
    "DejaVuSans.ttf",
    "DejaVuSans-Oblique.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSerif-Italic.ttf",
    "STIXGeneral.ttf",
    "STIXGeneralItalic.ttf",
    "STIXGeneralBolIta.ttf",
)
# No B D G I J L O P Q S T U Y Z, no a b c e g h i j l o p q r s t u y z, no β δ ε ζ θ ξ ρ σ τ,
# no Λ: each of them is a digit in some handwriting, or looks like one in some of these fonts.
SYMBOLS = "ACEFHKMNRVWXdfkmnvwxαγηκλμνπφχψωΓΔΞΠΦΨΩЖФДШЮЯЦИЩ&@#%*+=<>$€§¶∞√∑≈≠←→↑↓✓★☺♪♣"
FAVOURED = "αγλΩωνXAKMW"  # drawn three times as often: so simple that they may look like a digit
MIRRORED, TURNED = (3, 4, 6, 7, 9), (2, 3, 4, 5, 7)  # not digits when mirrored, or turned
WARP_FRACTION = 0.06  # displacement of a letter's points, as a fraction of the canvas
SHEAR, STRETCH = 0.3, 0.3
SPECK_PX = 12  # of the canvas; a smaller drawing gives an empty tile

Maker = Callable[[Digits, np.random.Generator], UInt8Array]


def draw_non_digits(count: int, digits: Digits, rng: np.random.Generator) -> UInt8Array:
    """Draw `count` tiles that show no digit.

    Args:
        count: how many.
        digits: tiles to make pairs and mirror images from.
        rng: random generator; the same state gives the same tiles.

    Returns:
        (count, 28, 28) uint8, light on black, longest side 20, centre of mass in the middle.
    """
    makers, fractions = zip(*FAMILIES, strict=True)
    chosen = rng.choice(len(makers), count, p=np.array(fractions) / sum(fractions))
    tiles = [makers[index](digits, rng) for index in chosen]
    return np.array(tiles, np.uint8).reshape(-1, TILE_PX, TILE_PX)


def letter(_: Digits, rng: np.random.Generator) -> UInt8Array:
    """A printed letter or symbol, warped to look handwritten."""
    font = FONTS[rng.integers(len(FONTS))]
    symbols = symbols_of(font)
    return _finish(_warp(_printed(symbols[rng.integers(len(symbols))], font), rng))


def hershey_glyph(_: Digits, rng: np.random.Generator) -> UInt8Array:
    """A letter or sign of Hershey's, drawn as pen strokes and warped."""
    return _finish(_warp(draw_glyph(CANVAS_PX, rng), rng))


def scribble(_: Digits, rng: np.random.Generator) -> UInt8Array:
    """Two to four random strokes."""
    canvas = np.zeros((CANVAS_PX, CANVAS_PX), np.uint8)
    thickness = int(rng.integers(*PEN_PX))
    for _stroke in range(int(rng.integers(2, 5))):
        corners = rng.uniform(20, CANVAS_PX - 20, (int(rng.integers(3, 6)), 2))
        line = np.rint(cut_corners(corners)).astype(np.int32)
        cv2.polylines(canvas, [line], isClosed=False, color=255, thickness=thickness)
    return _finish(canvas)


def pair(digits: Digits, rng: np.random.Generator) -> UInt8Array:
    """Two digits side by side, as one shape."""
    left, right = (digits.tiles[rng.integers(len(digits))] for _ in range(2))
    gap = int(rng.integers(8, 13))
    joined = np.concatenate([left[:, : 28 - gap // 2], right[:, gap // 2 :]], axis=1)
    large = cv2.resize(joined, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    return _finish(np.asarray(large, np.uint8))


def mirrored_or_turned(digits: Digits, rng: np.random.Generator) -> UInt8Array:
    """A digit that is mirrored, or turned by 90 degrees."""
    mirror = bool(rng.random() < 0.5)
    fit = np.flatnonzero(np.isin(digits.labels, MIRRORED if mirror else TURNED))
    tile = digits.tiles[rng.choice(fit)]
    changed = tile[:, ::-1] if mirror else np.rot90(tile, int(rng.choice((1, 3))))
    return to_tile(np.ascontiguousarray(changed))


def blob(_: Digits, rng: np.random.Generator) -> UInt8Array:
    """A ragged patch, like an object after background removal."""
    noise = rng.normal(size=(CANVAS_PX, CANVAS_PX)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), float(rng.uniform(5, 16)))
    y, x = np.mgrid[-1 : 1 : CANVAS_PX * 1j, -1 : 1 : CANVAS_PX * 1j]
    smooth = smooth / smooth.std() + 2.0 * (0.6 - np.hypot(x, y * rng.uniform(0.6, 1.6)))
    return _finish(((smooth > float(rng.uniform(0, 1))) * 255).astype(np.uint8))


def drawn_sign(_: Digits, rng: np.random.Generator) -> UInt8Array:
    """A shape, a letter, an arrow or a small picture, with a random pen and style."""
    return draw_sign_tile(rng)


def filled(_: Digits, rng: np.random.Generator) -> UInt8Array:
    """A filled shape, like an object's."""
    return silhouette(rng)


FAMILIES: tuple[tuple[Maker, float], ...] = (  # with relative frequencies
    (letter, 0.17),
    (hershey_glyph, 0.17),
    (drawn_sign, 0.34),
    (scribble, 0.07),
    (pair, 0.08),
    (mirrored_or_turned, 0.07),
    (blob, 0.04),
    (filled, 0.06),
)


@cache
def symbols_of(font: str) -> str:
    """The symbols that a font has; it would draw any other symbol as a box, or not at all."""
    known = TTFont(_font_path(font)).getBestCmap()
    return "".join(symbol for symbol in SYMBOLS + 2 * FAVOURED if ord(symbol) in known)


def _font_path(font: str) -> Path:
    """Path of a matplotlib font, found without importing matplotlib."""
    package = find_spec("matplotlib")
    if package is None or package.origin is None:
        raise ModuleNotFoundError(
            "matplotlib is expected, for its fonts. Received: none. `pip install -e .[train]`."
        )
    return Path(package.origin).parent / "mpl-data" / "fonts" / "ttf" / font


@cache
def _printed(symbol: str, font: str) -> UInt8Array:
    """A symbol in the middle of a canvas; (160, 160) uint8."""
    image = Image.new("L", (CANVAS_PX, CANVAS_PX))
    middle = (CANVAS_PX / 2, CANVAS_PX / 2)
    face = ImageFont.truetype(_font_path(font), FONT_PX)
    ImageDraw.Draw(image).text(middle, symbol, fill=255, font=face, anchor="mm")
    return np.asarray(image)


def _warp(drawn: UInt8Array, rng: np.random.Generator) -> UInt8Array:
    """Slant, stretch and bend a drawing."""
    y, x = np.mgrid[:CANVAS_PX, :CANVAS_PX].astype(np.float32) - CANVAS_PX / 2
    bend = rng.normal(0, WARP_FRACTION * CANVAS_PX / 2, (2, 5, 5)).astype(np.float32)
    size_wh = (CANVAS_PX, CANVAS_PX)
    bent_x, bent_y = (cv2.resize(one, size_wh, interpolation=cv2.INTER_CUBIC) for one in bend)
    wide, tall = 1 + rng.uniform(-STRETCH, STRETCH, 2)
    source_x = (x + y * rng.uniform(-SHEAR, SHEAR)) * wide + bent_x + CANVAS_PX / 2
    source_y = y * tall + bent_y + CANVAS_PX / 2
    maps = (source_x.astype(np.float32), source_y.astype(np.float32))
    return np.asarray(cv2.remap(drawn, *maps, cv2.INTER_LINEAR), np.uint8)


def _finish(drawn: UInt8Array) -> UInt8Array:
    """Convert a drawing to a tile with strokes of MNIST's width, as the pipeline does."""
    mask = drawn > 127
    longest = max(cv2.boundingRect(mask.astype(np.uint8))[2:])
    if longest < SPECK_PX:
        return np.zeros((TILE_PX, TILE_PX), np.uint8)
    margin = longest // 8  # room for strokes that are widened
    ink = np.pad(drawn, margin).astype(np.float32) / np.float32(255)
    glyph = correct_stroke_width(ink, np.pad(mask, margin), longest)
    return to_tile(np.rint(glyph.ink * 255).astype(np.uint8))
