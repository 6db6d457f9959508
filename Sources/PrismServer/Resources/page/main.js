import { Api } from "./api.js";
import { Chat } from "./chat.js";
import { find, make } from "./dom.js";
import { Inspector } from "./inspector.js";
import { Keys } from "./key.js";
import { groups } from "./models.js";
import { Settings } from "./settings.js";

const keys = new Keys();
const api = new Api(keys);
const settings = new Settings();
const chat = new Chat(api, settings);
const inspector = new Inspector(api);
const select = find("group");
let served = [];

function choose() {
  const group = served[select.selectedIndex];
  document.title = `PRISM: ${group.label}`;
  chat.use(group);
  inspector.use(group);
}

/** Asks the server what it serves; what goes wrong stands above the chat. */
async function load() {
  find("notice").hidden = true;
  try {
    const found = groups(await api.models());
    const limit = await api.answerLimit();
    if (limit) settings.limit(limit);
    served = found;
    select.replaceChildren(...served.map((group) => make("option", {}, group.label)));
    select.disabled = false;
    choose();
  } catch (error) {
    find("notice-text").textContent = error.message;
    find("notice").hidden = false;
  }
}

select.addEventListener("change", choose);
find("notice-retry").addEventListener("click", load);
keys.onChange = load;
load();
