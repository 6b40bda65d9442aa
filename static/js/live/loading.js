// How a case comes here.
import { getText } from "./http.js";

export const SUPERSEDED = Symbol("superseded");
let loading = null;

// One load at a time: opening a case drops whatever was still being read.
export async function load(address, method = "GET") {
  loading?.abort();
  const mine = loading = new AbortController();
  const text = await getText(address, "div#briefing", { signal: mine.signal, method }).catch(() => null);
  return mine === loading ? text : SUPERSEDED;
}

// Held and read in one request, with the one that comes after it; what cannot be held so is read alone.
export async function loadHeld(address, after) {
  const { origin, pathname } = new URL(address, location.href);
  return await load(`${origin}${pathname}open/${after && `?after=${after}`}`, "POST") ?? load(address);
}
