#!/usr/bin/env python3
"""Uses a running `prism serve` through OpenAI's own Python client, unchanged.

    python Tools/clients/openai_client.py http://127.0.0.1:8080/v1 [--key KEY] [--bundle] [--busy]

Checks chat, streaming, log-probabilities, plain completions, errors and the model list; with
--bundle also the three names of a bundle and the decision beside the answer; with --busy that a server
for four requests (--max-batch 2 --max-queue 2) refuses eight. Exits with 1 and says what differs when
anything does.
"""

import argparse
import sys

import openai


def check(holds, what):
    if not holds:
        sys.exit(f"differs: {what}")
    print(f"ok: {what}")


def refused(kind, call, code=None, param=None):
    """The error of `kind` that `call` ends with."""
    try:
        call()
    except kind as error:
        check(code is None or error.code == code, f"{kind.__name__} has the code {error.code}")
        check(param is None or error.param == param, f"{kind.__name__} names {error.param}")
        return error
    sys.exit(f"differs: no {kind.__name__}")


def chat(client, model):
    ask = [{"role": "system", "content": "Answer briefly."},
           {"role": "user", "content": "What is the capital of France?"}]
    answer = client.chat.completions.create(
        model=model, messages=ask, temperature=0, max_tokens=12)
    choice = answer.choices[0]
    check(choice.message.role == "assistant" and choice.message.content, "chat answers")
    check(choice.finish_reason in ("stop", "length"), "chat says why it ended")
    check(answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens,
          "usage adds up")
    check(0 < answer.usage.completion_tokens <= 12, "max_tokens holds")
    check(answer._request_id, "the answer has a request id")

    stream = client.chat.completions.create(
        model=model, messages=ask, temperature=0, max_tokens=12, stream=True,
        stream_options={"include_usage": True})
    chunks = list(stream)
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    check(text == choice.message.content, "the stream has the same text, greedy")
    check(chunks[0].choices[0].delta.role == "assistant", "the stream begins with the role")
    check(chunks[-1].usage.completion_tokens == answer.usage.completion_tokens,
          "the stream ends with usage")

    several = client.chat.completions.create(
        model=model, messages=ask, n=2, seed=7, temperature=1, max_tokens=8)
    again = client.chat.completions.create(
        model=model, messages=ask, n=2, seed=7, temperature=1, max_tokens=8)
    texts = [[c.message.content for c in a.choices] for a in (several, again)]
    check(len(texts[0]) == 2 and texts[0] == texts[1], "the same seed gives the same two answers")

    stop = next((c for c in choice.message.content[1:] if c.isascii()), None)
    if stop:
        stopped = client.chat.completions.create(
            model=model, messages=ask, temperature=0, max_tokens=12, stop=[stop]).choices[0]
        check(stopped.message.content == choice.message.content.split(stop)[0],
              "a stop string ends the answer before itself")
        check(stopped.finish_reason == "stop", "and is the reason")

    parts = client.chat.completions.create(
        model=model, temperature=0, max_tokens=4,
        messages=[{"role": "user", "content": [{"type": "text", "text": "Hello"}]}])
    check(parts.choices[0].message.content is not None, "content in parts is read")


def log_probabilities(client, model):
    ask = [{"role": "user", "content": "Say yes."}]
    answer = client.chat.completions.create(
        model=model, messages=ask, temperature=0, max_tokens=6, logprobs=True, top_logprobs=2)
    content = answer.choices[0].logprobs.content
    check(content and all(entry.logprob <= 0.001 for entry in content), "log-probabilities come")
    check(all(entry.top_logprobs[0].logprob >= entry.logprob - 1e-4 for entry in content),
          "greedy tokens are the likeliest")
    joined = b"".join(bytes(entry.bytes) for entry in content)
    check(joined.decode("utf-8", "replace").startswith(answer.choices[0].message.content[:4]),
          "the tokens' bytes are the text")


def completions(client, model):
    answer = client.completions.create(
        model=model, prompt=["Once upon", "The sea"], max_tokens=5, temperature=0, logprobs=1)
    check([c.index for c in answer.choices] == [0, 1], "two prompts, two completions")
    check(len(answer.choices[0].logprobs.tokens) > 0, "completions have log-probabilities")
    pieces = client.completions.create(
        model=model, prompt="Once upon", max_tokens=5, temperature=0, stream=True)
    text = "".join(piece.choices[0].text for piece in pieces)
    check(text == answer.choices[0].text, "a streamed completion has the same text")


def errors(client, model):
    ask = [{"role": "user", "content": "Hello"}]
    refused(openai.NotFoundError, lambda: client.chat.completions.create(
        model="no-such-model", messages=ask), code="model_not_found", param="model")
    refused(openai.BadRequestError, lambda: client.chat.completions.create(
        model=model, messages=ask, temperature=9), param="temperature")
    refused(openai.BadRequestError, lambda: client.chat.completions.create(
        model=model, messages=ask, tools=[{
            "type": "function", "function": {"name": "f", "parameters": {}}}]),
        code="unsupported_value", param="tools")
    refused(openai.BadRequestError, lambda: client.chat.completions.create(
        model=model, messages=[]), param="messages")
    refused(openai.BadRequestError, lambda: client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "word " * 100000}]),
        code="context_length_exceeded")


def busy(client, model):
    """More answers at once than the server has places for, which its flags allow."""
    ask = [{"role": "user", "content": "Count to a hundred."}]
    error = refused(openai.RateLimitError, lambda: client.chat.completions.create(
        model=model, messages=ask, n=8), code="queue_full")
    check(int(error.response.headers["retry-after"]) >= 1, "a full queue says when to come back")
    answer = client.chat.completions.create(model=model, messages=ask, max_tokens=2)
    check(answer.choices, "and takes work again")


def bundle(client, name):
    ask = [{"role": "user", "content": "Write a haiku about the sea."}]
    for model, routes in [(name, {"base"}), (name + ":adapter", {"adapter"}),
                          (name + ":prism", {"base", "adapter"})]:
        raw = client.chat.completions.with_raw_response.create(
            model=model, messages=ask, max_tokens=4, temperature=0)
        prism = raw.parse().model_extra["prism"]
        check(prism["route"] in routes, f"{model} is answered by {prism['route']}")
        check(raw.headers["x-prism-route"] == prism["route"], "header and body agree")
    check(0 <= prism["probability"] <= 1, f"the gate says {prism['probability']:.3f}")
    decision = client.post("/route", body={"messages": ask}, cast_to=object)
    check(abs(decision["probability"] - prism["probability"]) < 1e-5, "/v1/route agrees")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("--key", default="none")
    parser.add_argument("--bundle", action="store_true")
    parser.add_argument("--busy", action="store_true")
    arguments = parser.parse_args()
    client = openai.OpenAI(base_url=arguments.url, api_key=arguments.key, max_retries=0, timeout=120)
    names = [model.id for model in client.models.list()]
    check(names, "models: " + ", ".join(names))
    check(client.models.retrieve(names[0]).id == names[0], "a model is found by its name")
    if arguments.key != "none":
        wrong = openai.OpenAI(base_url=arguments.url, api_key="wrong", max_retries=0)
        refused(openai.AuthenticationError, wrong.models.list, code="invalid_api_key")
    chat(client, names[0])
    log_probabilities(client, names[0])
    completions(client, names[0])
    errors(client, names[0])
    if arguments.busy:
        busy(client, names[0])
    if arguments.bundle:
        check(len(names) >= 3, "a bundle has names of its own")
        bundle(client, names[0])


if __name__ == "__main__":
    main()
