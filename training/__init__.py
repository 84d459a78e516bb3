"""Makes the network: data, augmentation, training, evaluation, export.

Imports `digitscope`; `digitscope` never imports `training`. Two commands train and export::

    python -m training.train --out training/runs/first
    python -m training.export --run training/runs/first

One command does both and changes nothing in ``models/``::

    python -m training.pipeline cnn
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before importing Keras; shows errors only
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before importing onnxruntime
