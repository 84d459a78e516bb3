"""The error boundary: visitors get a sentence, the log gets the details."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import streamlit as st

from digitscope.errors import InvalidImageError
from streamlit_app.i18n import _, translate

log = logging.getLogger(__name__)


@contextmanager
def error_boundary() -> Iterator[None]:
    """Show an error as a sentence; log an unexpected one under a reference."""
    try:
        yield
    except InvalidImageError as error:
        st.error(translate(error.message), icon=":material/broken_image:")
    except Exception:  # a missing model, too: visitors must not see its path
        reference = uuid4().hex[:8]
        log.exception("Unexpected error, reference %s", reference)
        st.error(
            _("Something went wrong on our side. Please try again. Reference: {reference}").format(
                reference=f"`{reference}`"
            ),
            icon=":material/error:",
        )
