import { concurrencyPlans } from "./plans-concurrency.ts";
import { lifecyclePlans } from "./plans-lifecycle.ts";
import { schemaPlans } from "./plans-schema.ts";
import type { ReplayPlan } from "./replay.ts";

/** Every transcript that is replayed, with what the recorder did between its commands. */
export const plans: Readonly<Record<string, ReplayPlan>> = { ...schemaPlans, ...lifecyclePlans, ...concurrencyPlans };
