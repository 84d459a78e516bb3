"""How the network is made: data, augmentation, training, evaluation, export.

Imports `digitscope`; `digitscope` never imports it. The way through, in two commands::

    python -m training.train --out training/runs/first
    python -m training.export --run training/runs/first

or in one, which changes nothing in ``models/``::

    python -m training.pipeline cnn
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before Keras is imported; errors only
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before onnxruntime is; see digitscope
