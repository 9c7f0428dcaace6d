// One piece of work on the record of a large rolling upgrade, ten times.
import { readFileSync } from "node:fs";
import { renderChangeRecord } from "#src/record/markdown/change-record.ts";
import { compareInstallations } from "#src/run/compare-installations.ts";
import { planAgain } from "#src/run/plan-again.ts";
import { whyStepForbidden } from "#src/run/permits.ts";
import { desiredPosts } from "#src/slack/delivery/desired-posts.ts";
import { card } from "#src/slack/views/card.ts";
import { replay } from "#src/upgrade/evolve.ts";
import { recordedEventSchema } from "#src/upgrade/events.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import type { Active } from "#src/upgrade/state.ts";

const [file = "", work = ""] = process.argv.slice(2);
const events = recordedEventSchema.array().parse(JSON.parse(readFileSync(file, "utf8")));
const halfway = activeOf(events.slice(0, events.length / 2));
const names = { person: (id: string): string => id, group: (id: string): string => id };

const works: Readonly<Record<string, () => unknown>> = {
  nothing: () => events,
  plan: () => planAgain(halfway),
  fold: () => replay(events),
  permission: () => [planAgain(halfway), whyForbidden(halfway)],
  card: () => [card(halfway, names), next(halfway, halfway.updatedAt)],
  thread: () => desiredPosts(events, names),
  record: () => renderChangeRecord(events, []),
};

function activeOf(some: typeof events): Active {
  const upgrade = replay(some);
  if (upgrade?.status !== "active") throw new Error("the record ends before the upgrade begins");
  return upgrade;
}

function whyForbidden(upgrade: Active): readonly (string | undefined)[] {
  const { environment } = upgrade.request;
  const step = currentStep(upgrade)?.step;
  return [
    ...compareInstallations(environment, structuredClone(environment)),
    step === undefined ? undefined : whyStepForbidden(step, environment, {}),
  ];
}

const doIt = works[work];
if (doIt === undefined) throw new Error(`nobody knows the work ${work}`);
for (let round = 0; round < 10; round += 1) {
  const startedAt = performance.now();
  if (doIt() === undefined) throw new Error(`${work} came to nothing`);
  process.stdout.write(`${(performance.now() - startedAt).toFixed(1)} ms\n`);
}
