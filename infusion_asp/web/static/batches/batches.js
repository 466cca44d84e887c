// Owns the keys of lists: rows by arrows, pages by brackets, the filters by a slash.
const FOCUS = "infusion-asp.rows";
const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
const rows = () => [...document.querySelectorAll("#rows a.open")];

function step(name) {
  const way = document.querySelector(`[data-step="${name}"]`);
  if (way) {
    sessionStorage.setItem(FOCUS, "1");
    way.click();
  }
}

function move(by) {
  const all = rows();
  const at = all.indexOf(document.activeElement.closest("#rows tr")?.querySelector("a.open"));
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
  next?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const inRows = event.target.closest("#rows");
  if (event.key === "[") step("previous");
  else if (event.key === "]") step("next");
  else if (event.key === "/") document.querySelector("#filters select, #filters input:not([type=hidden])")?.focus();
  else if (event.key === "ArrowDown" && (inRows || event.target === document.body)) move(1);
  else if (event.key === "ArrowUp" && inRows) move(-1);
  else if (event.key === "Home" && inRows) rows()[0]?.focus();
  else if (event.key === "End" && inRows) rows().at(-1)?.focus();
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("#rows tbody tr");
  if (!row || event.target.closest("a, button") || String(getSelection())) return;
  row.querySelector("a.open")?.click();
});

// An address holds what was chosen, and nothing else.
document.addEventListener("submit", (event) => {
  if (event.target.id !== "filters") return;
  const limit = event.target.elements.limit;
  for (const each of event.target.elements) {
    if (each.name && (each.value === "" || (each.name === "within" && !limit.value))) each.disabled = true;
  }
});
addEventListener("pageshow", () => {
  for (const each of document.querySelector("#filters")?.elements ?? []) each.disabled = false;
});

if (sessionStorage.getItem(FOCUS)) {
  sessionStorage.removeItem(FOCUS);
  rows()[0]?.focus();
}
