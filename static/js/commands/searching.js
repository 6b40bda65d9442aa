// A search of the list: its hits come in place, the open case stays, and the focus is on the first. Esc gives the list back.
import { openEscalation } from "../desk/briefing.js";
import { showPill } from "../desk/pill.js";
import * as rows from "../desk/rows.js";
import { mark, withList } from "../desk/steps.js";
import { say } from "../notices/announce.js";

const list = () => document.querySelector(".zone-list");
const isSearch = () => document.getElementById("queue")?.dataset.tab === undefined;
let asked = 0;

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".q-filter form") || !document.getElementById("briefing")) return;
  event.preventDefault();
  const wanted = new URLSearchParams([...new FormData(event.target)].filter(([, value]) => value));
  show(`${event.target.getAttribute("action")}?${wanted}`);
});

// In its field or on its hits.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !isSearch() || !event.target.closest?.(".zone-list")) return;
  event.preventDefault();
  show(`/inbox/?tab=${list().querySelector(".q-filter [name=tab]").value}`);
});

async function show(address) {
  const mine = ++asked;
  const text = await fetch(address, { redirect: "manual" }).then((answer) => answer.ok && answer.text()).catch(() => "");
  if (mine !== asked) return;
  const fresh = text && new DOMParser().parseFromString(text, "text/html").querySelector(".zone-list");
  if (!fresh) return location.assign(address);
  for (const part of [".q-head", "#queue"]) {
    const place = list().querySelector(part);
    place.replaceWith(document.importNode(fresh.querySelector(part), true));
    htmx.process(list().querySelector(part));
  }
  list().querySelector(".q-scroll").scrollTop = 0;
  showPill();
  mark(rows.rowOf(openEscalation()));
  history.replaceState(history.state, "", openEscalation() ? withList(location.pathname) : address);
  const [first] = rows.shown();
  const place = rows.linkOf(first) ?? list().querySelector("#search");
  place?.checkVisibility() ? place.focus({ preventScroll: true }) : list().querySelector("#queue .empty a")?.focus();
  say(list().querySelector("#queue :is(.q-group, .empty h2)")?.textContent.replace(/\s+/g, " ").trim() ?? "");
}
