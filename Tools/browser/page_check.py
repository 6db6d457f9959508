#!/usr/bin/env python3
"""Clicks through the page of a running `prism serve` in headless Chromium.

    python Tools/browser/page_check.py http://127.0.0.1:8080 --key KEY [--chromium PATH]

The server must ask for KEY and have a bundle whose gate sends the first question of QUESTIONS to the
adapter and the second to the base model, as tiny_bundle.py's does. Exits with 1 and says what differs
when anything does. Needs what requirements.txt lists; the rules for accessibility are axe-core's.
"""

import argparse
import sys

from playwright.sync_api import sync_playwright

import accessibility
import answers
import faults
import modules
from visitor import Visitor, check, until

# Sent to the adapter, to the base model.
QUESTIONS = ("Write a short story about a lighthouse keeper.", "What is the capital of France?")


def key(browser, url, key):
    """A page that is asked for a key asks for it; returns its cookies and storage for the others."""
    visitor = Visitor(browser, url)
    visitor.expected = [401]
    visitor.open()
    dialog = visitor.find("#key-dialog")
    dialog.wait_for()
    check(visitor.page.evaluate("document.activeElement.id") == "key", "the dialog has the focus")
    visitor.accessible("the key's dialog")
    visitor.find("#key").fill("wrong")
    visitor.find("#key").press("Enter")
    until(lambda: "does not accept" in visitor.find("#key-reason").inner_text(), "a wrong key is refused in words")
    visitor.find("#key-cancel").click()
    visitor.find("#notice").wait_for()
    check("one of this server's keys" in visitor.find("#notice").inner_text(), "without a key the page says what is missing")
    visitor.find("#notice-retry").click()
    visitor.find("#key").fill(key)
    visitor.find("#key-form button[type=submit]").click()
    visitor.ready()
    check(not dialog.is_visible() and not visitor.find("#notice").is_visible(), "the right key opens the page")
    stored = visitor.page.evaluate("[Object.values(sessionStorage), localStorage.length, document.cookie]")
    check(stored == [[key], 0, ""], "the key is kept for the session only")
    visitor.page.reload()
    visitor.ready()
    check(True, "the key lasts over a reload")
    visitor.find("#key-open").click()
    visitor.find("#key-forget").click()
    dialog.wait_for()
    check(visitor.page.evaluate("sessionStorage.length") == 0, "the key can be forgotten")
    visitor.find("#key-cancel").click()
    visitor.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--key", required=True)
    parser.add_argument("--chromium", help="a Chromium of the system; default: playwright's own")
    options = parser.parse_args()
    url = options.url.rstrip("/").removesuffix("/v1") + "/"
    with sync_playwright() as playwright:
        # A sandbox needs rights that a container seldom has; the page is the project's own.
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])

        def visit(**settings):
            visitor = Visitor(browser, url, **settings)
            visitor.context.add_init_script(f"sessionStorage.setItem('prism-key', '{options.key}')")
            return visitor.open().ready()

        key(browser, url, options.key)
        modules.parser(visit())
        answers.routes(visit(), QUESTIONS)
        answers.stop(visit(), options.key)
        answers.settings(visit())
        answers.inspector(visit(), QUESTIONS)
        faults.errors(visit())
        faults.hostile_text(visit())
        faults.without_gate(visit())
        accessibility.keyboard(visit())
        accessibility.announcements(visit())
        accessibility.looks(visit)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
