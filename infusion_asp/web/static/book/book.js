// Owns the numbers beside the rules: in how many encounters of the open batch each had a part.
const chosen = new URLSearchParams(location.search).get("batch");
const query = chosen ? `?batch=${encodeURIComponent(chosen)}` : "";
const answer = await fetch(`/book/counts${query}`);
const counts = answer.ok ? await answer.json() : {};
for (const row of document.querySelectorAll("[data-find]")) {
  const link = row.querySelector("a");
  const number = counts[decodeURIComponent(link.pathname.split("/").pop())];
  if (!number) continue;
  const shown = document.createElement("a");
  shown.className = "counted";
  shown.href = `${link.pathname}${query}#fired`;
  shown.textContent = `${number.toLocaleString("en-US")} ${number === 1 ? "encounter" : "encounters"}`;
  row.append(shown);
}
