"""Answers on the page: their routes, stopping, settings; and the gate inspector."""

import re

from visitor import check, until


def routes(visitor, questions):
    """The four positions of the switch, in one conversation."""
    visitor.set(max_tokens=12)
    heads = []
    visitor.page.on("response", lambda response: heads.append(response.headers) if "chat" in response.url else None)
    for question, route in zip(questions, ("adapter", "base")):
        visitor.new()
        [answer] = visitor.ask(question)
        check(answer.badge.endswith(route) and answer.route == route, f"auto: the badge says {route}")
        check(answer.probability is not None and abs(answer.probability - float(heads[-1]["x-prism-probability"])) < 0.001,
              f"auto: the probability is the server's ({answer.words})")
        # An answer may end by itself before its limit.
        check(answer.text.strip() != "" and re.search(r"\b(?:[2-9]|1[0-2]) tokens\b", answer.foot), f"auto: the answer is there ({answer.foot})")
    meter = visitor.find("article [role=meter]").last
    check(float(meter.get_attribute("aria-valuenow")) == float(heads[-1]["x-prism-probability"]), "auto: the meter shows it")

    visitor.new()
    for lane, agrees in (("adapter", "agrees"), ("base", "would choose adapter")):
        visitor.choose(lane)
        [answer] = visitor.ask(questions[0])
        check(answer.badge.endswith(lane), f"{lane}: the badge says so")
        check(answer.probability is not None, f"{lane}: the gate's probability stands beside it")
        check(lane == "base" or agrees in answer.words, f"{lane}: the page says what the gate thinks ({answer.words})")
        check(visitor.bodies()[-1]["model"].endswith(":adapter") == (lane == "adapter"), f"{lane}: that model was asked")
    side_by_side(visitor, questions)
    visitor.close()


def side_by_side(visitor, questions):
    visitor.new()
    visitor.choose("both")
    # One seed draws for both; in a few cool tokens two models can well say the same.
    visitor.set(max_tokens=48, temperature=1.5)
    both = visitor.ask(questions[0])
    visitor.set(max_tokens=12, temperature=0.7)
    check([answer.route for answer in both] == ["base", "adapter"], "side by side: both answer")
    check(both[0].text != both[1].text, "side by side: the answers differ")
    boxes = [answer.element.bounding_box() for answer in both]
    check(boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"],
          "side by side: next to each other")
    seeds = {re.search(r"seed (\d+)", answer.foot)[1] for answer in both}
    check([str(body["seed"]) for body in visitor.bodies()[-2:]] == 2 * list(seeds), "side by side: one seed, which is shown")
    visitor.ask(questions[1])
    sent = {body["model"].rpartition(":")[2] == "adapter": body["messages"] for body in visitor.bodies()[-2:]}
    check(sent[False][1]["content"] == both[0].text and sent[True][1]["content"] == both[1].text,
          "side by side: each goes on from its own answer")
    visitor.choose("auto")
    visitor.ask(questions[1])
    messages = visitor.bodies()[-1]["messages"]
    check(len(messages) == 5 and messages[1]["content"] == both[1].text, "auto goes on from the answer that the gate had chosen")


def stop(visitor, key):
    visitor.set(max_tokens=1000, temperature=0)
    visitor.send("Write a very long story about the sea.")
    text = visitor.find("article .text")
    lengths = set()
    until(lambda: lengths.add(len(text.text_content())) or len(lengths) > 5, "the answer comes piece by piece")
    check(visitor.find("article").get_attribute("aria-busy") == "true", "an answer that comes is marked as busy")
    visitor.find("#stop").click()
    [answer] = visitor.finished()
    check("stopped by you" in answer.foot, "Stop ends the answer and says so")
    check(visitor.page.evaluate("document.activeElement.id") == "send", "the focus goes from Stop to Send")

    def active():
        metrics = visitor.page.request.get(visitor.url + "metrics", headers={"Authorization": f"Bearer {key}"}).text()
        return re.search(r"^prism_active_rows (\d+)", metrics, re.M)[1]
    until(lambda: active() == "0", "the server stops at once", seconds=3)
    check(True, "the server stops at once")
    visitor.set(max_tokens=4)
    visitor.ask("Go on.")
    check(visitor.bodies()[-1]["messages"][1] == {"role": "assistant", "content": answer.text}, "the conversation goes on from what had come")
    visitor.set(max_tokens=1000)
    visitor.send("Another long story.")
    visitor.page.wait_for_selector("#stop:visible")
    visitor.new()
    visitor.page.wait_for_selector("#send:visible")
    check(visitor.find(".turn").count() == 0 and visitor.find("#intro").is_visible(), "a new chat stops the old one and is empty")
    visitor.close()


