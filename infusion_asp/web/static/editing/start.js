// Owns the start page: the layout is asked for where it is needed, and an open encounter is offered.
import { held } from "./hand.js";

const kind = document.getElementById("kind");
const file = document.getElementById("file");
const preset = document.getElementById("preset");
const table = /\.(csv|tsv|txt|parquet|gz)$/i;

function needed() {
  const tables = [...file.files].some((each) => table.test(each.name));
  const asked = kind.value === "mar" || (kind.value === "" && tables);
  preset.closest("p").hidden = !asked;
  preset.required = asked;
}

for (const each of [kind, file]) each.addEventListener("change", needed);
needed();
document.getElementById("goon").hidden = !held();
