"""What schemathesis cannot know: what a picture is. It loads this file by $SCHEMATHESIS_HOOKS."""

import numpy as np
import schemathesis
from hypothesis import strategies

from tests import pictures

PAGE = np.full((60, 80, 3), 240, np.uint8)
PAGE[10:50, 38:43] = 30  # a stroke
KINDS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}

for media_type, kind in KINDS.items():
    schemathesis.openapi.media_type(media_type, strategies.just(pictures.encoded(PAGE, kind)))
