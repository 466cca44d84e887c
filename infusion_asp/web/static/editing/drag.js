// Owns dragging on the timeline: an end or a whole administration follows the pointer in whole minutes.
import { send } from "./queue.js";

const SVG = "http://www.w3.org/2000/svg";
const SLOP = 3;
let drag = null;

const timeline = () => document.getElementById("timeline");

function at(event) {
  const matrix = timeline().getScreenCTM();
  return matrix ? (event.clientX - matrix.e) / matrix.a : event.clientX;
}

// A charted time as minutes of its own clock, and its offset in minutes (null: none).
function read(text) {
  const match = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::\d\d(?:[.,]\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?$/.exec(text ?? "");
  if (!match) return null;
  const [, year, month, day, hour, minute, zone] = match;
  const sign = zone?.startsWith("-") ? -1 : 1;
  const digits = zone && zone !== "Z" ? zone.slice(1).replace(":", "") : "0000";
  const offset = zone ? sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) : null;
  return { local: Date.UTC(year, month - 1, day, hour, minute) / 60000, offset, zone: zone ?? "" };
}

const clock = (minutes) => new Date(minutes * 60000).toISOString().slice(11, 16);
const written = (time, minutes) => new Date((time.local + minutes) * 60000).toISOString().slice(0, 16) + time.zone;
const between = (start, stop) => stop.local - (stop.offset ?? 0) - (start.local - (start.offset ?? 0));

// Whether an administration has no length: it is moved, not stretched.
export const whole = (bar) => !bar.dataset.stop || bar.dataset.stop === bar.dataset.start;

function begin(event) {
  if (event.button !== 0 || drag) return;
  const bar = event.target.closest?.("#timeline [data-administration]");
  const start = read(bar?.dataset.start);
  const body = event.target.closest?.(".handle, .fill, .outline, .point, .open-end, .stretch");
  if (!bar || !start || !body) return;
  const stop = read(bar.dataset.stop);
  const edge = whole(bar) && bar.classList.contains("mark") ? "both" : event.target.closest(".handle")?.dataset.edge ?? "both";
  const charted = edge === "stop" && !stop ? drawn(bar) : 0;
  drag = { bar, start, stop, edge, charted, from: at(event), pointer: event.pointerId, minutes: 0, moved: false };
}

// The minutes at which an end is drawn that is not charted.
function drawn(bar) {
  const [start, stop] = ["start", "stop"].map((edge) => Number(bar.querySelector(`.handle[data-edge="${edge}"]`).getAttribute("x")));
  return Math.round((stop - start) * Number(timeline().dataset.minutesPerPx));
}

function follow(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  const across = at(event) - drag.from;
  if (!drag.moved) {
    if (Math.abs(across) < SLOP) return;
    drag.moved = true;
    timeline().setPointerCapture(drag.pointer);
    document.documentElement.classList.add("dragging");
  }
  drag.minutes = limited(Math.round(across * Number(timeline().dataset.minutesPerPx)));
  draw();
  event.preventDefault();
}

// An end stays on its side of the other one.
function limited(minutes) {
  const { start, stop, edge, charted } = drag;
  if (edge === "both") return minutes;
  if (edge === "stop") return Math.max(minutes, stop ? -between(start, stop) : -charted);
  return stop ? Math.min(minutes, between(start, stop)) : minutes;
}

function times() {
  const { start, stop, edge, minutes, charted } = drag;
  const from = { ...start, local: start.local + (edge === "stop" ? 0 : minutes) };
  const end = stop ?? (edge === "stop" ? { ...start, local: start.local + charted } : null);
  return { from, to: end && { ...end, local: end.local + (edge === "start" ? 0 : minutes) } };
}

function draw() {
  const { bar, edge, minutes } = drag;
  const svg = timeline();
  const ghost = drag.ghost ??= bar.appendChild(document.createElementNS(SVG, "rect"));
  const tip = drag.tip ??= svg.appendChild(document.createElementNS(SVG, "g"));
  const shape = bar.querySelector(".outline, .point, .open-end").getBBox();
  const px = minutes / Number(svg.dataset.minutesPerPx);
  const left = shape.x + (edge === "stop" ? 0 : px);
  const open = edge === "stop" && !drag.stop;
  const width = open ? drag.charted / Number(svg.dataset.minutesPerPx) : shape.width;
  const right = shape.x + width + (edge === "start" ? 0 : px);
  ghost.setAttribute("class", "ghost");
  set(ghost, { x: left, y: shape.y - 1, width: Math.max(2, right - left), height: shape.height + 2 });
  const { from, to } = times();
  const words = [`${clock(from.local)}${to ? `–${clock(to.local)}` : ""}`];
  if (to) words.push(`${between(from, to)} min`);
  words.push(`${minutes < 0 ? "−" : "+"}${Math.abs(minutes)}`);
  tip.setAttribute("class", "tip");
  tip.replaceChildren();
  const box = tip.appendChild(document.createElementNS(SVG, "rect"));
  const text = tip.appendChild(document.createElementNS(SVG, "text"));
  text.textContent = words.join(" · ");
  const size = text.getBBox();
  const most = svg.viewBox.baseVal.width - size.width - 8;
  const place = edge === "start" ? left : right;
  const x = Math.min(Math.max(4, place - size.width / 2), most);
  const y = shape.y + shape.height + 18 < svg.viewBox.baseVal.height ? shape.y + shape.height + 16 : shape.y - 8;
  set(text, { x, y });
  set(box, { x: x - 5, y: y - 13, width: size.width + 10, height: 18, rx: 3 });
}

const set = (element, values) => { for (const [name, value] of Object.entries(values)) element.setAttribute(name, value); };

function end() {
  drag?.ghost?.remove();
  drag?.tip?.remove();
  document.documentElement.classList.remove("dragging");
  drag = null;
}

function drop(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  const { bar, edge, minutes, moved, start, stop, charted } = drag;
  end();
  if (!moved) return;
  window.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
  const path = ["administrations", bar.dataset.administration];
  if (edge === "stop" && !stop) send({ op: "set", path: [...path, "stop"], value: written(start, charted + minutes) });
  else if (minutes) send({ op: "move", path: edge === "both" ? path : [...path, edge], minutes });
}

function swallow(event) {
  event.stopPropagation();
  event.preventDefault();
}

document.addEventListener("pointerdown", begin);
document.addEventListener("pointermove", follow);
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", end);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drag) return;
  event.preventDefault();
  event.stopPropagation();
  end();
}, true);
document.addEventListener("htmx:beforeSwap", (event) => {
  if (drag && event.detail.target?.contains(drag.bar)) end();
});
