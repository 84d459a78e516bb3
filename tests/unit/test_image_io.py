"""Opening pictures: size, rotation, transparency, sources, and what is refused."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitscope.errors import InvalidImageError
from digitscope.image_io import (
    DECODED_PX,
    MAX_JPEG_PIXELS,
    MAX_PIXELS,
    MAX_SIDE_PX,
    ImageSource,
    load_picture,
)
from digitscope.types import UInt8Array
from tests.pictures import blank_png, encoded

RED, BLUE = (255, 0, 0), (0, 0, 255)
MPO_EXTRA = {"save_all": True, "append_images": [Image.new("RGB", (40, 30))]}


def quarters(size_wh: tuple[int, int]) -> Image.Image:
    """Blue, with a red quarter top left."""
    image = Image.new("RGB", size_wh, BLUE)
    image.paste(RED, (0, 0, size_wh[0] // 2, size_wh[1] // 2))
    return image


def is_red(pixel_rgb: UInt8Array) -> bool:
    return bool(pixel_rgb[0] > 200 and pixel_rgb[2] < 50)


# --- Sources -------------------------------------------------------------------------------------


def test_path_string_bytes_image_and_array_give_the_same_picture(tmp_path: Path) -> None:
    image = quarters((60, 40))
    path = tmp_path / "picture.png"
    image.save(path)
    sources: list[ImageSource] = [
        path,
        str(path),
        path.read_bytes(),
        bytearray(path.read_bytes()),
        image,
        np.asarray(image),
    ]
    for source in sources:
        picture = load_picture(source)
        assert picture.rgb.dtype == np.uint8
        np.testing.assert_array_equal(picture.rgb, np.asarray(image))
        assert picture.original_size_wh == (60, 40)
        assert picture.scale == 1


def test_the_callers_image_is_left_as_it_was() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encoded(quarters((4000, 3000)), "JPEG", exif=exif)
    image = Image.open(BytesIO(content))
    assert load_picture(image).original_size_wh == (3000, 4000)
    assert image.size == (4000, 3000)


def test_the_result_can_be_written_to_without_touching_the_source() -> None:
    array = np.zeros((5, 5, 3), np.uint8)
    load_picture(array).rgb[:] = 9
    assert not array.any()


# --- Size ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "width"),
    [("JPEG", 1000), ("MPO", 1000), *((kind, MAX_SIDE_PX) for kind in ("PNG", "WEBP", "TIFF"))],
)
def test_large_pictures_are_reduced_and_say_by_how_much(kind: str, width: int) -> None:
    extra = MPO_EXTRA if kind == "MPO" else {}
    picture = load_picture(encoded(quarters((4000, 3000)), kind, **extra))
    assert picture.rgb.shape == (width * 3 // 4, width, 3)  # a JPEG is decoded to a quarter
    assert picture.rgb.shape[1] >= DECODED_PX
    assert picture.original_size_wh == (4000, 3000)
    assert picture.scale == pytest.approx(4000 / width)
    assert is_red(picture.rgb[10, 10])
    assert not is_red(picture.rgb[-10, 10])


def test_a_strip_keeps_at_least_one_pixel() -> None:
    picture = load_picture(np.zeros((1, 8000), np.uint8))
    assert picture.rgb.shape == (1, MAX_SIDE_PX, 3)
    assert picture.scale == 5


def test_a_baseline_jpeg_may_be_larger_since_it_is_decoded_reduced() -> None:
    width, height = 6000, 5000
    assert MAX_PIXELS < width * height < MAX_JPEG_PIXELS
    content = encoded(Image.new("L", (width, height)), "JPEG")
    assert load_picture(content).original_size_wh == (width, height)
    progressive = encoded(Image.new("L", (width, height)), "JPEG", progressive=True)
    with pytest.raises(InvalidImageError, match="20 million"):
        load_picture(progressive)


def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(_: Image.Image) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", decode)
    for side_px in (5_000, 8_000, 20_000):
        with pytest.raises(InvalidImageError, match="too large"):
            load_picture(blank_png(side_px))


def test_arrays_and_images_have_the_cap_too() -> None:
    huge = np.broadcast_to(np.uint8(0), (5_000, 5_000))  # one byte, seen 25 million times
    for source in (huge, Image.new("1", (5_000, 5_000))):
        with pytest.raises(InvalidImageError, match="too large"):
            load_picture(source)


# --- Rotation ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "MPO", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "red_row", "red_column"),
    [
        (1, 0, 0),
        (2, 0, -1),
        (3, -1, -1),
        (4, -1, 0),
        (5, 0, 0),
        (6, 0, -1),
        (7, -1, -1),
        (8, -1, 0),
    ],
)
def test_exif_rotation_is_applied(
    kind: str, orientation: int, red_row: int, red_column: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    extra = MPO_EXTRA if kind == "MPO" else {}
    picture = load_picture(encoded(quarters((64, 32)), kind, exif=exif, **extra))
    turned = orientation >= 5
    assert picture.original_size_wh == ((32, 64) if turned else (64, 32))
    assert picture.rgb.shape[:2] == ((64, 32) if turned else (32, 64))
    assert is_red(picture.rgb[red_row, red_column])
    assert not is_red(picture.rgb[-1 - red_row, -1 - red_column])


# --- Modes ---------------------------------------------------------------------------------------

MODES = ["1", "L", "P", "RGB", "RGBA", "LA", "PA", "CMYK", "YCbCr", "HSV", "I", "F", "I;16", "RGBX"]


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_becomes_rgb(mode: str) -> None:
    black, white = _grey(mode, 0), _grey(mode, 255)
    assert black.shape == white.shape == (3, 4, 3)
    assert black.max() <= 1
    assert white.min() >= 254


def _grey(mode: str, level: int) -> UInt8Array:
    if mode in ("I", "I;16"):
        return load_picture(
            Image.fromarray(np.full((3, 4), level * 257, np.uint16)).convert(mode)
        ).rgb
    if mode == "F":
        return load_picture(Image.fromarray(np.full((3, 4), level / 255, np.float32))).rgb
    step = Image.new("RGB", (4, 3), (level, level, level))
    if mode in ("LA", "PA"):
        return load_picture(step.convert("RGBA").convert("LA").convert(mode)).rgb
    return load_picture(step.convert(mode)).rgb


def test_of_an_animation_the_first_frame_is_taken() -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in (RED, BLUE)]
    for kind in ("GIF", "WEBP", "PNG", "TIFF"):
        content = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert is_red(load_picture(content).rgb[4, 4]), kind


def test_a_palette_with_a_transparent_colour_is_laid_on_a_ground() -> None:
    image = Image.new("P", (10, 10), 0)
    image.putpalette([0, 255, 0, 0, 0, 0])  # 0: green, to be transparent; 1: black
    image.putpixel((5, 5), 1)
    rgb = load_picture(encoded(image, "PNG", transparency=0)).rgb
    assert rgb[0, 0].tolist() == [255, 255, 255]
    assert rgb[5, 5].tolist() == [0, 0, 0]


# --- What is refused -----------------------------------------------------------------------------


def test_paths_that_hold_no_picture_say_what_they_are(tmp_path: Path) -> None:
    text = tmp_path / "seven.png"
    text.write_text("seven")
    empty = tmp_path / "empty.jpg"
    empty.touch()
    for path, words in (
        (tmp_path / "missing.png", "missing.png, which does not exist"),
        (tmp_path, "the folder"),
        (text, "something else"),
        (empty, "the file holds 0 bytes"),
        (Path("x" * 5000), "cannot be opened"),
        ("a\0b", "null character"),
        ("/dev/null", "no regular file"),
    ):
        with pytest.raises(InvalidImageError, match=words):
            load_picture(path)


def test_an_array_may_have_one_channel() -> None:
    grey = np.arange(60, dtype=np.uint8).reshape(6, 10)
    for array in (grey, grey[..., np.newaxis], np.repeat(grey[..., np.newaxis], 3, axis=2)):
        np.testing.assert_array_equal(load_picture(array).rgb, np.stack([grey] * 3, axis=2))


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((0, 5)), "5 x 0 px"),
        (np.zeros((0,)), r"shape \(0,\)"),
        (np.zeros(784), r"shape \(784,\)"),
        (np.zeros((1, 28, 28)), r"shape \(1, 28, 28\)"),
        (np.zeros((28, 28, 2)), r"shape \(28, 28, 2\)"),
        (np.full((3, 3), np.nan), "nan"),
        (np.full((3, 3), np.inf), "inf"),
        (np.array([["7"]]), "dtype <U1"),
        (np.zeros((3, 3), object), "dtype object"),
        (np.zeros((3, 3), complex), "dtype complex"),
        (np.array([[-2.1, 1.8]]), "-2.1 to 1.8"),
        (np.array([[0, 70_000]]), "7e[+]04"),
    ],
    ids=str,
)
def test_arrays_that_are_no_picture_say_why(array: np.ndarray, words: str) -> None:
    with pytest.raises(InvalidImageError, match=words):
        load_picture(array)


def test_other_kinds_of_things_are_named() -> None:
    with pytest.raises(InvalidImageError, match="Received: NoneType"):
        load_picture(None)  # type: ignore[arg-type]


def test_other_formats_are_not_opened() -> None:
    image = Image.new("RGB", (20, 20))
    for kind in ("PPM", "ICO", "TGA", "EPS", "PDF"):
        with pytest.raises(InvalidImageError, match="something else"):
            load_picture(encoded(image, kind))


KINDS = ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"]


@pytest.mark.filterwarnings("ignore")  # Pillow's, on what it skips in a damaged TIFF
@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_raise_nothing_else(kind: str) -> None:
    whole = encoded(quarters((40, 30)), kind)
    rng = np.random.default_rng(0)
    for _ in range(200):
        damaged = bytearray(whole[: rng.integers(1, len(whole) + 1)])
        for position in rng.integers(0, len(damaged), rng.integers(0, 6)):
            damaged[position] = rng.integers(0, 256)
        try:
            picture = load_picture(bytes(damaged))
        except InvalidImageError:
            continue
        assert picture.rgb.ndim == 3


def test_programming_errors_are_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Image.Image) -> None:
        raise AttributeError("a fault of ours")

    monkeypatch.setattr("digitscope.image_io._decoded", broken)
    with pytest.raises(AttributeError, match="a fault of ours"):
        load_picture(Image.new("L", (3, 3)))
