import { expect } from "vitest";
import type { Ended, KongWorld } from "./kong-world.ts";
import { readTranscript } from "./transcript.ts";
import type { RecordedCommand, RecordedSchemaMeta } from "./transcript.ts";

/** What a replay has to know beside the transcript: what happened between the recorded commands. */
export interface ReplayPlan {
  /** What the recorder did before the first command. */
  readonly setUp?: (world: KongWorld) => Promise<void>;
  /** By index of the command: something that happened just before it. */
  readonly before?: Readonly<Record<number, (world: KongWorld) => Promise<void>>>;
  /** By index of the command: how it was run, where running it alone is not the same. */
  readonly run?: Readonly<Record<number, (world: KongWorld, command: RecordedCommand) => Promise<Ended>>>;
  /** By index of the command: why it is not compared. It is not run either. */
  readonly leftOut?: Readonly<Record<number, string>>;
}

/** How much of a transcript was compared. */
export interface ReplayCount {
  readonly compared: number;
  readonly recorded: number;
}

/** Runs the recorded commands of a transcript one after the other and compares stdout, stderr and exit code of each. */
export async function replay(name: string, plan: ReplayPlan, world: KongWorld): Promise<ReplayCount> {
  await plan.setUp?.(world);
  let compared = 0;
  let recorded = 0;
  for (const step of readTranscript(name)) {
    if (step.kind === "schema_meta") {
      await compareSchemaMeta(world, step.look);
      continue;
    }
    const { command } = step;
    recorded += 1;
    await plan.before?.[command.index]?.(world);
    if (plan.leftOut?.[command.index] !== undefined) continue;
    const actual = await (plan.run?.[command.index] ?? runRecorded)(world, command);
    expect(comparable(actual, world), `${name} command ${command.index}: ${command.line}`).toEqual(
      comparable(command, world),
    );
    compared += 1;
  }
  return { compared, recorded };
}

/** Runs a recorded command as it was recorded. */
export function runRecorded(world: KongWorld, command: RecordedCommand): Promise<Ended> {
  return world.kong(command.version, command.words.map(world.local), { ...world.env, ...command.env });
}

/** Only names of this run, times, process ids and the order of keys in `migrations status` are evened out. */
function comparable(ended: Ended, world: KongWorld): Ended {
  return { stdout: evenedOut(ended.stdout, world), stderr: evenedOut(ended.stderr, world), exitCode: ended.exitCode };
}

function evenedOut(text: string, world: KongWorld): string {
  return world
    .anonymous(text)
    .replaceAll(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /gm, "TIME ")
    .replaceAll(/\b\d+#\d+: /g, "PID ")
    .replaceAll(/\(sm_vaults, \d+\)/g, "(sm_vaults, OID)")
    .replaceAll(/^\{.*\}$/gm, (line) => JSON.stringify(sorted(JSON.parse(line))));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, sorted(inner)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

async function compareSchemaMeta(world: KongWorld, look: RecordedSchemaMeta): Promise<void> {
  const { rows } = await world.admin.query<Readonly<Record<string, string | null>>>(
    "select key, subsystem, last_executed, executed::text, pending::text from schema_meta order by subsystem",
  );
  const actual = rows.map((row) =>
    ["key", "subsystem", "last_executed", "executed", "pending"].map((column) => row[column] ?? ""),
  );
  expect(actual).toEqual(look.rows);
}
