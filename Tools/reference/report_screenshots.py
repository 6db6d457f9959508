"""Pictures of a report in a real browser: phone and desktop width, light and dark, and a printed page.

    python report_screenshots.py REPORT.html OUT_DIR [--chromium PATH] [--phone 390] [--desktop 1280]

Writes phone-light.png, phone-dark.png, desktop-light.png, desktop-dark.png (whole pages) and print.pdf into OUT_DIR,
and prints for each picture the page's height and whatever sticks out at the right, so that a page that scrolls
sideways is seen at once. JavaScript of the page is off while pictures are taken.
Needs playwright (pip install playwright) and a Chromium: its own (playwright install chromium) or one of the system
(apt-get install chromium), which --chromium names.
A report to look at is written by the tests:
    PRISM_REPORT_OUT=$PWD/report.html swift test --filter ReportLookTests
Exit status: 0 when nothing sticks out, otherwise 1.
"""

import argparse
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# Elements wider than the page, except those inside a container that scrolls by itself.
STICKING_OUT = """() => {
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest('.scroll, .skip, svg svg, .definitions')) continue;
    const box = element.getBoundingClientRect();
    if (box.width > 0 && box.right > document.documentElement.clientWidth + 1)
      found.push(element.tagName + '.' + (element.getAttribute('class') || '') + ' '
        + (element.textContent || '').trim().slice(0, 40));
  }
  return found.slice(0, 10);
}"""

# Text of a chart that leaves its drawing or meets other text of the same chart.
CHART_TEXT = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('svg.chart')) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    const texts = [...svg.querySelectorAll('text')];
    const turned = texts.filter(text => text.hasAttribute('transform'));
    const boxes = texts.map(text => text.getBoundingClientRect());
    const name = svg.querySelector('title').textContent;
    texts.forEach((text, index) => {
      const box = boxes[index];
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1
        || box.bottom > frame.bottom + 1) found.push(name + ': leaves the drawing: ' + text.textContent);
      texts.slice(0, index).forEach((other, before) => {
        if (turned.includes(text) || turned.includes(other)) return;
        const b = boxes[before];
        if (box.left < b.right - 1 && b.left < box.right - 1 && box.top < b.bottom - 3 && b.top < box.bottom - 3)
          found.push(name + ': overlap: ' + text.textContent + ' | ' + other.textContent);
      });
    });
  }
  return found;
}"""


def picture(browser, report, out, width, scheme):
    """One picture of the whole page; returns what sticks out."""
    # Scripts are off in the page's own context; the two questions above are asked from outside.
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=False, color_scheme=scheme, device_scale_factor=1 if width > 600 else 2
    )
    page = context.new_page()
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(report.resolve().as_uri())
    page.screenshot(path=out, full_page=True)
    problems = page.evaluate(STICKING_OUT) + page.evaluate(CHART_TEXT)
    if len(requests) > 1:
        problems += [f"loads {url}" for url in requests[1:]]
    height = page.evaluate("document.documentElement.scrollHeight")
    print(f"{out.name}: {width} x {height}, {len(problems)} problems")
    for problem in problems:
        print(f"  {problem}")
    context.close()
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--chromium", help="a Chromium of the system; default: playwright's own")
    parser.add_argument("--phone", type=int, default=390)
    parser.add_argument("--desktop", type=int, default=1280)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    problems = []
    with sync_playwright() as playwright:
        # A sandbox needs rights that a container seldom has; the page is a local file without scripts.
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        for name, width in [("phone", options.phone), ("desktop", options.desktop)]:
            for scheme in ["light", "dark"]:
                problems += picture(browser, options.report, options.out / f"{name}-{scheme}.png", width, scheme)
        page = browser.new_page()
        page.goto(options.report.resolve().as_uri())
        page.pdf(path=options.out / "print.pdf", format="A4", print_background=True, prefer_css_page_size=True)
        browser.close()
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
