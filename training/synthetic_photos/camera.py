"""The camera: where it stands, its lens, its sensor and its compression."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from digitscope.types import Float32Array, UInt8Array
from training.synthetic_photos.grain import SCALE, sensor_noise

BORDER_PX = 3  # minimum background around the digit
PLACING_STEPS = 6  # iterations: in perspective, a shift on the sheet is another shift in the photo


@dataclass(frozen=True)
class Camera:
    """A camera and how it is held.

    Attributes:
        size_wh: of the photo, px.
        digit_ratio: longest side of the digit over the photo's shorter side.
        place_xy: where the digit is: -1 at the left or upper border, 0 in the middle.
        tilt_deg: rotation of the photo in its own plane.
        slant_xy: perspective: how much nearer one side is than the other, along x and y; 0 looks
            straight down; the sum is at most 0.8, or the horizon becomes visible.
        blur_px: standard deviation of the lens blur.
        motion_px: length of the motion blur.
        noise: standard deviation of the sensor noise, in levels of 0..255.
        jpeg_quality: 1..100, or 0 for none.
    """

    size_wh: tuple[int, int] = (480, 640)
    digit_ratio: float = 0.5
    place_xy: tuple[float, float] = (0.0, 0.0)
    tilt_deg: float = 0.0
    slant_xy: tuple[float, float] = (0.0, 0.0)
    blur_px: float = 0.8
    motion_px: float = 0.0
    noise: float = 2.0
    jpeg_quality: int = 90


def place(
    points_xy: Float32Array, stroke: float, camera: Camera
) -> tuple[Float32Array, Float32Array]:
    """Place a digit on the sheet so that the whole digit appears at the camera's `place_xy`.

    One unit of the sheet is one pixel of the photo if the camera looks straight down.

    Args:
        points_xy: (N, 2), the digit centred at 0, its longest side 1.
        stroke: width of the strokes along these points, as a fraction of that side.
        camera: the camera.

    Returns:
        (N, 2) float32 px in the photo, and the (3, 3) float32 homography from sheet to photo.
    """
    size_wh = np.array(camera.size_wh)
    to_photo = _view(camera)
    digit_px = camera.digit_ratio * int(size_wh.min())
    border_px = BORDER_PX + stroke * digit_px  # pressed hard, a stroke is 1.5 times as wide
    on_sheet = points_xy * np.float32(digit_px)
    to_sheet = np.linalg.inv(to_photo)
    for _ in range(PLACING_STEPS):
        seen = cv2.perspectiveTransform(on_sheet[None], to_photo)[0]
        low, high = seen.min(axis=0), seen.max(axis=0)
        room = np.maximum((size_wh - (high - low)) / 2 - border_px, 0)  # free space beside it
        middles = [(low + high) / 2, size_wh / 2 + np.array(camera.place_xy) * room]
        is_at, should_be = cv2.perspectiveTransform(np.array([middles], np.float32), to_sheet)[0]
        on_sheet = on_sheet + (should_be - is_at)
    return cv2.perspectiveTransform(on_sheet[None], to_photo)[0], to_photo


def _view(camera: Camera) -> Float32Array:
    """(3, 3) float32: homography from the sheet, whose middle is 0, to the photo."""
    width, height = camera.size_wh
    angle = np.deg2rad(camera.tilt_deg)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    slant = np.eye(3)
    slant[2, :2] = np.array(camera.slant_xy) / max(width, height)
    slant[[0, 1], [0, 1]] -= np.abs(camera.slant_xy) / 3  # foreshortening
    to_middle = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1]])
    return (to_middle @ slant @ turn).astype(np.float32)


def expose(lit: UInt8Array, camera: Camera, rng: np.random.Generator) -> UInt8Array:
    """Take the photo: blur, noise, compression.

    Args:
        lit: (H, W, 3) uint8 RGB.
        camera: the camera.
        rng: random generator.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    seen: cv2.typing.MatLike = lit
    if camera.blur_px:
        seen = cv2.GaussianBlur(seen, (0, 0), camera.blur_px)
    if camera.motion_px:
        seen = cv2.filter2D(seen, -1, _motion(camera.motion_px, rng))
    if camera.noise:
        noise = sensor_noise(seen.shape, rng)
        seen = cv2.addWeighted(seen, 1, noise, camera.noise / SCALE, 0, dtype=cv2.CV_8U)
    photo = np.asarray(seen, np.uint8)
    return _compressed(photo, camera.jpeg_quality) if camera.jpeg_quality else photo


def _motion(length_px: float, rng: np.random.Generator) -> Float32Array:
    """Kernel of motion blur: a short straight line that sums to 1."""
    side = int(length_px) // 2 * 2 + 3
    kernel = np.zeros((side, side), np.uint8)
    angle = rng.uniform(0, np.pi)
    half = np.array([np.cos(angle), np.sin(angle)]) * length_px / 2
    start, end = np.rint((np.stack([-half, half]) + side // 2) * 16).astype(int).tolist()
    cv2.line(kernel, start, end, 255, 1, cv2.LINE_AA, 4)
    return kernel.astype(np.float32) / float(kernel.sum())


def _compressed(photo: UInt8Array, quality: int) -> UInt8Array:
    """Compress as JPEG and decompress again."""
    bgr = cv2.cvtColor(photo, cv2.COLOR_RGB2BGR)
    _, stored = cv2.imencode(".jpg", bgr, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return np.asarray(cv2.imdecode(stored, cv2.IMREAD_COLOR_RGB), np.uint8)
