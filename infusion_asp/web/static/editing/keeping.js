// Owns what stays as it is when the workspace is replaced: open parts, scrolling, focus, text being typed.
let kept = null;

const replaced = (target) => target?.id === "workspace" || target?.id === "controls";

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!replaced(event.detail.target) || !event.detail.shouldSwap) return;
  const active = document.activeElement;
  const typing = active?.matches?.("#editor input:not([type=hidden]), #editor textarea");
  const unsent = typing && active.value !== active.defaultValue && active.dataset.sent !== active.value;
  if (unsent) active.dataset.kept = ""; // a browser may call it changed as it is taken out of the page
  const root = event.detail.target;
  kept = {
    page: { left: window.scrollX, top: window.scrollY, behavior: "instant" },
    details: new Map([...root.querySelectorAll("details[id]")].map((each) => [each.id, each.open])),
    scrolled: [...root.querySelectorAll("[id]"), ...root.querySelectorAll(".drawing")]
      .filter((each) => each.scrollTop || each.scrollLeft)
      .map((each) => [each.id ? `#${CSS.escape(each.id)}` : ".drawing", each.scrollTop, each.scrollLeft]),
    focus: root.contains(active) ? { id: active.id, drawn: Boolean(active.closest("#timeline")) } : null,
    typed: unsent ? { id: active.id, value: active.value } : null,
  };
});

document.addEventListener("htmx:afterSwap", () => {
  if (!kept) return;
  const { page, details, scrolled, typed, focus } = kept;
  kept = null;
  for (const [id, open] of details) {
    const found = document.getElementById(id);
    if (found && !found.classList.contains("menu")) found.open = open;
  }
  for (const [selector, top, left] of scrolled) document.querySelector(selector)?.scrollTo(left, top);
  if (focus) refocus(focus);
  const input = typed && document.getElementById(typed.id);
  if (input) input.value = typed.value;
  window.scrollTo(page);
});

// What had the focus may be gone, or was in a folded part when htmx looked for it.
function refocus({ id, drawn }) {
  if (document.activeElement && document.activeElement !== document.body) return;
  const same = id && document.getElementById(id);
  const near = drawn ? "#timeline [data-administration]" : "#add-drug";
  (same || document.querySelector(near))?.focus({ preventScroll: true });
}
