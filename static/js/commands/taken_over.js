// Whoever takes over writes next.
let isTaken = false;

document.addEventListener("baton:answer", ({ detail: { answer, frame } }) => {
  if (frame.command === "take_over" && answer.type === "ack") isTaken = true;
});

document.addEventListener("baton:swapped", () => {
  const field = isTaken && document.querySelector("baton-chat textarea");
  if (!field) return;
  isTaken = false;
  field.focus();
});
