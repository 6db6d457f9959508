#!/usr/bin/env python3
"""Takes pictures of the page of a running `prism serve`: phone and desktop width, light and dark.

    python Tools/browser/page_pictures.py http://127.0.0.1:8080 docs [--chromium PATH]

Writes page-phone-light.png, page-phone-dark.png, page-desktop-light.png and page-desktop-dark.png, of a
conversation by the gate's choice and side by side, with fixed seeds. Needs what requirements.txt lists.
"""

import argparse
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from visitor import Visitor, check

WIDTHS = {"phone": 390, "desktop": 1280}


def converse(visitor):
    """The same words each time: greedy."""
    visitor.set(temperature=0, max_tokens=48, seed=1)
    visitor.find("#query").fill("Pretend you are a pirate and greet your crew.")
    visitor.ask("What is the capital of France?")
    visitor.choose("both")
    visitor.ask("Write a short poem about the sea.")
    visitor.page.wait_for_selector("#gate-result[data-route]:not(.stale)")
    visitor.page.evaluate("document.activeElement.blur()")


def picture(visitor, path):
    """The whole page in a window as high as itself, where nothing that sticks lies over other parts."""
    width = visitor.page.viewport_size["width"]
    visitor.page.set_viewport_size({"width": width, "height": 844 if width < 600 else 900})
    height = visitor.page.evaluate("document.documentElement.scrollHeight")
    visitor.page.set_viewport_size({"width": width, "height": height})
    visitor.page.evaluate("scrollTo(0, 0)")
    visitor.page.screenshot(path=path)
    size = path.stat().st_size
    check(size < 250_000, f"{path.name}: {width} x {height}, {size // 1000} kB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("out", type=Path)
    parser.add_argument("--chromium", help="a Chromium of the system; default: playwright's own")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    url = options.url.rstrip("/").removesuffix("/v1") + "/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        for name, width in WIDTHS.items():
            for scheme in ("light", "dark"):
                visitor = Visitor(browser, url, width=width, color_scheme=scheme).open().ready()
                converse(visitor)
                picture(visitor, options.out / f"page-{name}-{scheme}.png")
                visitor.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
