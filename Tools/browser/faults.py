"""What the page does when the server fails, and with text that looks like markup."""

from visitor import check

UNREACHABLE = "cannot be reached"


def chunk(text):
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}


def refusal(message):
    return {"error": {"message": message, "type": "x", "param": None, "code": "x"}}


def errors(visitor):
    visitor.expected = [429, 502, "failure"]

    def shows(part, what):
        [answer] = visitor.finished()
        check(part in answer.foot, f"{what}: {answer.foot.splitlines()[0]}")
        return answer

    visitor.set(max_tokens=4)
    visitor.page.route("**/v1/chat/completions", lambda route: route.abort())
    visitor.send("Hello!")
    shows(UNREACHABLE, "no connection is told in words")
    visitor.stop_answering()
    visitor.find("article button").click()
    [answer] = visitor.finished()
    check(answer.text and visitor.find(".turn").count() == 1, "Try again asks once more, in the same place")
    for status, body, part, what in (
        (429, '{"error": {"message": "The queue is full; try again in 3 s."}}', "queue is full", "a refusal is told in the server's words"),
        (502, "<html>Bad gateway</html>", "status 502", "another's refusal is told by its status"),
    ):
        visitor.page.route("**/v1/chat/completions", lambda route: route.fulfill(status=status, body=body))
        visitor.send("Hello!")
        shows(part, what)
        visitor.stop_answering()
    for events, part, what in (
        ([chunk("Once"), refusal("The answer took longer than the server allows.")], "took longer", "an error in a stream is told"),
        ([chunk("Once")], "broke off", "a stream that breaks off is told"),
        ([chunk("Once"), "{"], "not what this page understands", "nonsense is told"),
    ):
        visitor.answer_with(*events)
        visitor.send("Hello!")
        check(shows(part, what).text == "Once", "what had come stays")
        visitor.stop_answering()
    sent = len(visitor.bodies())
    visitor.ask("And now?")
    messages = [message.get("content") for message in visitor.bodies()[sent]["messages"]]
    check(messages == ["Hello!", answer.text] + ["Hello!", "Once"] * 3 + ["And now?"], "questions without an answer are left out")
    visitor.page.route("**/v1/route", lambda route: route.abort())
    visitor.find("#query").fill("Hello!")
    visitor.page.wait_for_selector(f"#gate-words:has-text('{UNREACHABLE}')")
    visitor.choose("base")
    [answer] = visitor.ask("Hello!")
    check("could not be asked" in answer.words and answer.text, "an answer comes without the gate's opinion too")
    visitor.stop_answering("**/v1/route")
    visitor.page.route("**/v1/models", lambda route: route.abort())
    visitor.page.reload()
    visitor.find("#notice").wait_for()
    check(UNREACHABLE in visitor.find("#notice").inner_text(), "a server that is away is told above the chat")
    visitor.stop_answering("**/v1/models")
    visitor.find("#notice-retry").click()
    visitor.ready()
    visitor.close()


def hostile_text(visitor):
    """Markup in questions, answers and errors is text."""
    text = "<img src=x onerror=document.title='bad'><script>document.title='bad'</script>\n  <b>bold</b>"
    visitor.answer_with(chunk(text), "[DONE]")
    visitor.send(text)
    [answer] = visitor.finished()
    check(answer.text == text, "markup in an answer stays text, with its spaces")
    check(visitor.find("h3").inner_text().endswith(text), "markup in a question stays text")
    visitor.stop_answering()
    visitor.answer_with(refusal(text))
    visitor.send("Hello!")
    check("<img src=x" in visitor.finished()[0].foot, "markup in an error stays text")
    check(visitor.find("#turns img, #turns script, #turns b").count() == 0, "no element is made of it")
    check("bad" not in visitor.page.title(), "nothing of it runs")
    visitor.close()


def without_gate(visitor):
    """A server without a bundle has one route."""
    visitor.page.route("**/v1/models", lambda route: route.fulfill(json={"object": "list", "data": [{"id": "alone"}]}))
    visitor.page.reload()
    visitor.ready()
    states = visitor.page.evaluate("[...document.querySelectorAll('#composer input')].map((input) => [input.value, input.disabled, input.checked])")
    check(states == [["auto", True, False], ["base", False, True], ["adapter", True, False], ["both", True, False]],
          "without a bundle only base can be chosen")
    check("no gate" in visitor.find("#gate-words").inner_text() and visitor.find("#query").is_disabled(), "the inspector says why")
    visitor.accessible("without a bundle")
    visitor.close()
