"""Rows of synthetic numbers with their correct paths: the data that the score is fitted to.

Some digits have no candidate that the network reads correctly: no cut separates them from their
neighbour, or they are badly written. There, any path counts as correct.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digitscope.numbers.ink import map_ink, to_numbers_size
from digitscope.numbers.row_search import Classify, RowSearch, search_rows
from digitscope.numbers.segmentation import Candidate, Skip
from digitscope.numbers.shapes import Shape
from digitscope.preprocessing.state import Attempt
from training.synthetic_numbers.conditions import NumberPicture
from training.synthetic_numbers.writing import Labels

MIN_OWN, MIN_WHOLE = 0.82, 0.82  # minimum overlap: of the candidate's ink, of the digit's ink
MIN_RING = 0.5  # ... of the digit's ink, if the candidate is a ring around a hole
MAX_STRAY = 0.3  # of a mark's ink may belong to a digit that touches it


@dataclass(frozen=True, eq=False)
class RowSample:
    """One row as a graph with its correct paths.

    Attributes:
        starts: (E,) start node of each edge; candidates first, then skips.
        ends: (E,) end node of each edge.
        features: (E, F) columns of candidate features, then of skip features; 0 elsewhere.
        right: (E,) bool, whether an edge is on a correct path.
        nodes: number of nodes.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    features: NDArray[np.float64]
    right: NDArray[np.bool_]
    nodes: int


def row_samples(picture: NumberPicture, classify: Classify) -> tuple[list[RowSample], int]:
    """The rows found in a picture, and how many of its digits have no candidate."""
    height, width = picture.rgb.shape[:2]
    working = to_numbers_size(picture.rgb, (width, height))
    size_wh = (working.rgb.shape[1], working.rgb.shape[0])
    resized = cv2.resize(picture.owner, size_wh, interpolation=cv2.INTER_NEAREST)
    owner = np.asarray(resized, np.int32)
    levels, mask, _ = map_ink(working, Attempt())
    totals = np.bincount(owner[mask], minlength=int(owner.max()) + 1)
    samples, reached = [], 0
    for search in search_rows(levels, mask, classify):
        sample, digits = _sample_of(search, picture.text, owner, totals)
        reached += digits
        if has_path(sample):
            samples.append(sample)
    return samples, len(picture.text) - reached


def _sample_of(
    search: RowSearch, text: str, owner: Labels, totals: NDArray[np.int64]
) -> tuple[RowSample, int]:
    """One row with its correct paths, and how many digits have a candidate."""
    best: dict[int, tuple[float, int]] = {}
    fitting = []
    for index, candidate in enumerate(search.candidates):
        digit, fit = match(candidate, owner, totals)
        if not digit or text[digit - 1] != str(search.digits[index]):
            continue
        fitting.append(index)
        if fit > best.get(digit, (0.0, -1))[0]:
            best[digit] = (fit, index)
    chosen = _non_overlapping(search, sorted(index for _, index in best.values()))
    shown = [_shows_digit(one.shape, owner) for one in search.primitives]
    sample = _to_sample(search, chosen, shown)
    sample.right[fitting] = True  # a cut slightly beside the best one is correct, too
    return sample, len(chosen)


def has_path(sample: RowSample) -> bool:
    """Whether edges of correct paths lead from the first node to the last."""
    reached = np.zeros(sample.nodes, bool)
    reached[0] = True
    for index in np.argsort(sample.starts, kind="stable"):
        if sample.right[index] and reached[sample.starts[index]]:
            reached[sample.ends[index]] = True
    return bool(reached[-1])


def _non_overlapping(search: RowSearch, found: list[int]) -> list[int]:
    """Keep the candidates that do not overlap an earlier one."""
    chosen, end = [], 0
    for index in sorted(found, key=lambda i: search.candidates[i].start):
        if search.candidates[index].start >= end:
            chosen.append(index)
            end = search.candidates[index].end
    return chosen


def _shows_digit(shape: Shape, owner: Labels) -> bool:
    """Whether more than `MAX_STRAY` of a shape's ink belongs to digits."""
    left, top, right, bottom = shape.box_xyxy
    return bool((owner[top:bottom, left:right][shape.mask] > 0).mean() > MAX_STRAY)


def match(candidate: Candidate, owner: Labels, totals: NDArray[np.int64]) -> tuple[int, float]:
    """Which digit a candidate matches, counted from 1, 0 for none, and how well it fits."""
    left, top, right, bottom = candidate.shape.box_xyxy
    owners = owner[top:bottom, left:right][candidate.shape.mask]
    counts = np.bincount(owners, minlength=len(totals))
    counts[0] = 0
    digit = int(counts.argmax())
    if not counts[digit]:
        return 0, 0.0
    own = counts[digit] / max(1, np.count_nonzero(owners))
    ink = counts[digit] / owners.size
    whole = counts[digit] / totals[digit]
    min_whole = MIN_RING if candidate.is_ring else MIN_WHOLE
    is_it = own >= MIN_OWN and whole >= min_whole and ink >= 0.5
    return (digit, float(own + whole)) if is_it else (0, 0.0)


def _to_sample(search: RowSearch, chosen: list[int], shown: list[bool]) -> RowSample:
    """Make edges of candidates and skips, and mark which of them are on correct paths."""
    candidates, skips = search.features, search.skip_features
    count = len(candidates)
    features = np.zeros((count + len(skips), candidates.shape[1] + skips.shape[1]))
    features[:count, : candidates.shape[1]] = candidates
    features[count:, candidates.shape[1] :] = skips
    parts: list[Candidate | Skip] = [*search.candidates, *search.skips]
    spans = [set(range(one.start, one.end)) for one in parts]
    covered = set().union(*(spans[index] for index in chosen))
    left = set(range(len(search.primitives))) - covered
    unknown = {n for n in left if shown[n]}
    right = [span <= unknown for span in spans[:count]]
    right += [span <= left for span in spans[count:]]
    whole = set().union(
        *(s for s, r in zip(spans[count:], right[count:], strict=True) if r and len(s) > 1)
    )
    for index, skip in enumerate(search.skips):
        if skip.is_piece and spans[count + index] <= whole:
            right[count + index] = False
    for index in chosen:
        right[index] = True
    starts, ends = [one.start for one in parts], [one.end for one in parts]
    nodes = len(search.primitives) + 1
    return RowSample(np.array(starts), np.array(ends), features, np.array(right), nodes)
