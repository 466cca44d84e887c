// Owns short messages of the page's own: spoken and shown for a while, or shown until they are closed.
export function say(text) {
  const live = document.getElementById("said");
  if (live) live.textContent = text;
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = text;
  document.body.append(note);
  setTimeout(() => note.remove(), 6000);
}

export function tell(text, ...parts) {
  const dialog = document.createElement("dialog");
  dialog.className = "told";
  dialog.setAttribute("aria-label", text);
  const message = document.createElement("p");
  message.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(message, ...parts, close);
  document.body.append(dialog);
  dialog.showModal();
}
