import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";
import { epochMsOf, instantOf } from "#src/kernel/instant.ts";
import { openDoorbell } from "#src/run/queue/doorbell.ts";
import type { Doorbell, Job } from "#src/run/queue/doorbell.ts";
import { openRing, signRing } from "#src/signing/ring.ts";
import { envelopeSchema } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { knownKey } from "#test/src/signing/known-key.ts";
import { waitUntil } from "#test/support/wait-until.ts";

/** What a doorbell must do on whichever server. */
export function describeDoorbell(open: () => Promise<QueueServer>): void {
  test("a ring reaches the runner that attends the environment", async () => {
    await using server = await open();
    await using bell = await server.openDoorbell();
    const rings: Job[] = [];
    await using _attending = await bell.attend(["practice"], (job) => rings.push(job));
    await bell.ring("practice", "KU-2026-0001", ringFor("practice", "KU-2026-0001"));
    await waitUntil("the ring", () => rings.length > 0);
    expect(rings).toEqual([{ environment: "practice", data: ringFor("practice", "KU-2026-0001") }]);
  });

  test("a ring of another environment is not heard", async () => {
    await using server = await open();
    await using bell = await server.openDoorbell();
    const rings: Job[] = [];
    await using _attending = await bell.attend(["practice"], (job) => rings.push(job));
    await bell.ring("prod", "KU-2026-0001", ringFor("prod", "KU-2026-0001"));
    await bell.ring("practice", "KU-2026-0002", ringFor("practice", "KU-2026-0002"));
    await waitUntil("the ring", () => rings.length > 0);
    expect(rings).toEqual([{ environment: "practice", data: ringFor("practice", "KU-2026-0002") }]);
  });

  test("a ring waits for a runner that comes later", async () => {
    await using server = await open();
    await using bell = await server.openDoorbell();
    await bell.ring("practice", "KU-2026-0001", ringFor("practice", "KU-2026-0001"));
    const rings: Job[] = [];
    await using _attending = await bell.attend(["practice"], (job) => rings.push(job));
    await waitUntil("the ring", () => rings.length > 0);
    expect(rings).toHaveLength(1);
  });

  test("many rings that nobody has heard yet are one", async () => {
    await using server = await open();
    await using bell = await server.openDoorbell();
    await Promise.all(
      Array.from({ length: 30 }, () => bell.ring("practice", "KU-2026-0001", ringFor("practice", "KU-2026-0001"))),
    );
    await bell.ring("practice", "KU-2026-0002", ringFor("practice", "KU-2026-0002"));
    const rings: Job[] = [];
    await using _attending = await bell.attend(["practice"], (job) => rings.push(job));
    await waitUntil("both upgrades", () => rings.some((job) => isFor(job, "KU-2026-0002")));
    expect(rings.filter((job) => isFor(job, "KU-2026-0001"))).toHaveLength(1);
  });

  test("the oldest ring that nobody has heard is told over all environments", async () => {
    await using server = await open();
    await using bell = await server.openDoorbell();
    const all = ["practice", "prod", "quiet"];
    expect(await bell.oldestRingAt(all)).toBeUndefined();
    const before = Date.now();
    await bell.ring("prod", "KU-2026-0001", ringFor("prod", "KU-2026-0001"));
    const between = Date.now();
    await waitUntil("a later moment", () => Date.now() > between);
    await bell.ring("practice", "KU-2026-0002", ringFor("practice", "KU-2026-0002"));
    const oldest = await bell.oldestRingAt(all);
    expect(oldest).toBeGreaterThanOrEqual(before);
    expect(oldest).toBeLessThanOrEqual(between);
    expect(await bell.oldestRingAt(["quiet"])).toBeUndefined();
  });

  test("the same upgrade can ring again and again", async () => {
    await using server = await open();
    await using bell = await server.openDoorbell();
    const rings: Job[] = [];
    await using _attending = await bell.attend(["practice"], (job) => rings.push(job));
    for (const count of [1, 2, 3]) {
      await bell.ring("practice", "KU-2026-0001", ringFor("practice", "KU-2026-0001"));
      await waitUntil(`ring ${count}`, () => rings.length >= count);
    }
    expect(rings).toHaveLength(3);
  });

  test("a ring for later is heard then, once, at the last instant that was asked for, and holds up none for now", async () => {
    await using server = await open();
    await using bell = await server.openDoorbell();
    const rings: Job[] = [];
    await using _attending = await bell.attend(["practice"], (job) => rings.push(job));
    const later = (instant: string): Promise<void> =>
      bell.ringAt(
        instant,
        "practice",
        "KU-2026-0001",
        signRing({ environment: "practice", upgradeId: "KU-2026-0001", at: instant }, key),
      );
    await later(instantOf(Date.now() + 3_600_000));
    await bell.ring("practice", "KU-2026-0001", ringFor("practice", "KU-2026-0001"));
    await waitUntil("the ring for now", () => rings.length === 1);
    const heard = () => rings.map(({ data }) => openRing(envelopeSchema.parse(data), [key.publicKey])?.at ?? "none");
    const missed = new Set<string>();
    let soon: string;
    // A machine that stands still in between is asked anew: what was over by the second time is rung for at once, again.
    for (;;) {
      soon = instantOf(Date.now() + 700);
      await later(soon);
      await later(soon);
      if (Date.now() < epochMsOf(soon)) break;
      missed.add(soon);
    }
    await waitUntil("the ring for later", () => heard().includes(soon));
    expect(Date.now()).toBeGreaterThanOrEqual(epochMsOf(soon) - 50);
    await bell.ring("practice", "KU-2026-0002", ringFor("practice", "KU-2026-0002"));
    await waitUntil("one more", () => rings.some((job) => isFor(job, "KU-2026-0002")));
    expect(heard().filter((at) => !missed.has(at))).toEqual([
      "2026-11-21T03:00:00.000Z",
      soon,
      "2026-11-21T03:00:00.000Z",
    ]);
  });

  test("a ring that a dying runner held is given to nobody, and the next ring is heard", async () => {
    await using server = await open();
    await using bell = await server.openDoorbell({ lockMs: 500 });
    const program = fileURLToPath(new URL("fixtures/hold-job.ts", import.meta.url));
    const holder = execa(process.execPath, [program, ...server.address], { reject: false, buffer: false });
    await bell.ring("practice", "KU-2026-0001", ringFor("practice", "KU-2026-0001"));
    await once(holder.stdout, "data");
    holder.kill("SIGSTOP");
    const rings: Job[] = [];
    await using _attending = await bell.attend(["practice"], (job) => rings.push(job));
    // While the job is held a ring is kept; it is let in when the lock of the holder is over.
    const second = signRing(
      { environment: "practice", upgradeId: "KU-2026-0001", at: "2026-11-21T04:00:00.000Z" },
      key,
    );
    await waitUntil("a ring after it", async () => {
      await bell.ring("practice", "KU-2026-0001", second);
      return rings.length > 0;
    });
    holder.kill("SIGKILL");
    await holder;
    await bell.ring("practice", "KU-2026-0002", ringFor("practice", "KU-2026-0002"));
    await waitUntil("another upgrade", () => rings.some((job) => isFor(job, "KU-2026-0002")));
    expect(rings.map(({ data }) => data)).not.toContainEqual(ringFor("practice", "KU-2026-0001"));
  });

  test("one of two runners hears a ring", async () => {
    await using server = await open();
    await using one = await server.openDoorbell();
    await using two = await server.openDoorbell();
    const rings: Job[] = [];
    await using _first = await one.attend(["practice"], (job) => rings.push(job));
    await using _second = await two.attend(["practice"], (job) => rings.push(job));
    await one.ring("practice", "KU-2026-0001", ringFor("practice", "KU-2026-0001"));
    await one.ring("practice", "KU-2026-0002", ringFor("practice", "KU-2026-0002"));
    await waitUntil("both rings", () => new Set(rings.map(({ data }) => JSON.stringify(data))).size === 2);
    expect(rings).toHaveLength(2);
  });
}

/** An empty server of its own for one test. */
export interface QueueServer extends AsyncDisposable {
  /** For a process of its own: the database and the Redis, empty where there is none. */
  readonly address: readonly [databaseUrl: string, redisUrl: string];
  openDoorbell(over?: { readonly lockMs: number }): Promise<Doorbell & AsyncDisposable>;
}

/** A doorbell that is closed at the end of its block. */
export async function openOne(options: Parameters<typeof openDoorbell>[0]): Promise<Doorbell & AsyncDisposable> {
  const bell = await openDoorbell(options);
  return { ...bell, [Symbol.asyncDispose]: () => bell.close() };
}

const key = knownKey();

/** The same ring each time it is asked for. */
export function ringFor(environment: string, upgradeId: UpgradeId): ReturnType<typeof signRing> {
  return signRing({ environment, upgradeId, at: "2026-11-21T03:00:00.000Z" }, key);
}

function isFor({ data }: Job, upgradeId: UpgradeId): boolean {
  return openRing(envelopeSchema.parse(data), [key.publicKey])?.upgradeId === upgradeId;
}
