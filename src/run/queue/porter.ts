import { errorMessage } from "#src/kernel/app-error.ts";
import { epochMsOf } from "#src/kernel/instant.ts";
import type { Alarms } from "#src/run/alarms.ts";
import type { Logger, RunnerRecord } from "#src/run/ports.ts";
import { isRingOfAnotherVersion, openRing } from "#src/signing/ring.ts";
import type { PublicKey } from "#src/signing/signing-key.ts";
import { envelopeSchema } from "#src/upgrade/events.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { z } from "zod";
import type { Job } from "./doorbell.ts";

/** Hears what lies in the queue, and lets nothing in but rings of the bot. */
export interface Porter {
  /** Never throws, and never waits: a job that is no ring is told about and dropped. */
  hear(job: Job): void;
}

export interface PorterParts {
  readonly publicKeys: readonly PublicKey[];
  readonly record: Pick<RunnerRecord, "find">;
  readonly alarms: Alarms;
  readonly log: Logger;
  /** This runner's own clock, in milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly visit: (id: UpgradeId) => void;
}

/** A ring that waited longer was answered by the runners' own looks long ago. */
const ringAgeMs = 10 * 60_000;
const maxRemembered = 1_000;
/** The same complaint about jobs that belong to no upgrade is written this often at most. */
const quietMs = 60_000;

/**
 * Acts on a job only where the bot signed it, for this very environment, and the upgrade exists: then the record is looked
 * at, nothing else. A ring that is old or was heard before does no harm and is only counted.
 */
export function createPorter(parts: PorterParts): Porter {
  const { publicKeys, record, log, nowMs } = parts;
  const heard = new Set<string>();
  const complain = createComplaints(parts);
  let repeated = 0;

  const hearRing = async ({ environment, data }: Job): Promise<void> => {
    const envelope = jobSchema.safeParse(data);
    const ring = envelope.success ? openRing(envelope.data, publicKeys) : undefined;
    if (envelope.success && isRingOfAnotherVersion(envelope.data, publicKeys)) {
      log.warn(
        { environment },
        "the bot rings in a form that this version does not know; install the bot's version on this runner (the record is read every few seconds anyway)",
      );
      return;
    }
    if (!envelope.success || ring === undefined || ring.environment !== environment) {
      await complain(environment, namedIn(data) ?? ring?.upgradeId);
      return;
    }
    const signature = envelope.data.signatures.map(({ sig }) => sig).join(" ");
    if (heard.has(signature) || Math.abs(nowMs() - epochMsOf(ring.at)) > ringAgeMs) {
      repeated += 1;
      log.info({ environment, upgradeId: ring.upgradeId, repeated }, "an old or repeated ring is not answered");
      return;
    }
    if (heard.size >= maxRemembered) heard.clear();
    heard.add(signature);
    const upgrade = await record.find(ring.upgradeId);
    if (upgrade?.request.environment.name === environment) parts.visit(ring.upgradeId);
    else await complain(environment, ring.upgradeId);
  };

  return {
    hear: (job) => {
      hearRing(job).catch((error: unknown) => {
        log.warn(
          { environment: job.environment, problem: errorMessage(error) },
          "a job of the queue could not be looked into; the record is read every few seconds anyway",
        );
      });
    },
  };
}

/** Exactly an envelope: a job that carries more than a ring is not one of the bot. */
const jobSchema = z.strictObject(envelopeSchema.shape);

/** The upgrade that a forged job names, so that its thread can be told. */
function namedIn(data: unknown): UpgradeId | undefined {
  const named = z.object({ upgradeId: upgradeIdSchema }).safeParse(data);
  return named.success ? named.data.upgradeId : undefined;
}

/** Tells about a job that is no ring: in the thread of the upgrade that it names, or in the log where there is none. */
function createComplaints({
  record,
  alarms,
  log,
  nowMs,
}: PorterParts): (environment: string, id: UpgradeId | undefined) => Promise<void> {
  const lastTold = new Map<string, number>();
  let dropped = 0;
  return async (environment, id) => {
    dropped += 1;
    const upgrade = id === undefined ? undefined : await record.find(id);
    if (id !== undefined && upgrade?.request.environment.name === environment) {
      const what = `a job in the queue of ${environment} is no ring of the bot; it was dropped without a look, and nothing runs because of it; find out who else can write into the queue`;
      await alarms.raise(id, { kind: "foreign_job", what });
      return;
    }
    // Either way: a clock that was put back must not keep it quiet for longer.
    if (Math.abs(nowMs() - (lastTold.get(environment) ?? 0)) < quietMs) return;
    lastTold.set(environment, nowMs());
    log.error(
      { environment, dropped },
      "alarm: a job in the queue is no ring of the bot and names no upgrade of this environment; it was dropped; find out who else can write into the queue",
    );
  };
}
