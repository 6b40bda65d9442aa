// The bar inside a briefing: jumps to a part without a new address, and follows the reader.
import { openEscalation } from "./briefing.js";

const links = () => [...document.querySelectorAll(".jump a")];
// A short briefing cannot scroll every part to the top: for a moment the jump itself says where the reader is.
const SETTLE_MS = 600;
let jumpedAt = -SETTLE_MS;
const targetOf = (link) => document.getElementById(link.hash.slice(1));

document.addEventListener("click", (event) => {
  const link = event.target.closest(".jump a");
  const target = link && targetOf(link);
  if (!target) return;
  event.preventDefault();
  jumpedAt = performance.now();
  target.scrollIntoView({ block: "start" });
  follow(link);
});

function follow(current) {
  for (const link of links()) link.ariaCurrent = link === current ? "true" : null;
  here = { escalation: openEscalation(), hash: current.hash };
}

// A morph brings the server's first part back.
let here = null;
document.addEventListener("baton:swapped", () => {
  const current = here?.escalation === openEscalation() && links().find((link) => link.hash === here.hash);
  if (current) follow(current);
});

// The last part whose head has passed the upper third of its zone.
function whereReader() {
  const zone = document.querySelector(".zone-case");
  if (!zone || links().length < 2 || performance.now() - jumpedAt < SETTLE_MS) return;
  const scrolls = zone.scrollHeight > zone.clientHeight + 4;
  const line = (scrolls ? zone.getBoundingClientRect().top : 48) + 120;
  const passed = links().filter((link) => targetOf(link)?.getBoundingClientRect().top < line);
  follow(passed.at(-1) ?? links()[0]);
}

document.addEventListener("scroll", ({ target }) => {
  if (target === document || target.matches?.(".zone-case")) whereReader();
}, { passive: true, capture: true });
