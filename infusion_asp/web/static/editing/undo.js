// Owns undo and redo: the states of this tab, in memory and in the tab's own storage.
import { after, show } from "./queue.js";

const KEY = "infusion-asp.states";
const MOST = 200;
let entries = [];
let at = -1;
let going = null;

export function restore() {
  try {
    const read = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (Array.isArray(read?.entries) && read.entries.every((each) => typeof each.state === "string")) {
      entries = read.entries;
      at = Math.min(Math.max(0, read.at), entries.length - 1);
    }
  } catch {
    sessionStorage.removeItem(KEY);
  }
  return entries[at] ?? null;
}

function store() {
  for (;;) {
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ entries, at }));
      return;
    } catch {
      if (entries.length < 2) return;
      const dropped = Math.max(1, Math.min(at, Math.ceil(entries.length / 2)));
      if (at === 0) entries.pop(); else { entries.splice(0, dropped); at -= dropped; }
    }
  }
}

// Begin anew: another encounter was opened.
export function begin() {
  entries = [];
  at = -1;
}

// Note the state that the page shows now.
export function record() {
  const state = document.getElementById("state")?.value;
  if (state === undefined) return;
  const selected = document.getElementById("selected")?.value ?? "";
  if (going !== null && entries[going]?.state === state) {
    at = going;
    going = null;
  } else if (entries[at]?.state === state) {
    buttons();
    return;
  } else {
    entries.splice(at + 1, entries.length, { state, selected });
    if (entries.length > MOST) entries.shift();
    at = entries.length - 1;
  }
  store();
  buttons();
}

function buttons() {
  const undo = document.getElementById("undo");
  const redo = document.getElementById("redo");
  if (undo) undo.disabled = at <= 0;
  if (redo) redo.disabled = at >= entries.length - 1;
}

function go(step) {
  after(async () => {
    const entry = entries[at + step];
    if (!entry) return;
    going = at + step;
    await show(entry.state, entry.selected);
    going = null;
  });
}

export const undo = () => go(-1);
export const redo = () => go(1);

document.addEventListener("click", (event) => {
  if (event.target.closest?.("#undo")) undo();
  else if (event.target.closest?.("#redo")) redo();
});

document.addEventListener("htmx:afterSwap", () => record());
