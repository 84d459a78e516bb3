"""Hostile pictures: real files with bytes changed, cut, doubled or swapped, the same for a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

KINDS: tuple[Callable[[bytearray, random.Random], None], ...]
HEADER_BYTES = 64  # where sizes, modes and chunk lengths stand


def mutated(files: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Make hostile files.

    Args:
        files: real ones to start from.
        count: how many to make.
        seed: the same files for the same seed.
    """
    chance = random.Random(seed)  # noqa: S311  # nothing here is secret
    for _ in range(count):
        data = bytearray(chance.choice(files))
        for _ in range(chance.randint(1, 2)):
            if data:
                chance.choice(KINDS)(data, chance)
        yield bytes(data)


def _span(data: bytearray, chance: random.Random) -> slice:
    start = chance.randrange(len(data))
    return slice(start, start + chance.randint(1, max(1, len(data) // 4)))


def _change_a_byte(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(len(data))] = chance.randrange(256)


def _change_the_header(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(min(HEADER_BYTES, len(data)))] = chance.choice((0, 1, 127, 128, 255))


def _change_many(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(2, 50)):
        _change_a_byte(data, chance)


def _cut_the_end(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def _cut_out(data: bytearray, chance: random.Random) -> None:
    del data[_span(data, chance)]


def _double(data: bytearray, chance: random.Random) -> None:
    span = _span(data, chance)
    data[span] = data[span] * 2


def _empty(data: bytearray, chance: random.Random) -> None:
    span = _span(data, chance)
    data[span] = bytes(len(data[span]))


KINDS = (
    _change_a_byte,
    _change_the_header,
    _change_many,
    _cut_the_end,
    _cut_out,
    _double,
    _empty,
)
