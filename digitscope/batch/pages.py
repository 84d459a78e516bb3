"""Pages of a PDF or TIFF file, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

from PIL import Image

from digitscope.errors import InvalidImageError
from digitscope.image_io import DECODER_ERRORS, MAX_PIXELS

Load: TypeAlias = Callable[[], Path | bytes]

DPI = 300  # usual resolution of office scans
POINTS_PER_INCH = 72  # a PDF's unit of length


def count_tiff_pages(content: Path | bytes) -> int | None:
    """The number of pages of a TIFF file; None for one page, which is read as a picture.

    Raises:
        InvalidImageError: the file cannot be opened.
    """
    with _tiff(content) as image:
        pages = int(getattr(image, "n_frames", 1))
    return pages if pages > 1 else None


def open_tiff_page(load: Load, page: int) -> Image.Image:
    """Open one page, counted from 0.

    Raises:
        InvalidImageError: the file cannot be opened.
    """
    with _tiff(load()) as image:
        image.seek(page)
        if image.width * image.height > MAX_PIXELS:
            raise _too_large(image.size)
        return image.copy()


@contextmanager
def _tiff(content: Path | bytes) -> Iterator[Image.Image]:
    stream = BytesIO(content) if isinstance(content, bytes) else content
    try:
        with Image.open(stream, formats=["TIFF"]) as image:
            yield image
    except InvalidImageError:
        raise
    except DECODER_ERRORS as error:
        raise InvalidImageError(
            "Expected a TIFF file. Received: a damaged or incomplete one. Send it again."
        ) from error


def count_pdf_pages(content: Path | bytes) -> int:
    """The number of pages of a PDF file.

    Raises:
        InvalidImageError: the file cannot be opened.
    """
    with _pdf(content) as document:
        return len(document)


def render_pdf_page(load: Load, page: int) -> Image.Image:
    """Render one page, counted from 0, at `DPI`, or at less to stay below `MAX_PIXELS`.

    Raises:
        InvalidImageError: the file cannot be opened.
    """
    with _pdf(load()) as document:
        drawn = document[page]
        width, height = drawn.get_size()
        fitting = (MAX_PIXELS / max(width * height, 1.0)) ** 0.5
        scale = min(DPI / POINTS_PER_INCH, 0.99 * fitting)  # sides are rounded up
        return drawn.render(scale=scale).to_pil().convert("RGB")


@contextmanager
def _pdf(content: Path | bytes) -> Iterator[Any]:
    try:
        import pypdfium2
    except ImportError as error:
        raise InvalidImageError(
            "PDF files need the package pypdfium2, which is not installed. "
            '`pip install "digitscope[batch]"` brings it.'
        ) from error
    try:
        document = pypdfium2.PdfDocument(content)
    except (pypdfium2.PdfiumError, OSError) as error:
        raise InvalidImageError(
            "Expected a PDF file without a password. Received: {cause}.", cause=str(error)
        ) from error
    try:
        yield document
    except pypdfium2.PdfiumError as error:
        raise InvalidImageError(
            "Expected a page that can be drawn. Received: {cause}.", cause=str(error)
        ) from error
    finally:
        document.close()


def _too_large(size_wh: tuple[int, int]) -> InvalidImageError:
    return InvalidImageError(
        "The page is too large: at most {limit} million pixels can be opened. "
        "Received: {size} px. Send it at a smaller size.",
        limit=MAX_PIXELS // 10**6,
        size=f"{size_wh[0]} x {size_wh[1]}",
    )


PAGE_COUNTERS: dict[str, Callable[[Path | bytes], int | None]] = {
    ".pdf": count_pdf_pages,
    ".tif": count_tiff_pages,
    ".tiff": count_tiff_pages,
}
PAGE_OPENERS: dict[str, Callable[[Load, int], Image.Image]] = {
    ".pdf": render_pdf_page,
    ".tif": open_tiff_page,
    ".tiff": open_tiff_page,
}
