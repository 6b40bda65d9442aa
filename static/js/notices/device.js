// Notifications of the browser: on this device, for whoever turned them on here, while a tab of theirs lives unseen.
import { say } from "./announce.js";
import { store } from "../live/storage.js";

const KEPT = "baton-notify";
const ICON = document.querySelector('link[rel="icon"]')?.href;
const isAble = "serviceWorker" in navigator && "Notification" in globalThis;
const user = document.body.dataset.user;

const isOn = () => isAble && Notification.permission === "granted" && store((here) => here.getItem(KEPT), "localStorage") === user;
const install = () => navigator.serviceWorker.register("/worker.js");

// An installed Baton has a page of its own for when it cannot be reached; a plain tab has the browser's.
if (isAble && (isOn() || matchMedia("(display-mode: standalone)").matches)) install().catch(() => {});

// Several tabs say the same once: what has the same tag takes the place of the one before.
export async function notify(tag, body, address) {
  if (!isOn() || !document.hidden) return;
  const worker = await navigator.serviceWorker.getRegistration("/");
  worker?.showNotification("Baton", { tag, body, icon: ICON, data: { address } }).catch(() => {});
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
