// Owns the closing of menus: by Escape, by a click beside them, and by a choice from them.
const open = () => document.querySelector("details.menu[open]");

document.addEventListener("click", (event) => {
  const menu = open();
  if (menu && !event.target.closest?.("summary")) setTimeout(() => { menu.open = false; }, 0);
});

document.addEventListener("keydown", (event) => {
  const menu = open();
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
