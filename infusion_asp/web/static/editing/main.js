// Owns the begin of the encounter page: which state it shows, and the names that complete a drug.
import "./edit.js";
import "./keeping.js";
import "./keys.js";
import "./drag.js";
import "./menu.js";
import { fromAddress } from "./link.js";
import { after, show } from "./queue.js";
import { begin, record, restore } from "./undo.js";

const workspace = document.getElementById("workspace");

function plainAddress() {
  history.replaceState(null, "", "/encounter");
}

function nothing(words) {
  const note = document.createElement("p");
  note.className = "nothing";
  note.setAttribute("role", "alert");
  const link = document.createElement("a");
  link.href = "/";
  link.textContent = "Open an encounter";
  note.append(`${words} `, link);
  document.getElementById("workspace").replaceChildren(note);
}

async function load() {
  const linked = await fromAddress();
  if (linked === "") {
    plainAddress();
    nothing("This link is broken: it was cut or changed on its way.");
  } else if (linked !== null) {
    plainAddress();
    begin();
    after(() => show(linked, "", ""));
  } else if (document.getElementById("state")) {
    plainAddress();
    begin();
    record();
  } else if (workspace && !document.querySelector("main .problems")) {
    const entry = restore();
    if (entry) after(() => show(entry.state, entry.selected, ""));
    else nothing("No encounter is open in this tab.");
  }
}

async function drugs() {
  const answer = await fetch("/editing/drugs");
  if (!answer.ok) return;
  const list = document.createElement("datalist");
  list.id = "drugs";
  for (const { name, says } of await answer.json()) {
    const option = document.createElement("option");
    option.value = name;
    option.label = says;
    list.append(option);
  }
  document.body.append(list);
}

window.addEventListener("hashchange", load);
const ready = () => window.htmx ? load() : window.addEventListener("load", load, { once: true });
ready();
drugs();
