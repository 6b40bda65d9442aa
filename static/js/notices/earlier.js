// What was decided before the last one and can be undone still, the latest on top.
import { secondsUntil } from "../live/time.js";

let earlier = [];

export const putBy = (one) => { if (one) earlier.push(one); };
export const dropWhere = (isOver) => { earlier = earlier.filter((one) => !isOver(one)); };

export function takeBack() {
  dropWhere(({ answer }) => secondsUntil(answer.effective_at) <= 0);
  return earlier.pop();
}
