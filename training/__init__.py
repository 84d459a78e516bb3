"""How the network is made: data, augmentation, training, evaluation, export.

Imports `digitscope`; `digitscope` never imports it. The way through, in two commands::

    python -m training.train --out training/runs/first
    python -m training.export --run training/runs/first
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before Keras is imported; errors only
