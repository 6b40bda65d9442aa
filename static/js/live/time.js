// The server's clock, which countdowns follow, by the frame that was held up least: a late one makes it look behind, and
// promises time that is over. Off by a minute it is the clock of this machine that was set.
let offset_ms = NaN;

export function setServerNow(iso) {
  const told = Date.parse(iso) - Date.now(), late_ms = offset_ms - told;
  if (!(late_ms > 0 && late_ms < 60_000)) offset_ms = told;
}

export const now = () => Date.now() + (offset_ms || 0);

export const secondsUntil = (iso) => Math.round((Date.parse(iso) - now()) / 1000);

export const inSeconds = (seconds) => new Date(now() + seconds * 1000).toISOString();

// 252 -> "4:12", 3750 -> "1:02:30". The sign is said in words by whoever shows it.
export function asClock(seconds) {
  const left = Math.abs(seconds);
  const hours = Math.floor(left / 3600);
  const minutes = Math.floor(left / 60) % 60;
  const rest = String(left % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

export function ago(iso) {
  const seconds = Math.max(0, -secondsUntil(iso));
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86400);
  return days === 1 ? "1 day ago" : `${days} days ago`;
}

const at = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const on = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

const toTheSecond = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

// "14:02" today, "19 Nov, 14:02" otherwise, in the zone of the reader.
export function asLocal(iso, hasSeconds = false) {
  const date = new Date(iso);
  const isToday = date.toDateString() === new Date(now()).toDateString();
  return (!isToday ? on : hasSeconds ? toTheSecond : at).format(date);
}

// One tick a second for everything that shows time; none while the tab is hidden.
const listeners = new Set();

export function everySecond(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tick() { if (!document.hidden) for (const listener of listeners) listener(); }

setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
