// A classic script in <head>: the theme must stand before the first paint, and inline script is not allowed.
(() => {
  const root = document.documentElement;
  const read = () => { try { return localStorage.getItem("baton-theme"); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem("baton-theme", theme); } catch { /* private window */ } };
  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  const kept = read();
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;

  addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false;
      button.addEventListener("click", () => keep(root.dataset.theme = isDark() ? "light" : "dark"));
    }
  });
})();
