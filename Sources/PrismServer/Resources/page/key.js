import { find } from "./dom.js";

const storageName = "prism-key";

/** The API key, and the dialog that asks for it. It is kept for this tab's session only. */
export class Keys {
  /** Called when the user has changed the key by hand. */
  onChange = () => {};
  #dialog = find("key-dialog");
  #field = find("key");
  #opener = find("key-open");
  #asking = null;

  constructor() {
    this.#opener.hidden = !this.current;
    this.#opener.addEventListener("click", () => this.#change());
    find("key-cancel").addEventListener("click", () => this.#dialog.close());
    find("key-forget").addEventListener("click", () => {
      sessionStorage.removeItem(storageName);
      this.#dialog.close("changed");
    });
    find("key-form").addEventListener("submit", (event) => {
      event.preventDefault();
      sessionStorage.setItem(storageName, this.#field.value.trim());
      this.#dialog.close("changed");
    });
  }

  get current() {
    return sessionStorage.getItem(storageName) ?? "";
  }

  /** Asks for a key in place of `refused`. Returns whether there is another one to try. */
  async ask(refused) {
    if (this.current !== refused) return true;
    const reason = refused
      ? "The server does not accept this key. Enter another one."
      : "This server answers only to those who have one of its keys.";
    // Several requests may be refused at once; one dialog serves them all.
    this.#asking ??= this.#open(reason).finally(() => { this.#asking = null; });
    await this.#asking;
    return this.current !== "" && this.current !== refused;
  }

  async #change() {
    const before = this.current;
    await this.#open("The key is sent with every request of this page.");
    if (this.current !== before) this.onChange();
  }

  #open(reason) {
    find("key-reason").textContent = reason;
    find("key-forget").hidden = !this.current;
    this.#field.value = "";
    this.#opener.hidden = false;
    this.#dialog.returnValue = "";
    this.#dialog.showModal();
    return new Promise((resolve) => {
      this.#dialog.addEventListener("close", resolve, { once: true });
    });
  }
}
