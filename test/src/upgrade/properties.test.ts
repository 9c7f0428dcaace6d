import fc from "fast-check";
import { expect, test } from "vitest";
import { acknowledgeStepId, questionsOf } from "#src/upgrade/answers.ts";
import { evolve, replay } from "#src/upgrade/evolve.ts";
import type { UpgradeEvent } from "#src/upgrade/events.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { carol, dave, erin, frank } from "#test/support/samples.ts";
import { beginning, live, wishes, wishesOf } from "./wishes.ts";

const countable = new Set([carol.userId, dave.userId, erin.userId]);

test("any sequence of intents gives an answer, and replaying the record gives the same upgrade", () => {
  fc.assert(
    fc.property(beginning, wishes, (from, list) => {
      const { occurred, upgrade } = live(from, list);
      expect(replay(occurred)).toEqual(upgrade);
    }),
    { numRuns: 200 },
  );
});

/** A confirmation by a person names no digest. */
function digestAtStart(event: UpgradeEvent): string | undefined {
  return event.type === "step_started" ? event.digest : undefined;
}

test("of a track the steps before its turn are done, and those after it wait", () => {
  fc.assert(
    fc.property(beginning, wishes, (from, list) => {
      let upgrade: Upgrade | undefined;
      for (const occurred of live(from, list).occurred) {
        upgrade = evolve(upgrade, occurred);
        const started = upgrade.status === "active" || upgrade.status === "closed" ? upgrade : undefined;
        for (const track of [started?.forward, started?.rollback]) {
          const kinds = track?.plan.steps.map(({ id }) => track.steps.get(id)?.kind) ?? [];
          const { turn } = track ?? { turn: 0 };
          expect(new Set(kinds.slice(0, turn))).toEqual(new Set(turn === 0 ? [] : ["done"]));
          expect(kinds[turn]).not.toBe("done");
          expect(kinds.slice(turn + 1).every((kind) => kind === "waiting")).toBe(true);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("no irreversible step starts or is confirmed without its own approval by two distinct named people, used once", () => {
  let seen = 0;
  const glass: string[] = [];
  fc.assert(
    fc.property(beginning, wishes, (from, list) => {
      const { occurred } = live(from, list);
      const irreversible = new Set(
        occurred.flatMap(({ event }) => {
          if (event.type !== "plan_made" && event.type !== "rollback_started") return [];
          return event.plan.steps.flatMap((step) => (step.class === "irreversible" ? [step.id] : []));
        }),
      );
      const used = new Set<string>();
      occurred.forEach(({ event }, index) => {
        if (event.type !== "step_started" && event.type !== "manual_step_confirmed") return;
        if (!irreversible.has(event.stepId)) return;
        seen += 1;
        const key = `${event.stepId}#${event.attempt}`;
        expect(used.has(key)).toBe(false);
        used.add(key);
        const gate = occurred
          .slice(0, index)
          .map(({ event: before }) => before)
          .filter((before) => "stepId" in before && before.stepId === event.stepId && before.attempt === event.attempt);
        const ended = gate.findLast((before) => endings.has(before.type));
        if (ended?.type === "glass_broken") {
          glass.push(ended.by.userId);
          return;
        }
        if (ended?.type !== "approval_granted") throw new Error(`${key} started after ${ended?.type ?? "nothing"}`);
        const granted = { event: ended };
        expect(granted.event.approvedBy.length).toBeGreaterThanOrEqual(2);
        expect(new Set(granted.event.approvedBy).size).toBe(granted.event.approvedBy.length);
        expect(granted.event.approvedBy.every((userId) => countable.has(userId))).toBe(true);
        expect(digestAtStart(event) ?? granted.event.digest).toBe(granted.event.digest);
      });
    }),
    { numRuns: 300, seed: 42 },
  );
  expect(seen).toBeGreaterThan(20);
  expect(glass.length).toBeGreaterThan(0);
  expect(new Set(glass)).toEqual(new Set([frank.userId]));
});

/** Whatever changes what a gate has come to; the last of them says whether a step may start. */
const endings: ReadonlySet<string> = new Set<UpgradeEvent["type"]>([
  "approval_granted",
  "glass_broken",
  "ballot_withdrawn",
  "approval_voided",
  "approval_cancelled",
  "approval_refused",
  "approval_expired",
]);

const decidingWishes = fc.constantFrom("answer", "answer", "answer", "confirm", "confirm", "pause", "resume", "resume");

test("nobody says that all is decided while a question of the plan has no answer", () => {
  let confirmed = 0;
  fc.assert(
    fc.property(wishesOf(decidingWishes, 12), (list) => {
      let asked: readonly string[] = [];
      const answered = new Set<string>();
      for (const { event } of live("before all is decided", list).occurred) {
        if (event.type === "plan_made") asked = questionsOf(event.plan.findings).map(({ id }) => id);
        if (event.type === "question_answered") answered.add(event.questionId);
        if (event.type !== "manual_step_confirmed" || event.stepId !== acknowledgeStepId) continue;
        if (asked.length > 0) confirmed += 1;
        expect(asked.filter((questionId) => !answered.has(questionId))).toEqual([]);
      }
    }),
    { numRuns: 300, seed: 7 },
  );
  expect(confirmed).toBeGreaterThan(20);
});
