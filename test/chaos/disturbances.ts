import { seeded } from "#test/support/seeded.ts";
import type { Seeded } from "#test/support/seeded.ts";

export const replicas = ["bot-1", "bot-2"] as const;
export const runners = ["runner-1", "runner-2"] as const;
const servers = ["postgres", "redis"] as const;
export type Crewed = (typeof replicas)[number] | (typeof runners)[number];
export type Victim = Crewed | (typeof servers)[number] | "gateway" | "command";
/** Who speaks through a proxy that can be disturbed, and with whom. `kong` is every simulated command and node. */
export const linkNames = [
  ...[...replicas, ...runners].flatMap((from) => [`${from}>postgres`, `${from}>redis`] as const),
  "bots>slack",
  "kong>postgres",
] as const;
export type LinkName = (typeof linkNames)[number];

/** One thing that goes wrong. */
export type Disturbance =
  | { readonly kind: "kill"; readonly victim: Victim }
  /** SIGSTOP, and SIGCONT after a while: it does not know that time went by. */
  | { readonly kind: "stop"; readonly victim: Exclude<Victim, "command">; readonly forMs: number }
  /** SIGTERM: a runner finishes its step, and its service manager starts it again. */
  | { readonly kind: "drain"; readonly victim: (typeof runners)[number] }
  /** Cut: connections break and are refused. Hole: they stay, and nothing comes through. */
  | { readonly kind: "partition"; readonly link: LinkName; readonly how: "cut" | "hole"; readonly forMs: number }
  | { readonly kind: "slow"; readonly link: LinkName; readonly delayMs: number; readonly forMs: number }
  | { readonly kind: "redis"; readonly what: "flush" | "snapshot" }
  /** The clock of the day of its machine jumps, and jumps back after a while. */
  | { readonly kind: "clock"; readonly victim: Crewed; readonly byMs: number; readonly forMs: number }
  /** The machine of a runner goes down with all that runs on it, and is up again after a while with another boot id. */
  | { readonly kind: "reboot"; readonly victim: (typeof runners)[number]; readonly forMs: number }
  /** Nothing new can be written into the data directory of a runner. */
  | { readonly kind: "disk"; readonly victim: (typeof runners)[number]; readonly forMs: number }
  /** A body of the practice workspace's `POST /practice/faults`; reset after a while where it lasts. */
  | { readonly kind: "slack"; readonly fault: Readonly<Record<string, unknown>>; readonly forMs?: number };

export interface Timed {
  /** Since the beginning. */
  readonly atMs: number;
  readonly disturbance: Disturbance;
}

/** Quiet after each: shorter than a step takes, so that several fall into each other. */
const pauseMs = { least: 700, most: 4_500 } as const;
/** The longest pause is longer than BullMQ's lock, the runner's look at the record and Slack's 3 s together. */
const lastsMs = { least: 500, most: 9_000 } as const;
const hourMs = 3_600_000;
/** More and less than the 30 s beside the database's clock from which on a runner starts nothing approved. */
const jumpsMs = [-24 * hourMs, -hourMs, hourMs, 24 * hourMs, -45_000, 45_000, -8_000, 8_000] as const;

/** Everything that goes wrong within a time, in order. The same seed gives the same list. */
export function planDisturbances(seed: string, durationMs: number): readonly Timed[] {
  const choose = seeded(seed, "disturbances");
  const all: Timed[] = [];
  for (let atMs = 4_000; atMs < durationMs; atMs += choose.between(pauseMs.least, pauseMs.most))
    all.push({ atMs, disturbance: disturbance(choose) });
  return all;
}

function disturbance(choose: Seeded): Disturbance {
  const forMs = choose.between(lastsMs.least, lastsMs.most);
  const victim = choose.pick([...runners, ...runners, ...replicas, "postgres", "redis", "gateway"]);
  const kind = choose.pick([
    "kill",
    "kill",
    "kill_command",
    "stop",
    "stop",
    "drain",
    "cut",
    "hole",
    "slow",
    "redis",
    "slack",
    "slack",
    "clock",
    "reboot",
    "disk",
  ]);
  switch (kind) {
    case "kill":
      return { kind, victim };
    case "kill_command":
      return { kind: "kill", victim: "command" };
    case "stop":
      return { kind, victim, forMs };
    case "drain":
      return { kind, victim: choose.pick(runners) };
    case "cut":
    case "hole":
      return { kind: "partition", link: choose.pick(linkNamesToChoose), how: kind, forMs };
    case "slow":
      return { kind, link: choose.pick(linkNamesToChoose), delayMs: choose.between(20, 400), forMs };
    case "redis":
      return { kind, what: choose.pick(["flush", "snapshot"]) };
    case "slack":
      return slackTrouble(choose, forMs);
    case "clock":
      return { kind, victim: choose.pick([...replicas, ...runners]), byMs: choose.pick(jumpsMs), forMs };
    case "reboot":
    case "disk":
      return { kind, victim: choose.pick(runners), forMs };
  }
}

const [firstLink, ...otherLinks] = linkNames;
const linkNamesToChoose = [firstLink, ...otherLinks] as const;

function slackTrouble(choose: Seeded, forMs: number): Disturbance {
  const method = choose.pick(["chat.postMessage", "chat.update", "conversations.replies", "users.info"]);
  const count = choose.between(1, 4);
  return choose.pick<Disturbance>([
    { kind: "slack", fault: { drop_sockets: true } },
    { kind: "slack", fault: { no_socket: true }, forMs },
    { kind: "slack", fault: { refresh_sockets: true } },
    { kind: "slack", fault: { lose_response_next: { method, count } } },
    { kind: "slack", fault: { fail_next: { method, count, status: choose.pick([500, 503]) } } },
    { kind: "slack", fault: { duplicate_delivery_next: count } },
    { kind: "slack", fault: { slow_ms: choose.between(100, 2_500) }, forMs },
    { kind: "slack", fault: { rate_limits: "harsh" }, forMs },
  ]);
}

/** A disturbance in few words. */
export function describeDisturbance(one: Disturbance): string {
  switch (one.kind) {
    case "kill":
      return `SIGKILL ${one.victim}`;
    case "stop":
      return `SIGSTOP ${one.victim} for ${one.forMs} ms`;
    case "drain":
      return `SIGTERM ${one.victim}`;
    case "partition":
      return `${one.link} ${one.how} for ${one.forMs} ms`;
    case "slow":
      return `${one.link} slowed by ${one.delayMs} ms for ${one.forMs} ms`;
    case "redis":
      return `redis ${one.what}`;
    case "clock":
      return `clock of ${one.victim} off by ${one.byMs} ms for ${one.forMs} ms`;
    case "reboot":
      return `reboot of ${one.victim}'s machine within ${one.forMs} ms`;
    case "disk":
      return `disk of ${one.victim} full for ${one.forMs} ms`;
    case "slack":
      return `Slack ${JSON.stringify(one.fault)}${one.forMs === undefined ? "" : ` for ${one.forMs} ms`}`;
  }
}
