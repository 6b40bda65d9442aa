// Rights changed: the server lets this tab in anew, and what stands on the page is read again with them.
// Nothing is loaded afresh: what somebody typed, opened or scrolled to stays.
import { isOther } from "../commands/drafts.js";
import { refresh } from "../desk/briefing.js";
import { morphed, parse, renew } from "../desk/swap.js";
import { noticeIn, toSignIn } from "./http.js";
import { onFrame } from "./live.js";

const SAID = "Your skills or rights were changed. This page follows; what you typed is still here.";
const BARS = [".nav", ".mobile-nav nav"];
// These parts read themselves again on every connect.
const ALIVE = "#queue, #briefing, baton-floor";

onFrame("notice", ({ kind }) => kind === "rights" && reread());

async function reread() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" }).catch(() => null);
  if (response?.type === "opaqueredirect") return toSignIn("ended");
  if (!response) return;
  const [text, escalation] = [await response.text(), document.querySelector("#briefing[data-escalation]")];
  if (!response.ok) return escalation ? leave(noticeIn(text)) : tell(noticeIn(text));
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const bar of BARS) document.querySelector(bar)?.replaceWith(document.importNode(page.querySelector(bar), true));
  const main = document.getElementById("main");
  if (!main.querySelector(ALIVE) && !loses(main, page)) morphed(main, document.importNode(page.getElementById("main"), true));
  if (escalation) refresh();
  tell(SAID);
}

const tell = (text) => document.getElementById("toasts")?.tell(text);

// Whether somebody has typed into a form that the page would no longer have.
const loses = (main, page) => [...main.querySelectorAll("form")].some((form) =>
  [...form.elements].some((field) => field.name && field.type !== "hidden" && field.matches("input, textarea, select") && isOther(field))
  && !page.querySelector(`#main form[action="${CSS.escape(form.getAttribute("action") ?? "")}"]`));

// The open case is not theirs any more: what they wrote about it is given back to them.
async function leave(why) {
  const inbox = await fetch("/inbox/", { headers: { Accept: "text/html" }, redirect: "manual" });
  const fresh = inbox.ok && parse(await inbox.text());
  if (!fresh) return tell(why);
  fresh.prepend(Object.assign(document.createElement("div"), { id: "case-notice", role: "status" }));
  const kept = renew(document.getElementById("briefing"), fresh);
  history.replaceState({}, "", "/inbox/");
  if (kept.length) document.dispatchEvent(new CustomEvent("baton:kept", { detail: kept }));
  tell(why);
}
