import { EventReader } from "./events.js";

/** Why a request got no answer, in words for people. */
export class ApiError extends Error {}

const unreachable = "The server cannot be reached. Is it still running?";

/** The server's API. Addresses are relative to the page, so that a proxy may put both in a folder. */
export class Api {
  #keys;

  /** `keys` has the key in `current`, and gets another from the user with `ask(refused)`. */
  constructor(keys) {
    this.#keys = keys;
  }

  /** The names that can be asked for. */
  async models() {
    const list = await this.#json("v1/models");
    return list.data.map((model) => model.id);
  }

  /** Most tokens of an answer; null where the server's description does not say. */
  async answerLimit() {
    const description = await this.#json("openapi.json");
    return description.components?.schemas?.AnswerTokens?.maximum ?? null;
  }

  /** The gate's decision alone: {route, probability, threshold, layer}. */
  route(body, signal) {
    return this.#json("v1/route", body, signal);
  }

  /**
   * Answers a conversation. Yields {prism} as soon as the decision is known, then pieces of
   * {text, finish, prism, usage}, each of them null where the piece has none.
   */
  async *chat(body, signal) {
    const asked = { ...body, stream: true, stream_options: { include_usage: true } };
    const response = await this.#request("v1/chat/completions", asked, signal);
    yield { text: null, finish: null, prism: decisionInHead(response.headers), usage: null };
    for await (const data of events(response)) {
      if (data === "[DONE]") return;
      const chunk = parsed(data);
      if (chunk.error) throw new ApiError(chunk.error.message);
      const choice = chunk.choices?.[0];
      yield {
        text: choice?.delta?.content || null,
        finish: choice?.finish_reason ?? null,
        prism: chunk.prism ?? null,
        usage: chunk.usage ?? null,
      };
    }
    throw new ApiError("The answer broke off: the connection closed before its end.");
  }

  async #json(path, body, signal) {
    const response = await this.#request(path, body, signal);
    return parsed(await worded(() => response.text()));
  }

  async #request(path, body, signal) {
    for (;;) {
      const key = this.#keys.current;
      const response = await worded(() => fetch(new URL(path, document.baseURI), options(key, body, signal)));
      if (response.ok) return response;
      if (response.status !== 401 || !(await this.#keys.ask(key))) throw await refusal(response);
    }
  }
}

function options(key, body, signal) {
  const headers = key ? { Authorization: `Bearer ${key}` } : {};
  if (body === undefined) return { headers, signal };
  headers["Content-Type"] = "application/json";
  return { method: "POST", headers, signal, body: JSON.stringify(body) };
}

/** Does `work`; a failing connection becomes a sentence, and the user's own stop stays what it is. */
async function worded(work) {
  try {
    return await work();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(unreachable, { cause: error });
  }
}

async function refusal(response) {
  const text = await worded(() => response.text());
  let message;
  try {
    message = JSON.parse(text).error.message;
  } catch {
    // What stands between page and server, such as a proxy, words its errors in its own way.
    message = `The server answered with status ${response.status}.`;
  }
  const seconds = response.headers.get("retry-after");
  return new ApiError(seconds && !message.includes("try again") ? `${message} Try again in ${seconds} s.` : message);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiError("The server's answer is not what this page understands.", { cause: error });
  }
}

/** What the head says of the decision; null where it says nothing. */
function decisionInHead(headers) {
  const route = headers.get("x-prism-route");
  const probability = headers.get("x-prism-probability");
  const mode = headers.get("x-prism-gate-mode");
  if (!route) return null;
  return { route, mode, probability: probability === null ? null : Number(probability), threshold: null, decision: null };
}

async function* events(response) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventReader();
  try {
    for (;;) {
      const { done, value } = await worded(() => reader.read());
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    // Closes the connection when nobody reads on, which frees the answer's place in the server.
    reader.cancel().catch(() => {});
  }
}
