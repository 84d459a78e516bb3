"""The line that errors do not cross: visitors get a sentence, the log gets the details."""

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
    """Show what went wrong in a sentence, and log what nobody expected under a reference."""
    try:
        yield
    except InvalidImageError as error:
        st.error(translate(error.message), icon=":material/broken_image:")
    except Exception:  # a missing model too: its path is for the log, not for visitors
        reference = uuid4().hex[:8]
        log.exception("Unexpected error, reference %s", reference)
        st.error(
            _("Something went wrong on our side. Please try again. Reference: {reference}").format(
                reference=f"`{reference}`"
            ),
            icon=":material/error:",
        )
