/** The element with this id. */
export const find = (id) => document.getElementById(id);

/** Makes an element. Children that are strings become text, never markup. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Tells people who do not see the page what happened, once, when nothing else is being read. */
export function announce(text) {
  find("announcer").textContent = text;
}
