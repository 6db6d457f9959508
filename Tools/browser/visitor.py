"""A browser on the page, which notes what the page must not do, and the ways to use it."""

import json
import re
import time
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

# Longest that the page may take for anything here, in seconds.
PATIENCE = 30


def check(holds, what):
    if not holds:
        raise SystemExit(f"differs: {what}")
    print(f"ok: {what}", flush=True)


def until(holds, what, seconds=PATIENCE):
    """Waits until `holds()` is true; checks it."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(f"differs: {what} (not within {seconds} s)")
        time.sleep(0.03)


class Visitor:
    """One tab. `expected` are statuses of refusals that a check provokes, which the browser logs."""

    def __init__(self, browser, url, width=1280, height=900, **context):
        self.url = url
        self.context = browser.new_context(viewport={"width": width, "height": height}, **context)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self.expected = []
        self.complaints = []
        self.requests = []
        self.page.on("console", self.note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"an error: {error}"))
        self.page.on("request", lambda request: self.requests.append(request))

    def note(self, message):
        if message.type not in ("error", "warning"):
            return
        if any(f"status of {status}" in message.text for status in self.expected):
            return
        if "net::ERR_FAILED" in message.text and "failure" in self.expected:
            return
        self.complaints.append(f"the console: {message.text}")

    def open(self):
        self.page.goto(self.url)
        return self

    def ready(self):
        self.page.wait_for_selector("#group:enabled")
        return self

    def close(self):
        """Ends the visit, which must have been quiet and at home."""
        check(not self.complaints, f"no complaint of the browser {self.complaints[:3] or ''}")
        hosts = {urlsplit(request.url).netloc for request in self.requests}
        check(hosts == {urlsplit(self.url).netloc}, f"no request to another host ({', '.join(hosts)})")
        self.context.close()

    def find(self, selector):
        return self.page.locator(selector)

    def choose(self, lane):
        # The radio button lies invisible over its label.
        self.find(f"#composer input[value={lane}]").check()

    def set(self, **fields):
        for name, value in fields.items():
            self.find("#" + name.replace("_", "-")).fill(str(value))

    def send(self, question):
        self.find("#question").fill(question)
        self.find("#question").press("Enter")

    def finished(self):
        """Waits for the last turn's answers; returns them."""
        self.page.wait_for_selector("#send:visible")
        answers = self.find(".turn").last.locator("article")
        return [Answer(answers.nth(index)) for index in range(answers.count())]

    def ask(self, question):
        self.send(question)
        return self.finished()

    def new(self):
        self.find("#new").click()

    def bodies(self, path="/v1/chat/completions"):
        """What was sent to `path` so far."""
        return [request.post_data_json for request in self.requests if urlsplit(request.url).path == path]

    def answer_with(self, *events, path="**/v1/chat/completions", status=200, headers=None):
        """Lets the browser answer the page's next requests in the server's place."""
        body = "".join(f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n" for event in events)
        self.page.route(path, lambda route: route.fulfill(
            status=status, body=body, headers={"content-type": "text/event-stream", **(headers or {})}))

    def stop_answering(self, path="**/v1/chat/completions"):
        self.page.unroute(path)

    def sideways(self):
        """By how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - innerWidth")

    def accessible(self, state):
        found = Axe().run(self.page).response
        problems = [f"{rule['id']}: {rule['nodes'][0]['html'][:90]}" for rule in found["violations"]]
        check(not problems, f"axe finds nothing: {state} {problems or ''}")


class Answer:
    """A finished answer as the page shows it."""

    def __init__(self, article):
        self.element = article
        self.route = article.get_attribute("data-route")
        self.badge = article.locator(".badge").inner_text().strip()
        self.words = article.locator(".words").inner_text()
        # What stands in the document, not what is drawn: spaces count.
        self.text = article.locator(".text").text_content()
        self.foot = article.locator(".foot").inner_text()

    @property
    def probability(self):
        found = re.search(r"probability (\d\.\d+), threshold \d\.\d+", self.words)
        return float(found[1]) if found else None
