// Owns the keys of the encounter page; none is taken while something is typed.
import { whole } from "./drag.js";
import { send } from "./queue.js";
import { tell } from "./say.js";
import { redo, undo } from "./undo.js";

const KEYS = [
  ["← →", "stop of the selected administration one minute earlier, later; a push moves"],
  ["Shift ← →", "its start one minute earlier, later"],
  ["Page Up, Page Down", "its stop ten minutes later, earlier; with Shift its start"],
  ["↑ ↓", "administration above, below (on the timeline)"],
  ["Enter, Space", "select the administration in focus"],
  ["n", "add an administration"],
  ["Delete", "remove the selected administration"],
  ["e", "go to the controls of the selected administration"],
  ["u, Ctrl Z", "undo"],
  ["Shift U, Ctrl Y", "redo"],
  ["Escape", "give up a drag, or what is typed in a control"],
  ["?", "show these keys"],
];
const TEN = 10;

const typing = (target) => target.isContentEditable
  || target.matches?.("input, textarea, select, [role=textbox], [role=combobox]");

function selectedBar(target) {
  const focused = target.closest?.("[data-administration].bar, [data-administration].mark");
  if (focused) return focused;
  const id = document.getElementById("selected")?.value;
  return id ? document.querySelector(`#timeline [data-administration="${CSS.escape(id)}"]`) : null;
}

function move(bar, edge, minutes) {
  const path = ["administrations", bar.dataset.administration];
  send({ op: "move", path: whole(bar) ? path : [...path, edge], minutes });
}

function remove(bar) {
  send({ op: "remove", path: ["administrations", bar.dataset.administration] });
}

export function help() {
  const table = document.createElement("table");
  table.className = "keys";
  for (const [keys, what] of KEYS) {
    const row = table.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = keys;
    row.append(head);
    row.insertCell().textContent = what;
  }
  tell("Keys", table);
}

function add() {
  const input = document.getElementById("add-drug");
  input?.focus();
  input?.scrollIntoView({ block: "nearest" });
}

const plain = {
  n: add,
  u: undo,
  U: redo,
  "?": help,
  e: () => document.getElementById("given-drug")?.focus(),
};

function withControl(event) {
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? redo : undo;
  return key === "y" ? redo : null;
}

function onBar(event) {
  const bar = selectedBar(event.target);
  if (!bar) return null;
  const edge = event.shiftKey ? "start" : "stop";
  const onPage = event.target === document.body || event.target.closest?.("#timeline");
  const steps = { ArrowLeft: -1, ArrowRight: 1 };
  if (onPage && event.key in steps) return () => move(bar, edge, steps[event.key]);
  const tens = { PageUp: TEN, PageDown: -TEN };
  if (event.target.closest?.("#timeline") && event.key in tens) return () => move(bar, edge, tens[event.key]);
  return onPage && event.key === "Delete" ? () => remove(bar) : null;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]") || !document.getElementById("state")) return;
  const action = event.ctrlKey || event.metaKey ? withControl(event) : plain[event.key] ?? onBar(event);
  if (!action) return;
  event.preventDefault();
  action();
});

document.addEventListener("click", (event) => { if (event.target.closest?.("#show-keys")) help(); });
