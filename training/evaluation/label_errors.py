"""Test tiles whose labels people doubt: the fifteen known from the literature.

Five people judged each tile on which cross-validated networks contradicted the label. This table
has the tiles where fewer than three of the five agreed with the label. They stay in the test set
unchanged, so that figures compare with published ones. A network that answers as people do is
counted wrong on most of them.

Source: Northcutt, Athalye and Mueller, "Pervasive Label Errors in Test Sets Destabilize Machine
Learning Benchmarks", NeurIPS 2021; votes from github.com/cleanlab/label-errors, mnist_mturk.json.
"""

from __future__ import annotations

DOUBTED_LABELS = {  # index in the test set: label
    947: 8,
    1621: 0,
    1901: 9,
    2130: 4,
    2462: 2,
    2597: 5,
    2654: 6,
    3520: 6,
    3558: 5,
    5937: 5,
    6651: 0,
    6783: 1,
    8527: 4,
    9679: 6,
    9729: 5,
}
