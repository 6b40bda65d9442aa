// The service worker of an installed Baton, and of a tab whose person wants notifications. It keeps one page, which says
// that Baton cannot be reached, and nothing of any case. BUILD, OFFLINE and FILES are put before this by the server.
const NAME = `baton-${BUILD}`;

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(forgetOlder()));

async function keep() {
  const kept = await caches.open(NAME);
  await kept.addAll([OFFLINE, ...FILES]);
  await self.skipWaiting();
}

async function forgetOlder() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name)));
  await clients.claim();
}

// Everything comes from Baton itself; only where that cannot be reached does the kept page stand in.
addEventListener("fetch", (event) => {
  const { request } = event;
  const isFile = FILES.includes(new URL(request.url).pathname);
  if (request.mode !== "navigate" && !isFile) return;
  const otherwise = () => caches.match(isFile ? request : OFFLINE);
  event.respondWith(fetch(request).catch(otherwise));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(goTo(event.notification.data.address));
});

// A tab that is there leads to it; the case that somebody has open in it is left as by a link.
async function goTo(address) {
  const [tab] = await clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!tab) return clients.openWindow(address);
  await tab.focus();
  tab.postMessage({ type: "baton:go", address });
}
