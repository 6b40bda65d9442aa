// What was pressed and is not answered yet: its case takes no other press, and opens nothing in which one could be made.
const cases = new Map();
let answers = 0;

// How many answers that Undo takes back are on their way: until they are answered it can mean no other, and none is there to take.
export const isDeciding = () => answers > 0;
export const isOnItsWay = (escalation) => cases.has(escalation);

// Answers what is called once it is known what came of it.
export function leaves(escalation, canUndo) {
  const press = {};
  if (escalation) cases.set(escalation, press);
  if (canUndo) answers += 1;
  return () => {
    if (cases.get(escalation) === press) cases.delete(escalation);
    if (canUndo) answers -= 1;
  };
}

// What was written on in the field since its text was sent.
export function sinceSent({ value }, text) {
  if (value === text) return "";
  return value.startsWith(text) ? value.slice(text.length).trimStart() : value;
}
