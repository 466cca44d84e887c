// Owns the order of requests that change the page: one at a time, waiting edits go together, none is lost.
const waiting = [];
let busy = false;
let refused = null;

const field = (name) => document.getElementById(name)?.value ?? "";

// The answer to a POST whose html htmx has put in: {ok, refused}.
function post(path, values, target) {
  return new Promise((resolve) => {
    const failed = { ok: false, refused: false };
    if (!document.querySelector(target)) { resolve(failed); return; }
    const done = (event) => {
      if (event.detail.requestConfig?.path !== path) return;
      document.removeEventListener("htmx:afterRequest", done);
      const sent = event.detail.xhr;
      resolve({ ok: event.detail.successful, refused: sent.getResponseHeader("HX-Retarget") === "#refusal" });
    };
    document.addEventListener("htmx:afterRequest", done);
    window.htmx.ajax("POST", path, { source: document.body, target, swap: "outerHTML", values })
      .catch(() => resolve(failed));
  });
}

const state = () => ({ state: field("state"), before: field("before"), selected: field("selected") });

async function sendEdits(edits) {
  const answer = await post("/encounter/edit", { ...state(), edit: JSON.stringify(edits) }, "#workspace");
  if (!answer.refused) {
    if (!answer.ok) document.dispatchEvent(new CustomEvent("editing:failed", { detail: edits }));
    return;
  }
  if (edits.length > 1) {
    waiting.unshift(...edits.map((edit) => ({ edits: [edit], alone: true })));
    return;
  }
  refused = { edit: edits[0], said: document.getElementById("refusal")?.cloneNode(true) };
  tell(refused.edit);
}

const tell = (edit) => document.dispatchEvent(new CustomEvent("editing:refused", { detail: edit }));

// What was refused stays told where changes after it have replaced the page.
function tellAgain() {
  const refusal = document.getElementById("refusal");
  if (!refused?.said || !refusal || refusal.childNodes.length) return;
  refusal.replaceChildren(...refused.said.childNodes);
  tell(refused.edit);
}

const joined = (list, edit) => {
  const last = list.at(-1);
  const same = last && last.op === edit.op && JSON.stringify(last.path) === JSON.stringify(edit.path);
  if (same && edit.op === "move") list[list.length - 1] = { ...last, minutes: last.minutes + edit.minutes };
  else if (same && edit.op === "set") list[list.length - 1] = edit;
  else list.push(edit);
};

function takeEdits() {
  const first = waiting.shift();
  const edits = [...first.edits];
  while (!first.alone && waiting[0]?.edits && !waiting[0].alone) waiting.shift().edits.forEach((edit) => joined(edits, edit));
  return edits.filter((edit) => edit.op !== "move" || edit.minutes !== 0);
}

async function run() {
  if (busy) return;
  busy = true;
  refused = null;
  document.documentElement.dataset.busy = "";
  try {
    while (waiting.length) {
      if (waiting[0].edits) {
        const edits = takeEdits();
        if (edits.length) await sendEdits(edits);
      } else {
        await waiting.shift().task();
      }
    }
    tellAgain();
  } finally {
    busy = false;
    delete document.documentElement.dataset.busy;
  }
}

// Send an edit; edits that wait behind a request go together in the next one.
export function send(edit) {
  waiting.push({ edits: [edit] });
  run();
}

// Show another state (its text) in the place of this one.
export function show(text, selected = "", before = field("before")) {
  return post("/encounter/view", { state: text, before, selected }, "#workspace");
}

// Get the controls of the selected administration.
export function controls() {
  return post("/editing/controls", { state: field("state"), selected: field("selected") }, "#controls");
}

// Do something when all edits before it are answered.
export function after(task) {
  waiting.push({ task });
  run();
}
