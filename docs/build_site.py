"""Build the site of the documents into build/site, and check it: `make site`.

The pages are those of `nav` in zensical.toml. Each page has the same path on the site as in the
repository, so that links work in both.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
PAGES, SITE = ROOT / "build" / "pages", ROOT / "build" / "site"
LINK = re.compile(r'(?:\]\(|src=")([^)"#:\s]+)[)"#]')
COLOUR = re.compile(r"\x1b\[[\d;]*m")
EXPECTED = ("Build started", "Build finished", "No issues found")  # other lines are warnings
FETCHED = ("script", "link", "img", "iframe", "source", "video")  # what a browser loads by itself


class Page(HTMLParser):
    """What a built page links to, what it loads, and which anchors it has."""

    def __init__(self, path: Path) -> None:
        """Read and parse a page."""
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record the links and anchors of one element."""
        found = dict(attrs)
        self.anchors |= {found[name] or "" for name in ("id", "name") if name in found}
        target = found.get("href") or found.get("src")
        if target:
            (self.fetched if tag in FETCHED else self.links).append(target)


def list_pages(nav: list[Any]) -> Iterator[str]:
    """The paths of all pages of a navigation, in their order."""
    for entry in nav:
        (value,) = entry.values()
        yield from list_pages(value) if isinstance(value, list) else [value]


def copy_pages(pages: list[str]) -> None:
    """Copy the pages, and every file that they link to."""
    shutil.rmtree(PAGES, ignore_errors=True)
    for page in pages:
        links = LINK.findall((ROOT / page).read_text(encoding="utf-8"))
        for file in {ROOT / page, *((ROOT / page).parent / link for link in links)}:
            if file.is_file():
                target = PAGES / file.resolve().relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)


def run_zensical() -> list[str]:
    """Build the site; returns what was printed beyond the expected lines."""
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    done = subprocess.run(  # noqa: S603 - fixed words
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    printed = COLOUR.sub("", f"{done.stdout}\n{done.stderr}")
    lines = [line for line in printed.splitlines() if line.strip()]
    warnings = [line for line in lines if not line.startswith(EXPECTED)]
    if "Traceback (most recent call last):" in warnings[1:]:  # --strict ends with a traceback
        warnings = warnings[: warnings.index("Traceback (most recent call last):")]
    return warnings or ([] if done.returncode == 0 else [f"zensical failed: {done.returncode}"])


def check_site(site: Path) -> list[str]:
    """Every broken link of the built pages, and all that is loaded from another host."""
    pages = {path: Page(path) for path in site.rglob("*.html") if path.name != "404.html"}
    return [
        f"{path.relative_to(site)}: {fault}: {target}"
        for path, page in pages.items()
        for target in (*page.links, *page.fetched)
        if (fault := _fault_of(path, target, pages, is_fetched=target in page.fetched))
    ]


def _fault_of(path: Path, target: str, pages: dict[Path, Page], *, is_fetched: bool) -> str:
    """What is wrong with a link; "" if it is right."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return "loaded from another host" if is_fetched and parts.scheme != "data" else ""
    file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not file.exists():
        return "no such file"
    has_anchor = not parts.fragment or file not in pages or parts.fragment in pages[file].anchors
    return "" if has_anchor else "no such anchor"


def main() -> int:
    """Build and check; returns the exit code."""
    config = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))
    copy_pages(list(list_pages(config["project"]["nav"])))
    shutil.rmtree(SITE, ignore_errors=True)
    faults = run_zensical() or check_site(SITE)
    print("\n".join(faults) or f"The site is in {SITE.relative_to(ROOT)}.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
