import { Meter, words } from "./decision.js";
import { make } from "./dom.js";

const endings = {
  stop: "ended by itself",
  length: "reached the most tokens allowed",
  stopped: "stopped by you",
};

/** One answer as it comes: badge, what the gate found, text, numbers. */
export class AnswerView {
  element = make("article", { class: "answer", "aria-busy": "true" });
  text = "";
  decision = null;
  #badge = make("h4", { class: "badge" });
  #words = make("span", { class: "words" });
  #meter = new Meter("The gate's probability that the adapter helps");
  #node = document.createTextNode("");
  #body = make("p", { class: "text waiting" }, this.#node);
  #foot = make("div", { class: "foot" });

  constructor(lane) {
    // Headings are read out of their place, so they say what they head.
    this.#badge.append(make("span", { class: "hidden" }, "Answer by "), lane === "auto" ? "the gate …" : lane);
    const head = make("div", { class: "head" }, this.#badge, this.#meter.element, this.#words);
    this.element.append(head, this.#body, this.#foot);
    if (lane !== "auto") this.element.dataset.route = lane;
  }

  /** Shows what is known of the decision. */
  decide(decision) {
    this.decision = decision;
    this.element.dataset.route = decision.route;
    this.#badge.lastChild.data = decision.route;
    this.#words.textContent = words(decision);
    this.#meter.show(decision);
  }

  /** Says in place of a decision why there is none. */
  undecided(reason) {
    this.#words.textContent = reason;
  }

  add(text) {
    this.text += text;
    this.#body.classList.remove("waiting");
    this.#node.appendData(text);
  }

  /** `reason` is `stop`, `length` or `stopped`; `usage` null where the server has not sent it. */
  end(reason, usage, seconds, seed) {
    const parts = [endings[reason] ?? reason];
    if (usage) parts.push(usage.completion_tokens === 1 ? "1 token" : `${usage.completion_tokens} tokens`);
    parts.push(`${seconds.toFixed(1)} s`, `seed ${seed}`);
    this.#foot.replaceChildren(make("p", {}, parts.join(" · ")));
    this.#finish();
  }

  fail(message, retry) {
    const button = make("button", { type: "button" }, "Try again");
    button.addEventListener("click", retry);
    this.#foot.replaceChildren(make("p", { class: "error" }, message), button);
    this.#finish();
  }

  #finish() {
    this.element.removeAttribute("aria-busy");
    this.#body.classList.remove("waiting");
    this.#body.hidden = this.text === "";
    if (!this.element.dataset.route) this.#badge.lastChild.data = "nobody";
  }
}
