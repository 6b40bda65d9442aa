// htmx swaps no failure by itself; here a failure becomes a sentence, and a lost session the sign-in page.
import { toSignIn } from "./http.js";

const SENTENCES = {
  403: "Your role does not allow that. Nothing was changed.",
  404: "That is no longer there, or not for you.",
  409: "Somebody was faster. Load the page afresh to see what they did.",
  429: "Too many requests at once. Wait a few seconds.",
};
const tell = (text) => document.getElementById("toasts")?.tell(text);

document.addEventListener("htmx:before:response", (event) => {
  const { raw } = event.detail.ctx.response;
  if (!raw.redirected || !new URL(raw.url).pathname.startsWith("/accounts/")) return;
  event.preventDefault();
  toSignIn("ended");
});

// What a page asks by itself it asks again; nobody waits for it.
const isByItself = (event) => event.target.matches?.(".loaded");

document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail;
  if (isByItself(event)) return;
  if (ctx.sourceElement?.hasAttribute(`hx-status:${ctx.response.status}`)) return;
  const page = new DOMParser().parseFromString(ctx.text ?? "", "text/html");
  const own = page.querySelector("[data-notice]")?.textContent.trim();
  tell(own || SENTENCES[ctx.response.status] || "Baton could not do that. Nothing was changed.");
});

document.addEventListener("htmx:error", (event) => isByItself(event) || tell("Baton could not be reached. Nothing was sent."));
