"""The page without a mouse, without sight, on small windows and in both colour schemes."""

from visitor import check, until

# The control that has the focus, and whether it shows that.
FOCUS = """() => {
  const element = document.activeElement;
  if (element === document.body) return ['the window', true];
  const shown = element.type === 'radio' ? element.nextElementSibling : element;
  const style = getComputedStyle(shown);
  const name = element.id || (element.type === 'radio' ? 'lane-' + element.value : element.textContent.trim() || element.tagName);
  return [name, style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2];
}"""


def focus(visitor):
    return visitor.page.evaluate(FOCUS)


def keyboard(visitor):
    """From the first Tab to an answer and through every control."""
    press = visitor.page.keyboard.press
    press("Tab")
    check(focus(visitor) == ["Skip to the question field", True], "the first Tab reaches the skip link, and shows it")
    press("Enter")
    check(focus(visitor)[0] == "question", "the skip link leads to the question")
    visitor.page.keyboard.type("Write a story")
    press("Shift+Enter")
    visitor.page.keyboard.type("about the sea.")
    press("Shift+Tab")
    press("ArrowRight")
    check(focus(visitor) == ["lane-base", True], "arrows move the switch")
    press("Tab")
    press("Enter")
    visitor.page.wait_for_selector("#stop:visible")
    press("Escape")
    [answer] = visitor.finished()
    check("stopped by you" in answer.foot and focus(visitor)[0] == "question", "Escape stops; the focus stays in the question")
    check(visitor.bodies()[-1]["messages"][-1]["content"] == "Write a story\nabout the sea.", "Shift+Enter breaks the line")
    press("Tab")
    check(focus(visitor)[0] == "send", "Tab leads to Send")
    visitor.set(max_tokens=12, question="Hello!")
    visitor.find("#send").focus()
    press("Enter")
    until(lambda: focus(visitor)[0] == "stop", "the focus goes from Send to Stop")
    visitor.finished()
    until(lambda: focus(visitor)[0] == "send", "and back")

    visitor.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    visitor.page.reload()
    visitor.ready()
    reached = []
    for _ in range(30):
        press("Tab")
        name, isShown = focus(visitor)
        if name == "the window":
            break
        check(isShown, f"the focus is seen on {name}")
        reached.append(name)
    expected = ["Skip to the question field", "group", "key-open", "new"]
    expected += visitor.find(".examples button").all_inner_texts()
    expected += ["lane-auto", "question", "send", "query", "temperature", "top-p", "max-tokens", "seed", "stop-texts",
                 "system", "Reset settings"]
    check(reached == expected, f"Tab reaches every control in the order of reading {reached if reached != expected else ''}")
    visitor.close()


def announcements(visitor):
    """A screen reader hears the beginning and the whole answer, not every token."""
    visitor.page.evaluate("""() => {
      window.heard = [];
      const status = document.getElementById('announcer');
      new MutationObserver(() => window.heard.push(status.textContent)).observe(status, { childList: true });
    }""")
    visitor.set(max_tokens=16)
    [answer] = visitor.ask("Tell me about the moon.")
    heard = visitor.page.evaluate("window.heard")
    check(len(heard) == 2 and heard[0] == "Answering.", "two announcements for an answer")
    check(answer.text in heard[1] and answer.route in heard[1] and f"{answer.probability:.3f}" in heard[1],
          "the second has route, probability and the whole text")
    live = "[aria-live], [role=log], [role=status], [role=alert], output"
    check(visitor.page.evaluate(f"document.querySelector('article').closest('{live}') === null"), "the text itself is not read as it comes")
    visitor.close()


def looks(visit):
    """Small windows, both colour schemes, less motion."""
    for width, scheme in ((320, "light"), (390, "dark"), (1280, "light"), (1280, "dark")):
        visitor = visit(width=width, height=800, color_scheme=scheme)
        state = f"{width} pixels, {scheme}"
        check(visitor.sideways() == 0, f"no scrolling sideways: {state}, empty")
        visitor.set(max_tokens=10)
        visitor.choose("both")
        visitor.find("#query").fill("Write a poem. " + "w" * 200)
        visitor.ask("Hello! " + "x" * 200)
        visitor.page.wait_for_selector("#gate-result[data-route]:not(.stale)")
        check(visitor.sideways() == 0, f"no scrolling sideways: {state}, with answers")
        visitor.accessible(state)
        visitor.close()
    still = visit(reduced_motion="reduce")
    held = []
    still.page.route("**/v1/chat/completions", lambda route: held.append(route))
    still.send("Hello!")
    still.page.wait_for_selector("article .waiting")
    moving = "getComputedStyle(document.querySelector('.waiting'), '::after').animationName"
    check(still.page.evaluate(moving) == "none", "nothing moves for those who asked for that")
    still.find("#stop").click()
    still.finished()
    held[0].abort()
    still.close()
