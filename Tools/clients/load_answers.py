"""What load.py asks, and what it reads in the bytes of an answer."""

import json
import random
from dataclasses import dataclass, field

DISTINCT = 48
# Words of the prompts and tokens of the answers; those of `prism bench` are 128 tokens and 64.
MIXED, LIKE_BENCH = ((8, 40, 120, 300), (16, 64, 128, 256)), ((95,) * 4, (64,) * 4)
ASKS = ("Explain to a beginner", "Write a short story about", "List what matters about", "Compare two ways to see")
TOPICS = ("tides", "a lighthouse", "prime numbers", "baking bread", "a lost letter", "volcanoes", "chess", "bees", "glass",
          "an old bridge", "sleep", "maps")  # fmt: skip
NOTES = ("The morning was cold and the road was long.", "Nobody in the village had seen such a thing before.",
         "Two measurements agreed and the third did not.", "She wrote the number down and closed the book.",
         "Every part can be replaced except the first one.", "The answer depends on what we mean by enough.")  # fmt: skip


def request(index, models, longest, lengths=MIXED):
    """The body of a request. Every 48 in a row have all combinations of prompt length, answer length and model."""
    draw = random.Random(index)
    words = f"{index}: {ASKS[index % 4]} {TOPICS[index % 12]}.".split()
    while len(words) < lengths[0][index % 4]:
        words += draw.choice(NOTES).split()
    messages = [{"role": "user", "content": " ".join(words)}]
    if index % 2:
        messages.insert(0, {"role": "system", "content": "You answer with care."})
    body = {"model": models[index // 16 % len(models)], "messages": messages, "temperature": 0, "stream": True,
            "max_tokens": min(longest, lengths[1][index // 4 % 4]), "stream_options": {"include_usage": True},
            "logprobs": index % 8 == 5}  # fmt: skip
    return json.dumps(body).encode()


@dataclass
class Answer:
    """The bytes of one streamed answer, and when they came."""

    request: int
    begin: float
    status: int = 0
    arrivals: list = field(default_factory=list)
    failure: str = ""


@dataclass
class Reading:
    """What an answer's bytes say."""

    text: str = ""
    end: str = ""
    tokens: int = 0
    prompt: int = 0
    route: str = ""
    scores: list = field(default_factory=list)
    times: list = field(default_factory=list)
    failure: str = ""

    def facts(self):
        return self.text, self.end, self.tokens, self.prompt, self.route, self.scores


def read(answer):
    """Looks into the bytes of an answer."""
    body = b"".join(chunk for _, chunk in answer.arrivals)
    if answer.failure or answer.status != 200:
        return Reading(failure=answer.failure or f"status {answer.status}: {body[:200].decode(errors='replace')}")
    ends, total = [], 0
    for when, chunk in answer.arrivals:
        total += len(chunk)
        ends.append((total, when))
    reading, position, place, done = Reading(), 0, 0, False
    for event in body.split(b"\n\n"):
        position += len(event) + 2
        while place + 1 < len(ends) and ends[place][0] < position:
            place += 1
        if not event.startswith(b"data: ") or event == b"data: [DONE]":
            done = done or event == b"data: [DONE]"
            continue
        take(json.loads(event[6:]), reading, ends[place][1])
    if not done and not reading.failure:
        reading.failure = "the stream ended without [DONE]"
    return reading


def take(document, reading, when):
    if "error" in document:
        reading.failure = document["error"]["message"]
        return
    if document.get("usage"):
        reading.tokens = document["usage"]["completion_tokens"]
        reading.prompt = document["usage"]["prompt_tokens"]
    if document.get("prism"):
        reading.route = document["prism"].get("route", "")
    for choice in document["choices"]:
        text = (choice.get("delta") or {}).get("content") or ""
        if text:
            reading.text += text
            reading.times.append(when)
        reading.end = choice.get("finish_reason") or reading.end
        scores = (choice.get("logprobs") or {}).get("content") or []
        reading.scores += [(score["token"], score["logprob"]) for score in scores]


def kind(index, reading, alone):
    """Why an answer differs: an error, another's words, too few of its own, or something else."""
    if reading.failure:
        return f"error: {reading.failure}"
    own = alone[index]
    words = reading.text[: max(24, len(reading.text) // 2)]
    if any(other.text.startswith(words) for other in alone.values()) and not own.text.startswith(words):
        return "crossed: it is another request's answer"
    if own.text.startswith(reading.text) and reading.text != own.text:
        return f"lost: {len(own.text) - len(reading.text)} characters"
    names = ("text", "finish_reason", "tokens", "prompt tokens", "route", "log-probabilities")
    return "different " + ", ".join(n for n, a, b in zip(names, reading.facts(), own.facts()) if a != b)
