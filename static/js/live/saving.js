import { typedIn } from "../commands/drafts.js";

// Saving one form leaves the others: a page that answers with itself is morphed, so that what is typed elsewhere,
// unfolded or scrolled to stays. Which page it is stands in `data-page`.
document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  const main = tasks.find(({ type }) => type === "main");
  const [old, fresh] = [main?.target, main?.fragment.firstElementChild];
  if (!old?.dataset?.page || old.dataset.page !== fresh?.dataset.page) return;
  // What was typed about one thing is no answer about another in the same fields.
  for (const form of old.querySelectorAll("form[data-for]")) {
    if (!fresh.querySelector(`form[data-for="${CSS.escape(form.dataset.for)}"]`)) form.reset();
  }
  // What was asked for opens beside what was pressed; nothing scrolls there.
  if (ctx.request) ctx.request.anchor = "";
  Object.assign(main.swapSpec, { style: "outerMorph", show: "none" });
});

// What was typed about one thing is asked about once before another takes its place.
let asked;
document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request.method !== "GET" || !("page" in (ctx.target?.dataset ?? {}))) return;
  const form = document.querySelector("#main form[data-for]");
  if (!form || asked === form.dataset.for || (!typedIn(form).length && !form.querySelector(".err"))) return;
  event.preventDefault();
  asked = form.dataset.for;
  const title = form.closest("section")?.querySelector("h2")?.textContent.trim().replace(/\s+/g, " ");
  document.getElementById("toasts").tell(`What you typed in “${title}” is not kept yet. Keep it in the draft, or press again to let it go.`);
});
document.addEventListener("input", ({ target }) => target.closest?.("form[data-for]") && (asked = undefined));

// What was saved is no longer typed: the form shows what the server knows, and is ready for the next one.
// A question asked while somebody types saves nothing: it swaps nothing by itself.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const { form, method } = ctx.request;
  const isSent = method === "POST" && ctx.sourceElement === form && ctx.swap !== "none";
  if (!isSent || ctx.response.status >= 400 || !form.isConnected) return;
  form.reset();
  const asks = form.closest("details.ask");
  if (asks) asks.open = false;
});

// One question at a time, and Escape takes it back.
document.addEventListener("toggle", ({ target }) => {
  if (!target.matches?.("details.ask[open]")) return;
  for (const other of document.querySelectorAll("details.ask[open]")) if (other !== target) other.open = false;
}, true);
document.addEventListener("keydown", (event) => {
  const asks = event.key === "Escape" && event.target.closest?.("details.ask[open]");
  if (!asks) return;
  event.preventDefault();
  asks.open = false;
  asks.querySelector("summary").focus();
});

// A double click is one press.
document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest("form[method=post] button:not([type=button])")) event.preventDefault();
});
