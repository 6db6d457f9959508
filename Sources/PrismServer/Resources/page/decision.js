import { make } from "./dom.js";

/*
 * A decision as the page shows it: {route, probability, threshold, mode, decision}. `route` is what
 * answers, `decision` what the gate chose; `mode` is the server's, or `asked` where the user named the
 * route and the gate was only asked beside it. Numbers that are not known are null.
 */

/** A probability with three digits, or as many more as tell it from the threshold. */
export function probabilityText(probability, threshold) {
  for (let digits = 3; digits < 7; digits += 1) {
    const text = probability.toFixed(digits);
    if (threshold === null || probability === threshold || Number(text) !== threshold) return text;
  }
  return String(probability);
}

/** A threshold with two digits, or more where it has more. */
export function thresholdText(threshold) {
  const text = threshold.toFixed(2);
  return Math.abs(Number(text) - threshold) < 1e-6 ? text : String(Number(threshold.toFixed(4)));
}

/** What the gate found, as words behind the badge. */
export function words({ route, probability, threshold, mode, decision }) {
  if (probability === null) return mode === "off" ? "the gate is off" : "";
  const limit = threshold === null ? "" : `, threshold ${thresholdText(threshold)}`;
  const found = `probability ${probabilityText(probability, threshold)}${limit}`;
  if (mode === "shadow") return `${found}; the gate chose ${decision ?? "a route"} and is only watched`;
  if (mode === "asked") return `${found}; the gate ${decision === route ? "agrees" : `would choose ${decision}`}`;
  return found;
}

/** A bar from 0 to 1 with the threshold marked. `text` is what a screen reader says of it. */
export class Meter {
  element = make("div", { class: "meter", role: "meter", "aria-valuemin": 0, "aria-valuemax": 1 });

  constructor(label) {
    this.element.setAttribute("aria-label", label);
    this.element.append(make("span", { class: "fill" }), make("span", { class: "mark" }));
    this.show(null);
  }

  /** Shows a decision, or nothing for null. */
  show(decision) {
    const element = this.element;
    const isEmpty = decision === null || decision.probability === null;
    element.classList.toggle("empty", isEmpty);
    element.ariaHidden = isEmpty;
    if (isEmpty) return;
    const { probability, threshold } = decision;
    element.dataset.route = decision.decision ?? decision.route;
    element.classList.toggle("marked", threshold !== null);
    element.style.setProperty("--value", probability);
    if (threshold !== null) element.style.setProperty("--threshold", threshold);
    element.setAttribute("aria-valuenow", probability);
    element.setAttribute("aria-valuetext", words({ ...decision, mode: null }));
  }
}
