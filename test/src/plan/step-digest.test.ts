import { expect, test } from "vitest";
import { resealPlan, stepDigest } from "#src/plan/plan.ts";
import { stepSchema } from "#src/plan/step.ts";
import { started } from "#test/support/given.ts";

/** Every copy of a value in which one leaf is another one or one item is missing, with its place. */
function* oneOff(value: unknown, place: string): Generator<readonly [string, unknown]> {
  if (Array.isArray(value)) {
    if (value.length > 0) yield [`${place} cut`, value.slice(1)];
    for (const [index, item] of value.entries())
      for (const [where, changed] of oneOff(item, `${place}/${index}`)) yield [where, value.with(index, changed)];
  } else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value))
      for (const [where, changed] of oneOff(item, `${place}/${name}`)) yield [where, { ...value, [name]: changed }];
  } else {
    yield [place, typeof value === "string" ? `${value} ` : typeof value === "number" ? value + 1 : value !== true];
  }
}

const { plan } = started().active.forward;
const irreversible = plan.steps.filter((step) => step.class === "irreversible");

test("T14: one byte more or less anywhere in a step gives another digest", () => {
  expect(irreversible.length).toBeGreaterThan(0);
  for (const step of irreversible) {
    const approved = stepDigest(plan, step, 1);
    const places = [...oneOff(step, "")].flatMap(([place, changed]) => {
      const other = stepSchema.safeParse(changed);
      return other.success ? [{ place, digest: stepDigest(plan, other.data, 1) }] : [];
    });
    expect(places.map(({ place }) => place)).toEqual(expect.arrayContaining(["/action/commands/0/argv/0", "/title"]));
    expect(places.filter(({ digest }) => digest === approved)).toEqual([]);
  }
});

test("T14: another attempt, plan, version or neighbour gives another digest", () => {
  const [step] = irreversible;
  if (step === undefined) throw new Error("no irreversible step");
  const plans = [
    { ...plan, from: "2.8.4" },
    { ...plan, to: "3.4.3" },
    resealPlan({ ...plan, environment: "prod" }),
    resealPlan({ ...plan, steps: plan.steps.slice(1) }),
    resealPlan({ ...plan, notes: [...plan.notes, "."] }),
  ];
  const digests = [stepDigest(plan, step, 1), stepDigest(plan, step, 2), ...plans.map((it) => stepDigest(it, step, 1))];
  expect(new Set(digests).size).toBe(digests.length);
});
