// What changed in the open case, as the server says it: away once it was read.
import { openEscalation } from "./briefing.js";
import { goneOn } from "./leaving.js";

document.addEventListener("click", ({ target }) => {
  const act = target.closest(":is(#case-news, .decided) [data-act]")?.dataset.act;
  if (act === "next-case") goneOn(openEscalation(), "");
  if (act === "news-read") read();
});

// From here on only what changes after this version is told.
function read() {
  delete document.getElementById("briefing").dataset.since;
  document.getElementById("case-news").replaceChildren();
  document.getElementById("case").focus({ preventScroll: true });
}
