import { TOTP, URI } from "otpauth";
import type { Pool } from "pg";
import { addMs, epochMsOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { openPool } from "#src/record/database.ts";
import { migrate } from "#src/record/migrate.ts";
import { readStepUpKeys } from "#src/step-up/keys.ts";
import type { StepUpKeys } from "#src/step-up/keys.ts";
import { openStepUp } from "#src/step-up/step-up.ts";
import type { StepUp } from "#src/step-up/step-up.ts";
import { createDatabase } from "#test/support/database.ts";

export const erin = "T0ACME001/U0ERIN001";
export const frank = "frank@example.com";
export const minuteMs = 60_000;
export const stepMs = 30_000;

/** Two replicas of the bot over one database, a clock that stands still, and what people's apps show. */
export interface Stage extends AsyncDisposable {
  readonly url: string;
  readonly pool: Pool;
  readonly stepUp: StepUp;
  readonly replica: StepUp;
  readonly now: () => Instant;
  readonly pass: (durationMs: number) => void;
  /** Enrols with a code of the step before, so that the current one is unused. */
  readonly enrolled: (identity: string) => Promise<App>;
  readonly begun: (identity: string) => Promise<App>;
  readonly withKeys: (keys: StepUpKeys) => StepUp;
}

/** An authenticator app that scanned a QR code. */
export interface App {
  readonly uri: string;
  readonly secret: string;
  /** What it shows, some steps from now. */
  readonly code: (steps?: number) => string;
  readonly wrongCode: () => string;
}

export const keyText = Buffer.alloc(32, 7).toString("base64");
export const newerKeyText = Buffer.alloc(32, 8).toString("base64");

export function keysOf(...texts: readonly string[]): Promise<StepUpKeys> {
  return readStepUpKeys({ text: texts.join("\n") });
}

export async function openStage(): Promise<Stage> {
  const database = await createDatabase();
  await migrate(database.url);
  const pools = [openPool(database.url), openPool(database.url)] as const;
  const keys = await keysOf(keyText);
  let now = "2026-11-26T03:14:15.000Z";
  const clock = (): Instant => now;
  const stepUp = openStepUp({ pool: pools[0], keys, clock });

  const begun = async (identity: string): Promise<App> => {
    const answer = await stepUp.begin(identity, { team: "Acme", name: "erin" });
    if (answer.outcome !== "begun") throw new Error(answer.outcome);
    return appWith(answer.uri, answer.secret, clock);
  };
  return {
    url: database.url,
    pool: pools[0],
    stepUp,
    replica: openStepUp({ pool: pools[1], keys, clock }),
    now: clock,
    pass: (durationMs) => {
      now = addMs(now, durationMs);
    },
    begun,
    enrolled: async (identity) => {
      const app = await begun(identity);
      const answer = await stepUp.confirm(identity, app.code(-1));
      if (answer.outcome !== "accepted") throw new Error(answer.outcome);
      return app;
    },
    withKeys: (others) => openStepUp({ pool: pools[0], keys: others, clock }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(pools.map((pool) => pool.end()));
      await database[Symbol.asyncDispose]();
    },
  };
}

export function appWith(uri: string, secret: string, clock: () => Instant): App {
  const totp = URI.parse(uri);
  if (!(totp instanceof TOTP)) throw new Error(`${uri} is not for one-time codes`);
  const code = (steps = 0): string => totp.generate({ timestamp: epochMsOf(clock()) + steps * stepMs });
  return {
    uri,
    secret,
    code,
    wrongCode: () => {
      const right = new Set([-1, 0, 1].map(code));
      return ["000000", "111111", "222222", "333333"].find((guess) => !right.has(guess)) ?? "";
    },
  };
}
