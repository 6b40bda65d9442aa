// Notifications of the browser: on this device, for whoever turned them on here, while no tab of theirs is looked at.
import { say } from "./announce.js";
import { store } from "../live/storage.js";

const KEPT = "baton-notify";
const TOLD = "baton-told";
const LOOKED_AT = "baton-looked-at";
const ICON = document.querySelector('link[rel="icon"]')?.href;
const isAble = "serviceWorker" in navigator && "Notification" in globalThis;
const user = document.body.dataset.user;

const isOn = () => isAble && Notification.permission === "granted" && store((here) => here.getItem(KEPT), "localStorage") === user;
const install = () => navigator.serviceWorker.register("/worker.js");

// An installed Baton has a page of its own for when it cannot be reached; a plain tab has the browser's.
if (isAble && (isOn() || matchMedia("(display-mode: standalone)").matches)) install().catch(() => {});

// Whoever looks at one tab has seen it there: the browser gives a lock back by itself where a tab ends, however it does.
let leave;
function look() {
  leave?.();
  if (document.hidden) return;
  const left = new Promise((done) => { leave = done; });
  navigator.locks.request(LOOKED_AT, { mode: "shared" }, () => left);
}
if (isAble) {
  document.addEventListener("visibilitychange", look);
  look();
}

// One tab after another, so that several say the same once.
export async function notify(tag, body, address) {
  if (!isOn() || !document.hidden) return;
  const worker = await navigator.serviceWorker.getRegistration("/");
  navigator.locks.request(TOLD, async () => {
    const { held } = await navigator.locks.query();
    if (!held.some(({ name }) => name === LOOKED_AT) && isNew(tag)) {
      await worker?.showNotification("Baton", { tag, body, icon: ICON, data: { address } }).catch(() => {});
    }
  });
}

function isNew(tag) {
  const told = store((here) => here.getItem(TOLD), "localStorage")?.split(" ") ?? [];
  store((here) => here.setItem(TOLD, [...told, tag].slice(-100).join(" ")), "localStorage");
  return !told.includes(tag);
}

navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  if (data?.type === "baton:go") location.assign(data.address);
});

const box = document.querySelector("[data-notify-switch]");
if (box && isAble) {
  box.closest("[data-notify]").hidden = false;
  box.checked = isOn();
  box.addEventListener("change", () => void turn(box.checked));
}

async function turn(on) {
  if (on && await Notification.requestPermission() !== "granted") {
    box.checked = false;
    return tell("This browser does not allow Baton to notify you. Its settings for this site say so.");
  }
  store((here) => (on ? here.setItem(KEPT, user) : here.removeItem(KEPT)), "localStorage");
  if (on) await install();
  tell(on ? "Notifications on, in this browser" : "Notifications off, in this browser");
}

function tell(words) {
  document.querySelector("[data-notify-said]").textContent = words;
  say(words);
}
