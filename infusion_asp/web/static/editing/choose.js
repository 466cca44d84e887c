// Owns the choice among the encounters of an upload: the chosen one goes to this tab's storage, then to its page.
import { hand } from "./hand.js";

const place = document.getElementById("choose");
if (place?.dataset.openFirst) hand(place.querySelector("[data-opens]").dataset.opens, true);
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-opens]");
  if (button) hand(button.dataset.opens);
});
