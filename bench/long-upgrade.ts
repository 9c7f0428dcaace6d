import type { Record } from "#src/record/record.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { Actor, UpgradeId } from "#src/upgrade/identity.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import { next } from "#src/upgrade/next.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { envelope, report, request } from "#test/support/given.ts";
import { alice, carol, erin, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";

/** How the record of an upgrade became long. */
export type Shape =
  /** One step that fails and is tried again and again, with what people say meanwhile: few steps, hundreds of attempts. */
  | "retries"
  /** Hundreds of nodes, of which each is done once: hundreds of steps, and none of them tried twice. */
  | "nodes";

const byAlice: Actor = { kind: "person", userId: alice.userId, teamId: alice.teamId, name: alice.name };
const runnerId = "bench";
/** Each of them is stopped and started, which are two events each. */
export const nodeCount = 1_250;
/** As much as a runner keeps of what a step printed last. */
const tail = Array.from({ length: 20 }, (_, line) => `${line} migrating core on database 'kong', as Kong says it`);

/** An upgrade that was planned, started, and went on until its record has at least so many events. */
export async function growUpgrade(
  record: Record,
  { environment, events, shape }: { readonly environment: string; readonly events: number; readonly shape: Shape },
): Promise<UpgradeId> {
  let upgrade = await begin(record, environment, shape === "nodes" ? nodeCount : 2);
  const say = async (intent: Told): Promise<void> => {
    upgrade = await submit(record, upgrade.id, intent);
  };
  while (upgrade.version < events) await advance(upgrade, shape, say);
  return upgrade.id;
}

type Told = Exclude<Intent, { readonly intent: "request" }>;

/** Submits, and a refusal ends the bench: what it measures would be something else. */
export async function submit(record: Record, id: UpgradeId, intent: Told): Promise<Upgrade> {
  const answer = await record.submit(id, intent, byAlice);
  if (!answer.ok) throw new Error(`${intent.intent} was refused: ${answer.problem.sentence}`);
  return answer.value.upgrade;
}

/** One event that changes nothing else. */
export function note(text: string): Told {
  return { intent: "add_note", text, by: inSlack(alice) };
}

/** The events of an upgrade. */
export function eventsOf(record: Record, id: UpgradeId): Promise<readonly RecordedEvent[]> {
  return record.events(id, 0);
}

async function begin(record: Record, name: string, nodes: number): Promise<Upgrade> {
  const environment = environmentOf(name, nodes);
  const asked = await record.request({ ...request, environment }, byAlice);
  if (!asked.ok) throw new Error(asked.problem.sentence);
  const { id } = asked.value.upgrade;
  await submit(record, id, { intent: "report_survey", facts: factsOf(environment) });
  return submit(record, id, { intent: "start", by: inSlack(alice) });
}

type Environment = (typeof request)["environment"];

/** With a hook the first step is a runner's. */
function environmentOf(name: string, count: number): Environment {
  const base = sampleEnvironment({ name });
  const { database } = base;
  const [node] = base.nodes;
  if (node === undefined || database === undefined) throw new Error("the sample has no node and no database");
  return {
    ...base,
    database: { ...database, name: `kong_${name.replaceAll("-", "_")}` },
    nodes: Array.from({ length: count }, (_, index) => ({ ...node, name: `kong-${index + 1}` })),
    hooks: { ...base.hooks, freeze: { argv: ["/usr/local/bin/freeze"], timeoutMs: 10_000 } },
  };
}

function factsOf({ nodes }: Environment): ReturnType<typeof sampleFacts> {
  const facts = sampleFacts();
  const [node] = facts.nodes;
  if (node === undefined) throw new Error("the sample has no node");
  return { ...facts, nodes: nodes.map(({ name }) => ({ ...node, name })) };
}

/** The next thing that happens: a step that fails and is tried again, one that is done, or people at a gate. */
async function advance(upgrade: Upgrade, shape: Shape, say: (intent: Told) => Promise<void>): Promise<void> {
  const todo = next(upgrade, upgrade.updatedAt);
  if (todo.do === "sign" || todo.do === "wait") {
    await pass(upgrade, todo, say);
    return;
  }
  if (todo.do !== "run") throw new Error(`a runner has nothing to do: ${todo.do}`);
  const { attempt, digest } = todo;
  const ref = { stepId: todo.step.id, attempt };
  const outcome = shape === "retries" ? "failed" : "done";
  const output = { ...report(outcome).output, lines: tail.length, tail };
  await say({ intent: "start_step", ...ref, runnerId, digest });
  await say({ intent: "finish_step", ...ref, runnerId, report: report(outcome, { output }) });
  if (shape === "nodes") return;
  await say(note("the upstream team looks at it"));
  await say({ intent: "retry", ...ref, by: inSlack(alice) });
  await say({ intent: "pause", reason: "until they have answered", by: inSlack(alice) });
  await say({ intent: "resume", by: inSlack(alice) });
}

type AtGate = Extract<ReturnType<typeof next>, { readonly do: "sign" | "wait" }>;

/** People vote and confirm, and the bot looks them up again. */
async function pass(upgrade: Upgrade, todo: AtGate, say: (intent: Told) => Promise<void>): Promise<void> {
  if (upgrade.status !== "active" || todo.step === undefined) throw new Error(`${upgrade.id} cannot go on`);
  const progress = currentTrack(upgrade).steps.get(todo.step.id);
  if (progress?.kind !== "ready") throw new Error(`${todo.step.id} waits for something else`);
  const { attempt, approval } = progress;
  const ref = { stepId: todo.step.id, attempt };
  if (approval?.outcome.kind === "open") {
    const { digest } = approval;
    for (const voter of [carol, erin]) await say({ intent: "vote", ...ref, voter, decision: "approve", digest });
    return;
  }
  if (approval !== undefined)
    await say({
      intent: "recheck_approval",
      ...ref,
      people: [carol, erin],
      envelope,
      checkedAt: new Date().toISOString(),
    });
  if (todo.do === "wait") await say({ intent: "confirm_manual_step", ...ref, note: "", by: inSlack(alice) });
}
