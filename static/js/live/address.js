// The address names the page that is shown. A link to another page is followed by the browser itself, so that Back, a
// reload and a copied address are right; what a part of the same page answers with takes its place.
let shown = location.pathname + location.search;

const pathOf = (address) => new URL(address, location.href).pathname;
const isPage = (ctx) => "page" in (ctx.target?.dataset ?? {});

document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  const link = ctx.sourceElement?.closest?.("a[href]");
  if (!link || !isPage(ctx) || pathOf(link.href) === location.pathname) return;
  event.preventDefault();
  location.assign(link.href);
});

// What was posted has no page of its own: its answer is found where it led, or where the server says.
function addressOf({ request, response }) {
  const { url, redirected, headers } = response.raw;
  return headers.get("HX-Push-Url") ?? (redirected || request.method === "GET" ? url : undefined);
}

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const at = isPage(ctx) && ctx.response?.status < 400 && addressOf(ctx);
  if (!at) return;
  const { pathname, search } = new URL(at, location.href);
  if (pathname + search === location.pathname + location.search) return;
  history[pathname === location.pathname ? "replaceState" : "pushState"]({}, "", pathname + search);
  shown = pathname + search;
});

addEventListener("popstate", () => {
  if (document.querySelector("#main [data-page]") && location.pathname + location.search !== shown) location.reload();
});
