// Owns what lights up, what is selected, and what is kept of the view when the workspace is replaced.
const opened = new Set();
let scrolled = 0;
let claim = "";

const workspace = () => document.getElementById("workspace");

function light(line, unit) {
  for (const each of document.querySelectorAll("#workspace .lit")) each.classList.remove("lit");
  if (!line) return;
  for (const each of document.querySelectorAll(`#timeline .stretch[data-line="${line}"]`)) {
    if (!unit || each.dataset.unit === unit || each.dataset.unit === "0") each.classList.add("lit");
  }
  const row = document.querySelector(`#lines tbody[data-line="${line}"]`);
  if (row) row.classList.add("lit");
}

function lightOf(target) {
  const place = target.closest("#lines [data-line]");
  if (place) return light(place.dataset.line, place.dataset.unit);
  const bar = target.closest("#timeline [data-administration]");
  light();
  if (!bar) return;
  for (const each of bar.querySelectorAll(".stretch")) {
    each.classList.add("lit");
    const row = document.querySelector(`#lines tbody[data-line="${each.dataset.line}"]`);
    if (row) row.classList.add("lit");
  }
}

document.addEventListener("mouseover", (event) => lightOf(event.target));
document.addEventListener("focusin", (event) => lightOf(event.target));
document.addEventListener("mouseout", (event) => { if (!event.relatedTarget) light(); });

const bars = () => [...document.querySelectorAll("#timeline [data-administration]")];

function reachable(bar) {
  for (const each of bars()) each.setAttribute("tabindex", each === bar ? "0" : "-1");
}

function select(id, told = true) {
  const field = document.getElementById("selected");
  if (!field) return;
  field.value = id;
  for (const each of bars()) {
    const chosen = each.dataset.administration === id;
    each.classList.toggle("selected", chosen);
    each.setAttribute("aria-pressed", chosen ? "true" : "false");
    if (chosen) reachable(each);
  }
  if (told) document.dispatchEvent(new CustomEvent("encounter:selected", { bubbles: true, detail: { administration: id } }));
}

document.addEventListener("click", (event) => {
  const bar = event.target.closest("#timeline [data-administration]");
  if (bar) return select(bar.dataset.administration);
  const place = event.target.closest("#lines button[data-line]");
  if (!place) return;
  const first = document.querySelector(`#timeline .stretch[data-line="${place.dataset.line}"]`);
  if (first) first.scrollIntoView({ block: "nearest", inline: "nearest" });
});

document.addEventListener("encounter:select", (event) => select(event.detail.administration));

document.addEventListener("keydown", (event) => {
  const bar = event.target.closest("#timeline [data-administration]");
  if (!bar || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = bars();
  const at = all.indexOf(bar);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    select(bar.dataset.administration);
  } else if (to !== undefined) {
    event.preventDefault();
    const next = all[Math.max(0, Math.min(all.length - 1, to))];
    reachable(next);
    next.focus();
  }
});

function stick(drawing) {
  scrolled = drawing.scrollLeft;
  const svg = drawing.querySelector("svg");
  const by = scrolled * (svg.viewBox.baseVal.width / svg.getBoundingClientRect().width);
  for (const each of drawing.querySelectorAll(".stick")) each.setAttribute("transform", `translate(${by} 0)`);
}

document.addEventListener("toggle", (event) => {
  const id = event.target.id;
  if (!id || !event.target.closest("#workspace .answer")) return;
  if (event.target.open) opened.add(id);
  else opened.delete(id);
}, true);

function shown() {
  const place = workspace();
  if (!place) return;
  const chosen = document.querySelector("#timeline .selected") || bars()[0];
  if (chosen) reachable(chosen);
  for (const each of place.querySelectorAll(".answer details[id]")) if (opened.has(each.id)) each.open = true;
  const drawing = place.querySelector(".drawing");
  if (drawing && drawing.querySelector("svg")) {
    drawing.addEventListener("scroll", () => stick(drawing), { passive: true });
    drawing.scrollLeft = scrolled;
    stick(drawing);
  }
  const waiting = document.querySelector("#claim[aria-busy]");
  if (waiting && claim) waiting.innerHTML = claim;
  const said = document.getElementById("said");
  if (said && place.dataset.said) said.textContent = place.dataset.said;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const now = document.getElementById("claim");
  if (event.detail.target.id === "workspace") claim = now ? now.innerHTML : "";
});

document.addEventListener("htmx:afterSettle", (event) => {
  const target = event.detail.elt || event.target;
  if (target.id === "claim") {
    target.removeAttribute("aria-busy");
    const title = target.querySelector("[data-said]");
    if (title) document.getElementById("said").textContent = title.dataset.said;
    return;
  }
  const proof = target.querySelector(":scope > .proof");
  if (proof) proof.focus();
  if (target.id === "workspace" || target.querySelector("#workspace")) shown();
});
shown();
