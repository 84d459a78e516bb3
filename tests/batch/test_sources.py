"""Every kind of source becomes items, in an order that is always the same."""

from __future__ import annotations

import http.server
import json
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
from PIL import Image

from digitscope import InvalidImageError
from digitscope.batch import BatchError, remote
from digitscope.batch.rows import RowOptions
from digitscope.batch.sources import check_sources, count_items, iter_items
from digitscope.image_io import load_picture

IN_SCANS = "3.png 7.png bomb.png cut.png empty.png nothing.png phone.heic text.png class b/5.jpg"
BAD = {"bomb.png", "cut.png", "nothing.png", "phone.heic", "text.png"}
SCANS = [
    name.replace("class_b", "class b") for name in IN_SCANS.replace("class b", "class_b").split()
]


def _names(*sources: object) -> list[str]:
    return [item.name for item in iter_items([str(source) for source in sources])]


def _opened(source: object) -> list[str]:
    """The names of the items that are pictures."""
    opened = []
    for item in iter_items([str(source)]):
        try:
            load_picture(item.load())
        except InvalidImageError:
            continue
        opened.append(item.name)
    return opened


def test_a_folder_gives_its_pictures_sorted(scans: Path) -> None:
    (scans / ".hidden").mkdir()
    (scans / ".hidden" / "1.png").write_bytes(b"")
    (scans / "circle").symlink_to(scans)
    assert _names(scans) == [str(scans / name) for name in SCANS]
    assert _opened(scans) == [str(scans / name) for name in SCANS if name not in BAD]
    assert count_items([str(scans)]) == len(SCANS)


def test_a_glob_gives_what_matches(scans: Path) -> None:
    assert _names(scans / "**" / "*.jpg") == [str(scans / "class b/5.jpg")]
    assert _names(scans / "[37].png") == [str(scans / "3.png"), str(scans / "7.png")]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(scans: Path) -> None:
    odd = (scans / "3.png").rename(scans / "[3].png")
    assert _names(odd) == [str(odd)]


def test_sources_come_one_after_the_other(scans: Path) -> None:
    wanted = [str(scans / "7.png"), str(scans / "3.png"), str(scans / "7.png")]
    assert _names(*wanted) == wanted


def test_a_zip_gives_its_pictures_in_its_order(scans: Path, tmp_path: Path) -> None:
    path = tmp_path / "marks.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in reversed(SCANS):
            archive.write(scans / name, name)
        archive.writestr("__MACOSX/._3.png", b"")
        archive.writestr("read me.txt", b"")
    assert _names(path) == [f"{path}/{name}" for name in reversed(SCANS)]
    assert _opened(path) == [f"{path}/{name}" for name in reversed(SCANS) if name not in BAD]


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tgz", ".tar.xz"])
def test_a_tar_gives_its_pictures_in_its_order(suffix: str, scans: Path, tmp_path: Path) -> None:
    import tarfile

    path = tmp_path / f"marks{suffix}"
    with tarfile.open(path, "w:" + {".tar": "", ".tar.xz": "xz"}.get(suffix, "gz")) as archive:
        for name in reversed(SCANS):
            archive.add(scans / name, name)
    assert _names(path) == [f"{path}/{name}" for name in reversed(SCANS)]
    assert _opened(path) == [f"{path}/{name}" for name in reversed(SCANS) if name not in BAD]


@pytest.mark.parametrize("name", ["marks.zip", "marks.tar", "marks.tar.gz"])
def test_an_archive_that_is_none_is_one_item_that_says_so(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"PK or not")
    (item,) = iter_items([str(tmp_path / name)])
    assert item.name == str(tmp_path / name)
    with pytest.raises(InvalidImageError, match="file is expected"):
        item.load()


def test_a_tar_cut_short_gives_what_is_whole(scans: Path, tmp_path: Path) -> None:
    import tarfile

    path = tmp_path / "marks.tar"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        archive.add(scans / "3.png", "3.png")
        archive.add(scans / "class b/5.jpg", "5.jpg")
    path.write_bytes(path.read_bytes()[: (scans / "3.png").stat().st_size + 2000])
    first, last = iter_items([str(path)])
    assert load_picture(first.load()).rgb.shape == (240, 320, 3)
    with pytest.raises(InvalidImageError, match="whole tar file"):
        last.load()


