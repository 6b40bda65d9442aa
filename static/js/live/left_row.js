// Whoever comes back from another page finds the focus on the row that they left.
import { store } from "./storage.js";
import { focusedRow, linkOf, openRow } from "../desk/rows.js";
addEventListener("pagehide", () => {
  const row = focusedRow() ?? openRow();
  if (row) store((kept) => kept.setItem("row", row.id));
});
const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
if (isBack && document.activeElement === document.body) linkOf(document.getElementById(store((kept) => kept.getItem("row"))))?.focus();
