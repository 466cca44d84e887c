// Owns what every page needs of htmx: the token of changes, and where failures are shown.
const token = document.querySelector('meta[name="csrf"]').content;
document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRF"] = token; });