def settings(visitor):
    visitor.choose("base")
    visitor.set(max_tokens=1)
    [answer] = visitor.ask("Hello!")
    check("1 token ·" in answer.foot and "most tokens" in answer.foot, "max tokens 1 gives one token")
    texts = []
    for seed in (5, 5, 6):
        visitor.new()
        visitor.set(max_tokens=12, temperature=1.5, seed=seed)
        texts.append(visitor.ask("Tell me something.")[0].text)
    check(texts[0] == texts[1] != texts[2], "the seed decides what is drawn")
    visitor.new()
    visitor.set(temperature=0, top_p=0.5, seed="", max_tokens=16, system="You are a poet.")
    [whole] = visitor.ask("Tell me something.")
    body = visitor.bodies()[-1]
    check((body["temperature"], body["top_p"], body["max_tokens"]) == (0, 0.5, 16), "temperature, top p and max tokens are sent")
    check(body["messages"][0] == {"role": "system", "content": "You are a poet."}, "the system message is sent first")
    check("stop" not in body and isinstance(body["seed"], int), "no stop text unless there is one; always a seed")
    visitor.new()
    word = whole.text.split()[3]
    visitor.set(stop_texts=f"{word}\n\\n\\n")
    [cut] = visitor.ask("Tell me something.")
    check(visitor.bodies()[-1].get("stop") == [word, "\n\n"], "stop texts are sent, one a line, with line breaks")
    check(cut.text == whole.text[:whole.text.index(word)] and "ended by itself" in cut.foot, "a stop text ends the answer")
    before = len(visitor.bodies())
    visitor.set(temperature=3)
    visitor.send("Hello!")
    visitor.page.wait_for_timeout(200)
    check(len(visitor.bodies()) == before and visitor.page.evaluate("document.activeElement.id") == "temperature",
          "a wrong setting is shown, and nothing is sent")
    visitor.find("#settings-form button[type=reset]").click()
    check(visitor.find("#temperature").input_value() == "0.7", "settings can be reset")
    visitor.close()


def inspector(visitor, questions):
    number, words = visitor.find("#gate-number"), visitor.find("#gate-words")
    seen = []
    for question, route in zip(questions, ("to the adapter", "to the base model")):
        visitor.find("#query").fill("")
        until(lambda: number.inner_text() == "", "an empty query has no probability")
        visitor.find("#query").press_sequentially(question, delay=5)
        until(lambda: route in words.inner_text(), f"the inspector says {route}")
        until(lambda: not visitor.find(".gauge.stale").count(), "the inspector is settled")
        meter = visitor.find("#gate [role=meter]")
        fill, mark = meter.locator(".fill").bounding_box(), meter.locator(".mark").bounding_box()
        seen.append((float(number.inner_text()), fill["width"], mark["x"] + 1 - fill["x"]))
        check(abs(float(meter.get_attribute("aria-valuenow")) - seen[-1][0]) < 0.001 and route.split()[-1] in words.inner_text(),
              f"the inspector moves: {number.inner_text()} {words.inner_text()}")
    width = visitor.find("#gate [role=meter]").bounding_box()["width"]
    check(seen[0][0] > 0.5 > seen[1][0], "on both sides of the threshold")
    check(all(abs(fill / width - value) < 0.03 and abs(mark / width - 0.5) < 0.02 for value, fill, mark in seen),
          "the bar is as long as the probability, and the threshold is marked")
    asked = [body["input"] for body in visitor.bodies("/v1/route")]
    check(len(asked) < 12, f"the gate is not asked for every letter ({len(asked)} times for {sum(map(len, questions))} letters)")
    visitor.close()