def test_a_list_names_paths_from_its_own_folder_or_the_current_one(
    scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = scans / "list.txt"
    listed.write_text(f"3.png\r\nscans/7.png\n\n{scans / 'class b/5.jpg'}\nmissing.png\n")
    monkeypatch.chdir(tmp_path)
    wanted = [str(scans / "3.png"), "scans/7.png", str(scans / "class b/5.jpg"), "missing.png"]
    assert _names(listed) == wanted
    assert _opened(listed) == wanted[:3]


@pytest.mark.parametrize("column", ["file", "path"])
def test_a_table_names_paths_in_a_column(column: str, scans: Path) -> None:
    table = scans / "labels.csv"
    table.write_text(f'\ufefflabel,{column}\n3,3.png\n5,"class b/5.jpg"\n', encoding="utf-8")
    assert _opened(table) == [str(scans / "3.png"), str(scans / "class b/5.jpg")]


def test_a_table_without_such_a_column_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,label\n3.png,3\n")
    with pytest.raises(BatchError, match="file, path, url"):
        _names(tmp_path / "a.csv")


def test_a_long_list_is_never_in_memory(tmp_path: Path) -> None:
    """A pipe that would block shows that only the first lines are read."""
    path = tmp_path / "long.txt"
    path.write_text("".join(f"scan_{number}.png\n" for number in range(200_000)))
    first = list(islice(iter_items([str(path)]), 3))
    assert [item.name for item in first] == ["scan_0.png", "scan_1.png", "scan_2.png"]


def test_a_tiff_gives_a_page_each(digit_pages: list[Image.Image], tmp_path: Path) -> None:
    one, three = tmp_path / "one.tif", tmp_path / "three.TIFF"
    digit_pages[4].save(one)
    digit_pages[4].save(three, save_all=True, append_images=[digit_pages[8], digit_pages[2]])
    assert _names(one) == [str(one)]
    items = list(iter_items([str(three)]))
    assert [item.name for item in items] == [f"{three}#page={page}" for page in (1, 2, 3)]
    assert [item.load().tobytes() for item in items] == [
        digit_pages[digit].tobytes() for digit in (4, 8, 2)
    ]


def test_a_pdf_gives_a_page_each(pdf_bytes: bytes, tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2", reason="pypdfium2 (extra `batch`) opens PDF files")
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_bytes)
    with zipfile.ZipFile(tmp_path / "scans.zip", "w") as archive:
        archive.write(path, "in/scan.pdf")
    for source, name in (
        (path, path),
        (tmp_path / "scans.zip", tmp_path / "scans.zip/in/scan.pdf"),
    ):
        items = list(iter_items([str(source)]))
        assert [item.name for item in items] == [f"{name}#page=1", f"{name}#page=2"]
        assert [item.load().mode for item in items] == ["RGB", "RGB"]
        assert min(items[0].load().size) >= 900  # 240 points at 300 dpi


@pytest.mark.parametrize("name", ["bad.pdf", "bad.tif"])
def test_a_file_without_countable_pages_is_one_item_that_says_why(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"%PDF-1.7 II*\0")
    assert _names(tmp_path / name) == [str(tmp_path / name)]
    assert _opened(tmp_path / name) == []


@pytest.fixture
def server(scans: Path) -> Iterator[str]:
    """Serves the folder on this machine's loopback."""
    handler = partial(_QuietHandler, directory=str(scans))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_an_address_is_read_when_its_turn_comes(server: str, tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text(f"{server}/3.png\n{server}/missing.png\n{server}/class%20b/5.jpg\n")
    assert _names(listed) == [
        f"{server}/{name}" for name in ("3.png", "missing.png", "class%20b/5.jpg")
    ]
    assert _opened(listed) == [f"{server}/3.png", f"{server}/class%20b/5.jpg"]


def test_a_bucket_gives_its_pictures_sorted(scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder on disk stands for the bucket: pyarrow shows both in the same way."""
    fs = pytest.importorskip("pyarrow.fs", reason="pyarrow (extra `batch`) opens buckets")
    local = fs.SubTreeFileSystem(str(scans.parent), fs.LocalFileSystem())
    asked: set[remote.Bucket] = set()

    def connect(bucket: remote.Bucket) -> object:
        asked.add(bucket)
        return local

    monkeypatch.setattr(remote, "connect", connect)
    address = "s3://key:word@scans/?region=eu"
    assert sorted(_names(address)) == sorted(f"s3://scans/{name}" for name in SCANS)
    assert sorted(_opened(address)) == sorted(f"s3://scans/{n}" for n in SCANS if n not in BAD)
    assert _names("s3://key:word@scans/class b?region=eu") == ["s3://scans/class b/5.jpg"]
    assert _opened("s3://key:word@scans/3.png?region=eu") == ["s3://scans/3.png"]
    assert asked == {remote.Bucket("s3", "scans", "key:word@", "?region=eu")}


def test_no_login_is_kept() -> None:
    kept = json.dumps(RowOptions().to_settings(["s3://key:word@scans/a?secret=1", "b.png"]))
    assert "s3://scans/a" in kept
    assert "word" not in kept and "secret" not in kept


def test_what_is_not_there_is_told_before_the_first_picture(scans: Path) -> None:
    check_sources([str(scans), str(scans / "*.png"), "https://example.org/a.png"])
    for missing in (scans / "none", scans / "*.bmp"):
        with pytest.raises(BatchError, match="Received"):
            check_sources([str(scans), str(missing)])
