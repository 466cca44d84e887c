// Owns the way of a state from another page of this tab to the encounter page.
const KEY = "infusion-asp.states";

export function hand(state, once = false) {
  sessionStorage.setItem(KEY, JSON.stringify({ entries: [{ state, selected: "" }], at: 0 }));
  if (once) location.replace("/encounter"); else location.assign("/encounter");
}

export const held = () => sessionStorage.getItem(KEY) !== null;
