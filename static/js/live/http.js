// Plain requests, for what does not need the socket or has lost it.
const csrfToken = () => JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}")["X-CSRFToken"] ?? "";

// `fields` are a form's, or names and values.
export async function post(address, fields) {
  const response = await fetch(address, {
    method: "POST",
    body: fields instanceof FormData ? fields : new URLSearchParams(fields),
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
    redirect: "manual",
    signal: AbortSignal.timeout(8000),
  });
  if (response.type === "opaqueredirect") return toSignIn("ended");
  const isJson = response.headers.get("Content-Type")?.includes("json");
  // A proxy or a process that broke says nothing about what became of it.
  if (!isJson && response.status >= 500) throw new Error(`${address} answered ${response.status}`);
  return isJson ? await response.json() : { type: "refused", code: `http_${response.status}`, detail: noticeIn(await response.text()) };
}

export async function getText(address, target, { signal = AbortSignal.timeout(15000), method = "GET" } = {}) {
  const response = await fetch(address, {
    method,
    headers: {
      "HX-Request": "true", "HX-Target": target, Accept: "text/html", ...(method === "POST" && { "X-CSRFToken": csrfToken() }),
    },
    redirect: "manual",
    signal,
  });
  if (response.type === "opaqueredirect") return toSignIn("ended");
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response.text();
}

export const getFragment = async (address, target) =>
  new DOMParser().parseFromString(await getText(address, target), "text/html");

// The page to return to goes along; what was typed stays in this tab's storage.
export function toSignIn(why) {
  const next = encodeURIComponent(location.pathname + location.search);
  location.assign(`/accounts/login/?why=${why}&next=${next}`);
  return new Promise(() => {});
}

const HEAD = { method: "HEAD", redirect: "manual" };
export const isSignedOut = async () => (await fetch("/profile/", HEAD)).type === "opaqueredirect";

// Error pages mark their one sentence, so that a fragment can show it too.
export function noticeIn(text) {
  const place = new DOMParser().parseFromString(text, "text/html").querySelector("[data-notice]");
  return place?.textContent.trim() || "Baton could not do that. Nothing was changed.";
}
