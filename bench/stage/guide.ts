import { setTimeout as delay } from "node:timers/promises";
import type { Record as UpgradeRecord } from "#src/record/record.ts";
import { actionIds } from "#src/slack/actions.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { next } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { Followed } from "./followed.ts";
import { operator, targetVersion } from "./small-gateways.ts";
import type { SmallGateway } from "./small-gateways.ts";
import type { Townspeople } from "./townspeople.ts";

export interface Guides {
  readonly town: Townspeople;
  readonly followed: Followed;
  readonly record: Pick<UpgradeRecord, "events">;
}

/** The record of an upgrade that people led from its plan to its end, and what they waited for. */
export interface Guided {
  readonly events: readonly RecordedEvent[];
  /** From the moment in which the record asks for somebody until the thread shows the button. */
  readonly promptsMs: readonly number[];
}

const approvers = ["U0CAROL01", "U0DAVE001"] as const;
/** Somebody who approves and is not counted, as Slack did not answer the bot in time, presses again. */
const againAfterMs = 5_000;

/** People plan, start, confirm and approve until the upgrade is closed. @throws Error when it does not get there */
export async function guide(gateway: SmallGateway, { town, followed, record }: Guides): Promise<Guided> {
  const { name } = gateway;
  await town.type(gateway, `plan ${name} --to ${targetVersion}`);
  const id = await followed.until(gateway, "planned", (upgrade) =>
    upgrade?.status === "planned" ? upgrade.id : undefined,
  );
  for (const { event } of await record.events(id, 0))
    if (event.type === "plan_made")
      for (const question of event.plan.findings.filter(({ kind }) => kind === "question"))
        await town.type(gateway, `answer ${name} ${question.id} no`);
  await town.type(gateway, `start ${name}`);
  const promptsMs: number[] = [];
  let asked = "";
  for (;;) {
    const turn = await followed.until(gateway, `further than ${asked}`, (upgrade) => turnOf(upgrade, asked));
    if (turn.kind === "over") return { events: await closedRecord(record, id), promptsMs };
    asked = turn.key;
    const { stepId } = turn;
    if (turn.kind === "confirm") {
      promptsMs.push(await town.press(gateway, id, { user: operator, action: actionIds.confirmManual, stepId }));
      continue;
    }
    const presses = approvers.map((user) => town.press(gateway, id, { user, action: actionIds.approve, stepId }));
    promptsMs.push(...(await Promise.all(presses)));
    const isTaken = await Promise.race([
      followed.until(gateway, "approved", (upgrade) => turnOf(upgrade, asked)),
      delay(againAfterMs, undefined),
    ]);
    if (isTaken === undefined) asked = "";
  }
}

type TurnOfPeople =
  | { readonly kind: "over" }
  | { readonly kind: "confirm" | "approve"; readonly stepId: string; readonly key: string };

/** What waits for people now, other than what they have done already; undefined where nothing does. */
function turnOf(upgrade: Upgrade | undefined, done: string): TurnOfPeople | undefined {
  if (upgrade === undefined) return { kind: "over" };
  if (upgrade.status !== "active") return undefined;
  const todo = next(upgrade, upgrade.updatedAt);
  if (todo.do !== "wait" || todo.step === undefined) return undefined;
  const stepId = todo.step.id;
  const key = `${todo.for} ${stepId}`;
  if (key === done) return undefined;
  if (todo.for === "confirmation") return { kind: "confirm", stepId, key };
  if (todo.for === "approval") return { kind: "approve", stepId, key };
  throw new Error(`${upgrade.id} waits for ${todo.for} at ${stepId}`);
}

async function closedRecord(record: Guides["record"], id: UpgradeId): Promise<readonly RecordedEvent[]> {
  const events = await record.events(id, 0);
  if (events.at(-1)?.event.type !== "upgrade_completed")
    throw new Error(`${id} ended with ${events.at(-1)?.event.type ?? "nothing"}`);
  return events;
}
