// Owns the permanent link: the state packed into the fragment of an address, which no server ever sees.
import { say, tell } from "./say.js";

const MOST = 8 * 1024 * 1024;
const LONG = 30_000; // characters of an address that programs which pass it on may cut

export async function pack(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// The text that was packed; throws where it is cut, changed or larger than any encounter.
export async function unpack(packed) {
  const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  let size = 0;
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    size += value.length;
    if (size > MOST) throw new Error("too large");
    parts.push(value);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(await new Blob(parts).arrayBuffer());
}

// The state in the fragment of this page's address: null without one, "" for a broken one.
export async function fromAddress() {
  const packed = new URLSearchParams(location.hash.slice(1)).get("e");
  if (packed === null) return null;
  try {
    const text = await unpack(packed);
    return typeof JSON.parse(text).encounter === "object" ? text : "";
  } catch {
    return "";
  }
}

async function copy() {
  const address = `${location.origin}/encounter#e=${await pack(document.getElementById("state").value)}`;
  try {
    await navigator.clipboard.writeText(address);
    const long = address.length > LONG ? " It is very long; export the encounter where a program cuts it." : "";
    say(`Link copied. It holds the encounter itself: whoever has the link can read it.${long}`);
  } catch {
    const input = document.createElement("input");
    input.readOnly = true;
    input.value = address;
    input.setAttribute("aria-label", "link that holds the encounter");
    tell("The browser does not let the page copy. Copy the link from here:", input);
    input.select();
  }
}

document.addEventListener("click", (event) => { if (event.target.closest?.("#copy-link")) copy(); });
