// The table before a lot is approved follows its cases: what is decided, cancelled or taken meanwhile is held back there and then.
import { toRead } from "./bringing.js";
import { manyChanged } from "../desk/hand.js";
import { morphed } from "../desk/swap.js";
import { getFragment } from "../live/http.js";
import { onFrame } from "../live/live.js";
import { say } from "../notices/announce.js";

// Cases that change together are asked for together.
const TOGETHER_MS = 300;
let waiting = 0;
const table = () => document.querySelector("#batch-dialog[open] #batch-table");
const rowsOf = (place) => [...place.querySelectorAll("tr[data-case]")];
const readyIn = (place) => rowsOf(place).filter((row) => !("out" in row.dataset)).length;

for (const type of ["row", "gone"]) onFrame(type, ({ escalation, version }) => {
  const row = table() && document.getElementById(`batch-${escalation}`);
  if (!row || Number(row.dataset.version) >= version) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => recheck().catch(() => {}), TOGETHER_MS);
});

// What came of a press is told by its answer. Where that is lost, pressing again tells it, once for each case.
document.addEventListener("submit", ({ target }) => { if (target === table()) target.dataset.uiSent = ""; });

// Each row in its place, and what is unfolded stays.
async function recheck() {
  const form = table();
  if (!form || "uiSent" in form.dataset) return;
  const asked = new URLSearchParams();
  for (const { name, value } of form.querySelectorAll("[name=like], [name=case]")) asked.append(name, value);
  const page = await getFragment(`${form.getAttribute("action")}?${asked}`, "div#batch-body");
  const fresh = page.getElementById("batch-table");
  if (!fresh || table() !== form || "uiSent" in form.dataset) return;
  const [was, texts] = [readyIn(form), new Map(rowsOf(form).map((row) => [row.id, row.textContent]))];
  const order = new Map(rowsOf(form).map((row, place) => [row.id, place]));
  const listed = rowsOf(fresh).sort((one, other) => order.get(one.id) - order.get(other.id));
  listed[0]?.parentElement.append(...listed);
  const body = document.getElementById("batch-body");
  const copy = body.cloneNode(false);
  copy.append(...document.importNode(page.body, true).childNodes);
  morphed(body, copy);
  for (const row of rowsOf(body)) if (row.textContent !== texts.get(row.id)) toRead(row);
  manyChanged();
  say(`Changed just now: ${readyIn(body)} of ${rowsOf(body).length} can go together, before ${was}.`);
}
