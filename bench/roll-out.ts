import { quorumPolicy } from "#approvals/policy.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { Step } from "#src/plan/step.ts";
import { chainStart, seal } from "#src/record/chain.ts";
import { decide } from "#src/upgrade/decide.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { evolve } from "#src/upgrade/evolve.ts";
import type { Requester } from "#src/upgrade/identity.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import { next } from "#src/upgrade/next.ts";
import type { Next } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";

interface Size {
  readonly nodes: number;
  readonly groups: number;
}

const id = "KU-2026-0001";
const at = "2026-11-26T03:00:00.000Z";
const from = "3.4.2";
const by: Requester = {
  kind: "slack",
  person: {
    kind: "known",
    userId: "U0ALICE01",
    teamId: "T0ACME001",
    name: "alice",
    isHomeTeam: true,
    isDeactivated: false,
    isBot: false,
    isGuest: false,
    groups: [],
  },
};

/** The record of an upgrade in which every batch was replaced, up to the gate before the old packages are removed. */
export function rollOut(size: Size): readonly RecordedEvent[] {
  const environment = environmentOf(size);
  const events: RecordedEvent[] = [];
  let upgrade: Upgrade | undefined;
  const say = (intent: Intent): Upgrade => {
    const decision = decide(upgrade, intent, { upgradeId: id, now: at });
    if (!decision.ok) throw new Error(decision.problem.sentence);
    for (const event of decision.value) {
      const previous = events.at(-1)?.hash ?? chainStart(id);
      const actor = { kind: "bot", replica: "bench" } as const;
      const sealed = seal({ upgradeId: id, version: events.length + 1, at, actor, event, previous });
      upgrade = evolve(upgrade, sealed);
      events.push(sealed);
    }
    if (upgrade === undefined) throw new Error("nothing was decided");
    return upgrade;
  };
  say({
    intent: "request",
    mode: "plan",
    environment,
    to: "3.5.0",
    strategy: "rolling",
    options: { order: "test-first" },
    channel: environment.channel,
    by,
  });
  say({ intent: "report_survey", facts: factsOf(environment) });
  let now = say({ intent: "start", by });
  for (let todo = next(now, at); todo.do === "run" || isForPerson(todo); todo = next(now, at)) {
    if (todo.do !== "run") {
      now = say({ intent: "confirm_manual_step", stepId: todo.step.id, attempt: 1, note: "", by });
      continue;
    }
    const place = { stepId: todo.step.id, attempt: todo.attempt, runnerId: "runner-1" };
    say({ intent: "start_step", ...place, digest: todo.digest });
    now = say({ intent: "finish_step", ...place, report: reportOf(todo.step) });
  }
  return events;
}

type Waiting = Next & { readonly do: "wait"; readonly step: Step };

function isForPerson(todo: Next): todo is Waiting {
  return todo.do === "wait" && todo.for === "confirmation" && todo.step !== undefined;
}

type Report = Extract<Intent, { readonly intent: "finish_step" }>["report"];

/** As long as a real one: an answer for each question of the step. */
function reportOf({ precheck, proof }: Step): Report {
  return {
    outcome: "done",
    reason: "everything that was asked is so",
    precheck: precheck.map((probe) => answer(probe)),
    proof: proof.map((probe) => answer(probe)),
    commands: [],
    output: { digest: `sha256:${"0".repeat(64)}`, lines: 0, bytes: 0, tail: [] },
    durationMs: 1_000,
  };
}

function answer({ kind }: { readonly kind: string }): Report["proof"][number] {
  return { kind, verdict: "ok", summary: `what ${kind} asks is so`, details: [] };
}

function hook(name: string): NonNullable<Environment["hooks"]["drain"]> {
  return { argv: [`/usr/local/bin/${name}`, "{node}", "{version}"], timeoutMs: 60_000 };
}

function environmentOf({ nodes, groups }: Size): Environment {
  return {
    name: "edge",
    description: "",
    channel: "C0123EDGE",
    edition: "oss",
    topology: "dbless",
    nodes: Array.from({ length: nodes }, (_, index) => nodeOf(index, 1 + Math.floor((index * groups) / nodes))),
    backupDir: "/var/backups/kong-upgrade",
    keyring: false,
    tools: { pgDump: "pg_dump", pgRestore: "pg_restore", createdb: "createdb", dropdb: "dropdb", psql: "psql" },
    hooks: Object.fromEntries(["install", "drain", "admit", "decommission"].map((name) => [name, hook(name)])),
    smokeTests: [{ name: "orders", method: "GET", path: "/orders", headers: {}, expectStatus: 200 }],
    soak: { durationMs: 60_000, sampleEveryMs: 5_000, maxErrorRateIncrease: 0.01 },
    timeouts: { migrationsMs: 600_000, backupMs: 600_000, commandMs: 60_000 },
    policies: {
      irreversible: quorumPolicy({ users: ["U0CAROL01"], groups: [], quorum: 1, expiresAfterMs: 3_600_000 }),
    },
    declarative: { file: "/etc/kong/kong.yml", converted: "/etc/kong/kong.yml" },
    rolling: { batchSize: 10, maxUnavailable: 15, pauseMs: 30_000 },
    operators: { users: [], groups: [] },
  };
}

function nodeOf(index: number, zone: number): KongNode {
  const address = `10.${zone}.${Math.floor(index / 250)}.${1 + (index % 250)}`;
  const name = `edge-${String(index + 1).padStart(4, "0")}`;
  return {
    name,
    role: "dbless",
    group: `zone-${zone}`,
    kong: "/usr/local/bin/kong",
    conf: `/srv/${name}/kong.conf`,
    prefix: `/srv/${name}/prefix`,
    status: `http://${address}:8007`,
    proxy: `http://${address}:8000`,
    env: {},
    secrets: {},
  };
}

function factsOf({ nodes }: Environment): Facts {
  return {
    observedAt: at,
    nodes: nodes.map(({ name }) => ({ name, cliVersion: from })),
    configuration: { database: "off" },
    assessment: { target: "3.5.0", hops: [] },
    sources: [],
  };
}
