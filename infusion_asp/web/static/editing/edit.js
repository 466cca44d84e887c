// Owns the way from controls to edits: what changed is sent, Enter and Escape in inputs, refusals at their control.
import { after, controls, send } from "./queue.js";

const inputs = "#controls [data-path]";

function commit(input) {
  if (input.dataset.kept !== undefined) return;
  if (input.dataset.sent === input.value || (input.dataset.sent === undefined && same(input))) return;
  input.dataset.sent = input.value;
  send({ op: "set", path: JSON.parse(input.dataset.path), value: input.value });
}

function same(input) {
  if (input.tagName !== "SELECT") return input.value === input.defaultValue;
  return input.selectedOptions[0]?.defaultSelected ?? false;
}

function choose(select) {
  if (select.dataset.choice === "profile") send({ op: "set_profile", value: select.value });
  else send({ op: "set_policy", name: select.dataset.name, value: select.value });
}

function press(button) {
  const edit = JSON.parse(button.dataset.edit);
  if (button.dataset.parts) {
    const typed = [...button.closest(".part").querySelectorAll("[data-part]")];
    const missing = typed.find((input) => !input.value.trim());
    if (missing) { missing.focus(); return; }
    edit.value = Object.fromEntries(typed.map((input) => [input.dataset.part, input.value.trim()]));
    for (const input of typed) input.dataset.sent = input.value;
  }
  send(edit);
}

document.addEventListener("change", (event) => {
  if (event.target.matches(inputs)) commit(event.target);
  else if (event.target.matches("#controls [data-choice]")) choose(event.target);
  else if (event.target.id === "which") {
    const detail = { administration: event.target.value };
    document.dispatchEvent(new CustomEvent("encounter:select", { detail }));
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-edit]");
  if (button && !button.disabled) press(button);
});

document.addEventListener("keydown", (event) => {
  const input = event.target;
  if (!input.matches?.("#editor input")) return;
  if (event.key === "Enter") {
    event.preventDefault();
    if (input.dataset.part) press(input.closest(".part").querySelector("[data-parts]"));
    else if (input.dataset.path) commit(input);
  } else if (event.key === "Escape" && input.value !== input.defaultValue) {
    event.preventDefault();
    input.value = input.defaultValue;
    clear(input);
  }
});

// Only downloads are submitted by the browser itself.
document.addEventListener("submit", (event) => {
  if (event.target.id === "editor" && !event.submitter?.hasAttribute("formaction")) event.preventDefault();
});

function clear(input) {
  input.removeAttribute("aria-invalid");
  delete input.dataset.sent;
  const refusal = document.getElementById("refusal");
  if (input.closest(".field, .policy")?.contains(refusal)) refusal.replaceChildren();
}

function controlOf(edit) {
  if (edit.name) return document.getElementById(`policy-${edit.name}`);
  if (edit.op === "set_profile") return document.getElementById("profile");
  const path = JSON.stringify((edit.path ?? []).map(String));
  const found = [...document.querySelectorAll(inputs)].find((each) => JSON.stringify(JSON.parse(each.dataset.path)) === path);
  if (found || edit.op !== "add") return found;
  return [...document.querySelectorAll("#controls [data-parts]")].find((each) => JSON.stringify(JSON.parse(each.dataset.edit).path) === path);
}

document.addEventListener("editing:refused", (event) => {
  const refusal = document.getElementById("refusal");
  const control = controlOf(event.detail);
  const place = control?.closest(".field, .policy, .part");
  document.querySelectorAll("#controls [aria-invalid]").forEach((each) => each.removeAttribute("aria-invalid"));
  if (!place) {
    document.getElementById("controls").prepend(refusal);
    refusal.scrollIntoView({ block: "nearest" });
    return;
  }
  place.append(refusal);
  if (control.matches("input, select, textarea")) {
    control.setAttribute("aria-invalid", "true");
    if (typeof event.detail.value === "string") control.value = control.dataset.sent = event.detail.value;
  }
  for (let box = control.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
});

document.addEventListener("editing:failed", (event) => {
  for (const edit of event.detail) delete controlOf(edit)?.dataset.sent;
});

document.addEventListener("encounter:selected", (event) => {
  after(() => {
    const shown = document.getElementById("controls")?.dataset.administration;
    const wanted = document.getElementById("selected")?.value;
    return shown === undefined || shown === wanted ? undefined : controls();
  });
});
