import { AnswerView } from "./answer.js";
import { Conversation } from "./conversation.js";
import { announce, find, make } from "./dom.js";
import { modelOf } from "./models.js";
import { words } from "./decision.js";

const hints = {
  auto: "The gate chooses for each question.",
  base: "The base model answers; the gate is only asked.",
  adapter: "The adapter answers; the gate is only asked.",
  both: "Each column goes on from its own answers.",
};

/** The conversation and the form below it. */
export class Chat {
  #api;
  #settings;
  #group = null;
  #conversation = new Conversation();
  /** Stops the turn that is being answered; null when there is none. */
  #stopper = null;
  /** The gate's threshold, which a stream tells only at its end. */
  #threshold = null;
  #form = find("composer");
  #question = find("question");
  #turns = find("turns");

  constructor(api, settings) {
    this.#api = api;
    this.#settings = settings;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#form.addEventListener("change", () => this.#showHint());
    this.#question.addEventListener("keydown", (event) => this.#pressed(event));
    find("stop").addEventListener("click", (event) => {
      // The second half of a double click on Send, whose place Stop takes, stops nothing.
      if (event.detail < 2) this.#stopper?.abort();
    });
    find("new").addEventListener("click", () => this.#restart());
    find("intro").addEventListener("click", (event) => this.#example(event.target.closest("button")));
    // Answers scroll to just above the form, which is as high as what is typed in it.
    new ResizeObserver(() => {
      document.documentElement.style.setProperty("--composer", `${this.#form.offsetHeight}px`);
    }).observe(this.#form);
  }

  /** Goes on with another model. */
  use(group) {
    this.#group = group;
    this.#threshold = null;
    const inputs = [...this.#form.elements.lane];
    for (const input of inputs) input.disabled = !modelOf(group, input.value);
    if (!modelOf(group, this.#lane)) inputs.find((input) => !input.disabled).checked = true;
    this.#showHint();
  }

  get #lane() {
    return this.#form.elements.lane.value;
  }

  #showHint() {
    const hint = this.#group?.prism === null ? "No bundle is loaded, so the base model answers." : hints[this.#lane];
    find("lane-hint").textContent = hint;
  }

  #pressed(event) {
    if (event.key === "Escape") this.#stopper?.abort();
    // Enter also confirms what an input method proposes.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#submit();
  }

  #example(button) {
    if (!button) return;
    this.#question.value = button.textContent;
    this.#question.focus();
  }

  #restart() {
    this.#stopper?.abort();
    this.#conversation.clear();
    this.#turns.replaceChildren();
    find("intro").hidden = false;
    this.#question.focus();
    announce("New conversation.");
  }

  async #submit() {
    const question = this.#question.value.trim();
    if (!question || this.#stopper || !this.#group) return;
    const settings = this.#settings.read();
    if (!settings) return;
    this.#question.value = "";
    await this.#ask(question, settings);
  }

  async #ask(question, settings) {
    const turn = this.#conversation.add(question);
    const lanes = this.#lane === "both" ? ["base", "adapter"] : [this.#lane];
    const views = lanes.map((lane) => new AnswerView(lane));
    const item = make("li", { class: "turn" });
    const answers = make("div", { class: "answers" }, ...views.map((view) => view.element));
    item.append(make("h3", {}, make("span", { class: "hidden" }, "You: "), question), answers);
    find("intro").hidden = true;
    this.#turns.append(item);
    item.scrollIntoView({ block: "end" });

    const again = () => {
      if (this.#stopper) return;
      const settings = this.#settings.read();
      if (!settings) return;
      this.#conversation.remove(turn);
      item.remove();
      this.#question.focus();
      this.#ask(question, settings);
    };
    const stopper = new AbortController();
    this.#setStopper(stopper);
    announce("Answering.");
    const run = { turn, settings, again, group: this.#group, signal: stopper.signal };
    const asked = this.#lane === "auto" ? null : this.#askGate(run, views);
    await Promise.all([asked, ...lanes.map((lane, index) => this.#answer(run, lane, views[index]))]);
    if (this.#stopper === stopper) this.#setStopper(null);
    if (item.isConnected) announce(views.map((view) => spoken(view)).join(" "));
  }

  #setStopper(stopper) {
    this.#stopper = stopper;
    const [shown, hidden] = stopper ? [find("stop"), find("send")] : [find("send"), find("stop")];
    const hadFocus = document.activeElement === hidden;
    shown.hidden = false;
    hidden.hidden = true;
    // A button that vanishes must not take the keyboard with it.
    if (hadFocus) shown.focus();
  }

  /** Reads one answer to its end into `view`. */
  async #answer({ turn, settings, again, group, signal }, lane, view) {
    const start = performance.now();
    const messages = this.#conversation.messages(turn, lane, settings.system);
    let reason = "stop";
    let usage = null;
    try {
      const body = { model: modelOf(group, lane), messages, ...settings.sampling };
      for await (const piece of this.#api.chat(body, signal)) {
        if (lane === "auto" && piece.prism) this.#decided(turn, piece.prism, view);
        if (piece.text) this.#follow(view.element, () => view.add(piece.text));
        reason = piece.finish ?? reason;
        usage = piece.usage ?? usage;
      }
    } catch (error) {
      if (error.name !== "AbortError") {
        this.#follow(view.element, () => view.fail(error.message, again));
        return;
      }
      reason = "stopped";
    } finally {
      if (view.text) turn.answers[lane] = view.text;
    }
    const seconds = (performance.now() - start) / 1000;
    this.#follow(view.element, () => view.end(reason, usage, seconds, settings.sampling.seed));
  }

  #decided(turn, prism, view) {
    this.#threshold = prism.threshold ?? this.#threshold;
    const threshold = prism.probability === null ? null : this.#threshold;
    turn.decision = prism.decision ?? prism.route;
    view.decide({ ...prism, threshold });
  }

  /** Asks the gate what it would have chosen, where the user has. */
  async #askGate({ turn, settings, group, signal }, views) {
    if (!group.prism) return;
    const messages = this.#conversation.messages(turn, "auto", settings.system);
    try {
      const found = await this.#api.route({ model: group.prism, messages }, signal);
      turn.decision = found.route;
      this.#threshold = found.threshold;
      for (const view of views) {
        const route = view.element.dataset.route;
        view.decide({ ...found, route, mode: "asked", decision: found.route });
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      for (const view of views) view.undecided(`the gate could not be asked: ${error.message}`);
    }
  }

  /** Changes an answer, and keeps its end in sight if it was so before. */
  #follow(element, change) {
    const isFollowed = element.getBoundingClientRect().bottom <= this.#form.getBoundingClientRect().top + 80;
    change();
    if (isFollowed) element.scrollIntoView({ block: "end" });
  }
}

/** A finished answer as it is read out. */
function spoken(view) {
  const error = view.element.querySelector(".error");
  const found = view.decision ? words(view.decision) : "";
  const head = `Answer by ${view.element.dataset.route ?? "nobody"}${found ? `, ${found}` : ""}:`;
  return [head, view.text, error?.textContent ?? ""].filter(Boolean).join(" ");
}
