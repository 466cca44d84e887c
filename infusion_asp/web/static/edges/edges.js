// Owns what the strip needs of the browser: the axis of the timeline, keys on borders, what is kept while it is solved anew.
const ASKS = ["/encounter/edges", "/encounter/whynot", "/encounter/policies"];
const WORDS = { "/encounter/edges": "solving every minute", "/encounter/whynot": "asking why not", "/encounter/policies": "solving under other policies" };
const PLACES = ["strip-place", "why-not-place", "policies-place"];
const kept = { edge: "stop", code: "", table: false, selected: "", top: 0, html: new Map(), at: "" };
const running = new Map();
const tab = Math.random().toString(36).slice(2);

const byId = (id) => document.getElementById(id);

function say(text) {
  const place = byId("edges-said");
  if (place) place.textContent = text;
}

// An answer into a place that was replaced meanwhile is nobody's: htmx tells no end of it.
function busy() {
  for (const [xhr, { target }] of running) if (!target?.isConnected) running.delete(xhr);
  const note = byId("edges-busy");
  if (!note) return;
  const last = [...running.values()].at(-1);
  note.hidden = !last;
  if (last) note.textContent = `${WORDS[last.path]}…`;
}

function asked(event) {
  const path = event.detail.requestConfig?.path ?? event.detail.path;
  return ASKS.includes(path) ? path : null;
}

document.addEventListener("htmx:configRequest", (event) => {
  if (!ASKS.includes(event.detail.path)) return;
  const told = event.detail.parameters;
  told.tab = tab;
  if (told.form && kept.code) told.code = kept.code;
  const drawing = byId("timeline");
  if (event.detail.path !== ASKS[0] || !drawing?.dataset.origin) return;
  told.origin = drawing.dataset.origin;
  told.left = drawing.dataset.left;
  told.per_unit = drawing.dataset.minutesPerPx;
  told.width = String(drawing.viewBox.baseVal.width);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const path = asked(event);
  if (!path) return;
  const { target, xhr } = event.detail;
  running.set(xhr, { path, target });
  target?.setAttribute("aria-busy", "true");
  busy();
  if (path !== ASKS[0] || !byId("strip")) say(WORDS[path]);
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!asked(event)) return;
  const { target, xhr } = event.detail;
  running.delete(xhr);
  target?.setAttribute("aria-busy", "false");
  busy();
  if (event.detail.successful || target?.id !== "strip-place") return;
  target.replaceChildren();
  say("no answer");
});

// What was answered stays, dimmed, until it is answered for the new state.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "workspace") return;
  kept.table = byId("strip-table")?.open ?? kept.table;
  kept.selected = byId("selected")?.value ?? "";
  kept.top = window.scrollY;
  kept.html = new Map(PLACES.map((id) => [id, [...byId(id)?.children ?? []]]));
});

document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  const place = byId("strip-place");
  if (target === place && place) shown();
  else if (["why-not-place", "why-not-answer", "policies-place"].includes(target?.id)) say("answered");
  else if (kept.html.size && place) {
    renew(place);
    // The browser follows what has the focus, and that was below the new workspace for a moment.
    window.scrollTo({ left: window.scrollX, top: kept.top, behavior: "instant" });
  }
  busy();
});

function dimmed(children) {
  for (const each of children) {
    each.inert = true;
    each.classList.add("stale");
  }
}

// Where the timeline is too wide for the page, the strip scrolls with it.
function alongside() {
  const strip = document.querySelector("#strip .strip-drawing");
  const above = document.querySelector(".timeline .drawing");
  if (strip && above) strip.scrollLeft = above.scrollLeft;
}

document.addEventListener("scroll", (event) => {
  if (event.target.matches?.(".timeline .drawing")) alongside();
}, { capture: true, passive: true });

function shown() {
  const table = byId("strip-table");
  if (table) table.open = kept.table;
  const strip = byId("strip");
  if (strip) say(strip.dataset.said);
  alongside();
  refocus();
}

// A place of its own for each question: the answer to the one before finds nobody.
function again() {
  const place = byId("strip-place");
  if (!place || !window.htmx) return;
  kept.table = byId("strip-table")?.open ?? kept.table;
  const fresh = place.cloneNode(false);
  fresh.removeAttribute("class");
  fresh.setAttribute("aria-busy", "true");
  dimmed(place.children);
  fresh.append(...place.children);
  place.replaceWith(fresh);
  window.htmx.process(fresh);
}

function renew(place) {
  const old = kept.html;
  kept.html = new Map();
  const chosen = byId(`edge-${kept.edge}`);
  if (chosen) chosen.checked = true;
  if (byId("selected")?.value !== kept.selected) return;
  for (const [id, children] of old) {
    if (!children.length || !byId(id)) continue;
    byId(id).replaceChildren(...children);
    dimmed(children);
  }
  if (kept.at) place.focus({ preventScroll: true });
}

// After an edit made here the keyboard stays here: at the border or row nearest to what was chosen.
function refocus() {
  const { at } = kept;
  kept.at = "";
  if (!at || ![document.body, byId("strip-place")].includes(document.activeElement)) return;
  const rows = [...document.querySelectorAll("#strip-table[open] button[data-at]")];
  const all = rows.length ? rows : borders();
  const near = (each) => Math.abs(new Date(each.dataset.at) - new Date(at));
  const [found] = all.toSorted((one, other) => near(one) - near(other));
  if (!found) return;
  if (!rows.length) reach(found);
  found.focus({ preventScroll: true });
}

const borders = () => [...document.querySelectorAll("#strip .border[data-edit]")];

function reach(border) {
  for (const each of borders()) each.setAttribute("tabindex", each === border ? "0" : "-1");
}

document.addEventListener("keydown", (event) => {
  const border = event.target.closest?.("#strip .border[data-edit]");
  if (!border || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = borders();
  const at = all.indexOf(border);
  const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    border.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  } else if (to !== undefined) {
    event.preventDefault();
    const next = all[Math.max(0, Math.min(all.length - 1, to))];
    reach(next);
    next.focus();
  }
}, true);

document.addEventListener("click", (event) => {
  const chosen = event.target.closest?.("#strip [data-at]");
  if (chosen) kept.at = chosen.dataset.at;
}, true);

document.addEventListener("change", (event) => {
  if (event.target.id === "why-not-code") kept.code = event.target.value;
  if (event.target.name !== "edge") return;
  kept.edge = event.target.value;
  again();
});

document.addEventListener("encounter:selected", () => {
  again();
  if (byId("why-not")?.open) window.htmx.trigger("#why-not", "edges:again");
});
