import { expect, test } from "vitest";
import { createStepSlots } from "#src/run/step-slots.ts";

test("one step runs per environment, and a bounded number at once", () => {
  const slots = createStepSlots(2, () => undefined);
  const first = slots.take("a", "KU-1 up");
  expect(slots.take("a", "KU-2 up")).toBeUndefined();
  expect(slots.take("b", "KU-3 up")).toBeDefined();
  expect(slots.take("c", "KU-4 up")).toBeUndefined();
  first?.[Symbol.dispose]();
  expect(slots.take("c", "KU-4 up")).toBeDefined();
});

test("a slot that is given back wakes somebody only when somebody was turned away", () => {
  let wakes = 0;
  const slots = createStepSlots(1, () => {
    wakes += 1;
  });
  // A step that may not run is looked at again and again: giving its slot back must not be a reason to look at once.
  for (let look = 0; look < 10; look += 1) slots.take("a", "KU-1 finish")?.[Symbol.dispose]();
  expect(wakes).toBe(0);
  const held = slots.take("a", "KU-1 finish");
  slots.take("b", "KU-2 up");
  held?.[Symbol.dispose]();
  expect(wakes).toBe(1);
});
