"""The accuracy shown during training: it counts only the digits of a batch."""

from __future__ import annotations

import keras

from digitscope.types import CLASSES


@keras.saving.register_keras_serializable("digitscope")  # type: ignore[untyped-decorator]
def digit_accuracy(
    labels: keras.KerasTensor, probabilities: keras.KerasTensor
) -> keras.KerasTensor:
    """Fraction of a batch's digits that are read right; non-digits do not count.

    Args:
        labels: (B, 10), one-hot, or 0.1 each for a non-digit; or (B, 11), one-hot, last "no digit".
        probabilities: the same shape as `labels`.

    Returns:
        A scalar, 0..1.
    """
    labels, probabilities = labels[:, :CLASSES], probabilities[:, :CLASSES]
    is_digit = keras.ops.cast(keras.ops.max(labels, axis=1) > 0.5, "float32")  # (B,)
    right = keras.ops.argmax(labels, axis=1) == keras.ops.argmax(probabilities, axis=1)
    rights = keras.ops.sum(keras.ops.cast(right, "float32") * is_digit)
    return rights / keras.ops.maximum(keras.ops.sum(is_digit), 1)
