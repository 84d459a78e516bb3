"""Read synthetic numbers under each condition and count exact, wrong and unsure readings.

    python -m training.synthetic_numbers.benchmark [--pictures 50] [--seed 7]

The numbers are written with MNIST's test tiles: neither the network nor the score has seen them.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence

from digitscope.benchmark.numbers import StringVerdict, digits_of, judge
from digitscope.reader import DigitReader
from training.data.mnist import Digits, load_test
from training.synthetic_numbers.conditions import CONDITIONS, make_picture


def count_verdicts(
    reader: DigitReader, digits: Digits, name: str, pictures: int, seed: int
) -> Counter[StringVerdict]:
    """Read pictures of one condition and count exact, wrong and unsure strings."""
    verdicts: Counter[StringVerdict] = Counter()
    number = list(CONDITIONS).index(name)
    for index in range(pictures):
        picture = make_picture(CONDITIONS[name], digits, (seed, number, index))
        said = digits_of(reader.read_numbers(picture.rgb).text)
        verdicts[judge(picture.text, said)] += 1
    return verdicts


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each condition."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", help="mnist.npz")
    parser.add_argument("--model", help="a .keras or .onnx file")
    parser.add_argument("--pictures", type=int, default=50, help="of each condition")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args(arguments)
    reader, digits = DigitReader(chosen.model), load_test(chosen.data)
    print(f"{'condition':14} {'exact':>6} {'wrong':>6} {'unsure':>6}")
    for name in CONDITIONS:
        found = count_verdicts(reader, digits, name, chosen.pictures, chosen.seed)
        cells = (found[one] / chosen.pictures for one in list(StringVerdict)[:3])
        print(f"{name:14} " + " ".join(f"{cell:6.1%}" for cell in cells))


if __name__ == "__main__":
    main()
