// Owns what every page needs: the token of changes, and where failures of a request are shown.
const token = document.querySelector('meta[name="csrf"]').content;
const alertBox = document.getElementById("alert");

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF"] = token;
});

document.addEventListener("submit", (event) => {
  for (const field of event.target.querySelectorAll('input[name="csrf"]')) field.value = token;
}, true);

/** Shows a sentence (text) or a piece of a page that the server sent, until the next answer. */
export function complain(message) {
  const line = document.createElement("p");
  line.className = "message";
  const text = document.createElement("span");
  text.append(message);
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", forgive);
  line.append(text, close);
  alertBox.replaceChildren(line);
}

/** Takes the last complaint away. */
export function forgive() {
  alertBox.replaceChildren();
}

/** The sentence of a piece of a page; a page of its own (a proxy's, say) gives its first heading. */
function sentence(answer, status) {
  const read = new DOMParser().parseFromString(answer, "text/html");
  const found = read.querySelector(".message, h1");
  return found ? found.textContent.trim() : `The server answered ${status}.`;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status < 400) forgive();
});

document.addEventListener("htmx:responseError", (event) => {
  const { responseText, status } = event.detail.xhr;
  complain(sentence(responseText, status));
});

document.addEventListener("htmx:sendError", () => {
  complain("The server does not answer. If it was ended, start infusion-asp serve again; this page keeps the encounter.");
});

document.addEventListener("htmx:timeout", () => {
  complain("The server takes too long to answer.");
});
