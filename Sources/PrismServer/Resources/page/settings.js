import { find } from "./dom.js";

/** As many stop texts as the server takes. */
const stopLimit = 16;

/** How answers are drawn. */
export class Settings {
  #form = find("settings-form");
  #stop = find("stop-texts");

  constructor() {
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#stop.addEventListener("input", () => this.#checkStop());
  }

  /** Most tokens that the server gives an answer. */
  limit(tokens) {
    const field = find("max-tokens");
    field.max = tokens;
    find("max-tokens-range").textContent = `1 to ${tokens}`;
    field.defaultValue = Math.min(Number(field.defaultValue), tokens);
  }

  /**
   * The settings as members of a request, and the system message; null while a field is wrong, which
   * the browser then shows. Without a seed one is drawn, so that every answer can be had again.
   */
  read() {
    if (!this.#form.reportValidity()) return null;
    const seed = find("seed").value;
    const stop = this.#stopTexts();
    const sampling = {
      temperature: find("temperature").valueAsNumber,
      top_p: find("top-p").valueAsNumber,
      max_tokens: find("max-tokens").valueAsNumber,
      seed: seed === "" ? crypto.getRandomValues(new Uint32Array(1))[0] % 1_000_000 : Number(seed),
    };
    if (stop.length > 0) sampling.stop = stop;
    return { sampling, system: find("system").value.trim() };
  }

  #stopTexts() {
    const lines = this.#stop.value.split("\n").filter((line) => line !== "");
    return lines.map((line) => line.replaceAll("\\n", "\n").replaceAll("\\t", "\t"));
  }

  #checkStop() {
    const isTooMany = this.#stopTexts().length > stopLimit;
    this.#stop.setCustomValidity(isTooMany ? `At most ${stopLimit} stop texts.` : "");
  }
}
