import { Meter, probabilityText, thresholdText } from "./decision.js";
import { find } from "./dom.js";

/** Pause in typing, in milliseconds, behind which the gate is asked. */
const pause = 250;

/** Shows the gate's decision on a query while it is typed. */
export class Inspector {
  #api;
  #group = null;
  #timer = 0;
  #stopper = null;
  #query = find("query");
  #result = find("gate-result");
  #meter = new Meter("Probability that the adapter helps");

  constructor(api) {
    this.#api = api;
    find("gate-meter").append(this.#meter.element);
    this.#query.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), pause);
    });
    this.#clear("");
  }

  /** Goes on with another model's gate. */
  use(group) {
    this.#group = group;
    this.#query.disabled = !group.prism;
    if (group.prism) this.#ask();
    else this.#clear("This server has no gate; start it with --bundle.");
  }

  async #ask() {
    this.#stopper?.abort();
    const input = this.#query.value.trim();
    if (!input) return this.#clear("Type a query and watch where it would go; nothing is answered.");
    const stopper = new AbortController();
    this.#stopper = stopper;
    this.#result.classList.add("stale");
    try {
      this.#show(await this.#api.route({ model: this.#group.prism, input }, stopper.signal));
    } catch (error) {
      if (error.name !== "AbortError") this.#clear(error.message);
    }
  }

  #show({ route, probability, threshold, layer }) {
    const side = probability < threshold ? "below" : "at or above";
    find("gate-number").textContent = probabilityText(probability, threshold);
    find("gate-words").textContent =
      `goes to ${route === "base" ? "the base model" : "the adapter"}: ${side} the threshold ` +
      `${thresholdText(threshold)}. The gate reads layer ${layer}.`;
    this.#result.dataset.route = route;
    this.#result.classList.remove("stale");
    this.#meter.show({ route, probability, threshold, decision: route });
  }

  #clear(text) {
    find("gate-number").textContent = "";
    find("gate-words").textContent = text;
    delete this.#result.dataset.route;
    this.#result.classList.remove("stale");
    this.#meter.show(null);
  }
}
