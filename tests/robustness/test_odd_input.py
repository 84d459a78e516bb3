"""Odd things that once broke the core: slivers, foreign models, odd labels files and folders."""

from __future__ import annotations

import sys
import warnings
from io import BytesIO, TextIOWrapper
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitscope import DigitReader, ModelUnavailableError
from digitscope.benchmark import BenchmarkError, load_labels
from digitscope.cli import WRONG_USAGE, main
from digitscope.preprocessing.background_removers import weights_on_disk
from digitscope.preprocessing.closing import close_gaps
from digitscope.preprocessing.resizing import correct_stroke_width, shrink_to_digit
from digitscope.types import Background


@pytest.mark.parametrize("wide", range(1, 24))
@pytest.mark.parametrize("tall", [1, 2, 5, 600])
def test_slivers_are_read_without_a_word_from_numpy(
    reader: DigitReader, wide: int, tall: int
) -> None:
    picture = np.full((tall, wide, 3), 255, np.uint8)
    picture[tall // 3 : tall // 2 + 1] = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for one in (picture, picture.swapaxes(0, 1)):
            reader.read(one, background=Background.OPENCV)


@pytest.mark.parametrize("shape", [(24, 2), (24, 3)], ids=["2 px wide", "3 px wide"])
def test_a_break_is_closed_in_a_stroke(shape: tuple[int, int]) -> None:
    tile = np.zeros((28, 28), np.uint8)
    tile[4:24, 13 : 13 + shape[1]] = 255
    broken = tile.copy()
    broken[13] = 0
    np.testing.assert_array_equal(close_gaps(broken), tile)


@pytest.mark.parametrize("column", range(18, 28))
@pytest.mark.parametrize("length_px", [160, 300, 500, 630])
def test_a_line_of_one_pixel_never_vanishes(column: int, length_px: int) -> None:
    mask = np.zeros((length_px + 8, 60), bool)
    mask[4 : 4 + length_px, column] = True
    digit = shrink_to_digit(correct_stroke_width(mask.astype(np.float32), mask, length_px).ink)
    assert digit.shape[0] == 20 and digit.max() == 255


def test_a_foreign_onnx_model_is_told_of(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="onnx (extra `train`) is not installed")
    tensor, kind = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    inputs = [tensor("x", kind, ["N", 1, 28, 28])]
    nodes = [onnx.helper.make_node("Flatten", ["x"], ["y"])]
    graph = onnx.helper.make_graph(nodes, "g", inputs, [tensor("y", kind, None)])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, tmp_path / "foreign.onnx")
    with pytest.raises(ModelUnavailableError, match=r"foreign\.onnx"):
        DigitReader(tmp_path / "foreign.onnx")


def test_a_row_without_a_label_asks_for_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("file,label\na.png\n")
    assert [item.label for item in load_labels(tmp_path)] == [""]


def test_labels_from_a_spreadsheet_are_read(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("file,label\na.png,7\n", encoding="utf-8-sig")
    assert [item.label for item in load_labels(tmp_path)] == ["7"]


def test_labels_in_another_encoding_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_bytes("file,label\né.png,7\n".encode("latin-1"))
    with pytest.raises(BenchmarkError, match="UTF-8"):
        load_labels(tmp_path)


def test_steps_say_when_there_is_no_folder_to_write_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture, taken = tmp_path / "one.png", tmp_path / "taken"
    Image.fromarray(np.full((60, 60), 255, np.uint8)).save(picture)
    taken.write_text("a file")
    assert main(["steps", str(picture), "--out", str(taken)]) == WRONG_USAGE
    assert "taken" in capsys.readouterr().err


def test_a_file_name_of_any_bytes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    said = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(said, encoding="utf-8", errors="strict"))
    main(["read", "\udcff.png", "other.png"])
    sys.stdout.flush()
    assert said.getvalue().count(b"\n") == 2


def test_the_notice_of_a_fallback_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rembg", None)
    Image.fromarray(np.full((60, 60), 255, np.uint8)).save(tmp_path / "one.png")
    assert main(["read", "--background", "u2net", str(tmp_path / "one.png")]) == 0
    assert "OpenCV route" in capsys.readouterr().err


def test_an_empty_data_home_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("U2NET_HOME", "REMBG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    weights = tmp_path / ".rembg" / "models" / "u2net" / "u2net.onnx"
    weights.parent.mkdir(parents=True)
    weights.touch()
    assert weights_on_disk(Background.U2NET)
