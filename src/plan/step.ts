import { z } from "zod";
import { secretRefSchema } from "./secret-ref.ts";
import { smokeTestSchema } from "./smoke-test.ts";
import { probeSchema } from "./probe.ts";
import { transportSchema } from "./transport.ts";
import { trafficLimitsSchema, trafficSourceSchema } from "./traffic.ts";

const stepClasses = ["safe", "disruptive", "irreversible"] as const;
export const stepClassSchema = z.enum(stepClasses);
/** safe · disruptive (traffic may suffer, can be undone) · irreversible (only a restore brings it back). */
export type StepClass = z.infer<typeof stepClassSchema>;

/** One process to start: an argv array, never a shell string. Secrets are names of variables and where their value lies. */
export const commandSchema = z.object({
  target: z.string(),
  argv: z.array(z.string()).min(1).readonly(),
  env: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), secretRefSchema),
  /**
   * What the command prints goes into this file on the runner, which only its account may read, and not into the record:
   * Helm values hold secrets that no pattern knows.
   */
  stdoutFile: z.string().optional(),
  /** The site's own read-only question whether this command has done its work (probe `hook_done`). */
  probe: z.object({ argv: z.array(z.string()).min(1).readonly(), timeoutMs: z.number().int().positive() }).optional(),
  /** How the runner reaches the place where it runs; its own machine where absent. */
  via: transportSchema.optional(),
});
export type Command = z.infer<typeof commandSchema>;

/** What a runner does for a step. */
export const actionSchema = z.discriminatedUnion("kind", [
  /** Only looks: the proof is the whole work. */
  z.object({ kind: z.literal("check") }),
  /** Runs these one after the other; stops at the first that fails. */
  z.object({
    kind: z.literal("commands"),
    commands: z.array(commandSchema).min(1).readonly(),
    /**
     * `proof_decides` where a command also fails when its work is done already: `kong quit` exits 1 on a node that is
     * down, `kong start` on one that runs (Kong 2.8.5 to 3.9.3). A failed command fails the step where it is absent.
     */
    exitStatus: z.literal("proof_decides").optional(),
    /**
     * Commands of several nodes run side by side, this many nodes at once, and no further node is begun once one failed.
     * Those of the runner itself are waited for. One after the other where it is absent.
     */
    nodesAtOnce: z.number().int().min(2).optional(),
    /** The node whose worker processes are noted before the first command: the proof `workers_replaced` compares with them. */
    notesWorkersOf: z.string().optional(),
  }),
  /**
   * One request to a node's Admin API with the environment's token and certificates; done only when the proof says so.
   * A body is JSON whose named fields are filled from secrets right before it is sent.
   */
  z.object({
    kind: z.literal("request"),
    node: z.string(),
    method: z.enum(["POST", "PUT", "PATCH", "DELETE"]),
    path: z.string().startsWith("/"),
    body: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    secretFields: z.record(z.string(), secretRefSchema),
    expectStatus: z.array(z.number().int()).min(1).readonly(),
  }),
  /** Measures counts and fingerprint of the configuration, and the error rate where it can be read; becomes the baseline. */
  z.object({
    kind: z.literal("baseline"),
    /** Waits first, where a downtime right before is still in the error rate of the last minutes. */
    settleMs: z.number().int().positive().optional(),
    /** Watches the proxies for so long where the environment says where their figures are. */
    traffic: z.object({ source: trafficSourceSchema, watchMs: z.number().int().positive() }).optional(),
  }),
  /** Records the fingerprint anew, after a step that changes the configuration itself; counts and error rate stay as they were. */
  z.object({ kind: z.literal("fingerprint"), side: z.literal("green").optional() }),
  /** Watches for a while and compares with the baseline. */
  z.object({
    kind: z.literal("soak"),
    durationMs: z.number().int().nonnegative(),
    sampleEveryMs: z.number().int().positive(),
    metricsUrl: z.string().optional(),
    maxErrorRateIncrease: z.number(),
    smokeTests: z.array(smokeTestSchema).readonly(),
    /** Instead of `metricsUrl`: the runner's own configuration says where to read it. */
    traffic: z.object({ source: trafficSourceSchema, limits: trafficLimitsSchema }).optional(),
  }),
  /** A named person does or confirms something and presses the button. */
  z.object({ kind: z.literal("manual"), instruction: z.string(), button: z.string().max(75) }),
]);
export type Action = z.infer<typeof actionSchema>;

const phaseSchema = z.enum([
  "prepare",
  "back_up",
  "provision",
  "stop",
  "migrate",
  "roll_out",
  "shift",
  "verify",
  "finish",
  "close",
  "roll_back",
]);

/** One line of the checklist. */
export const stepSchema = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,60}$/u),
  phase: phaseSchema,
  title: z.string(),
  /** Why it is there and what it costs, in a sentence or two. */
  why: z.string(),
  class: stepClassSchema,
  action: actionSchema,
  targets: z.array(z.string()).readonly(),
  precheck: z.array(probeSchema).readonly(),
  proof: z.array(probeSchema).readonly(),
  timeoutMs: z.number().int().positive(),
  /** Whether running it twice does the same as once; others become `unknown` when their runner dies. */
  isIdempotent: z.boolean(),
  /** How to go back once this step is done, and what that costs; or the words "no way back". */
  wayBack: z.string(),
  /** The document it comes from, e.g. "Kong docs, in-place upgrade, step 5". */
  source: z.string(),
});
export type Step = z.infer<typeof stepSchema>;

/** The same deed as another strategy needs it: in its own words, at its own place. */
export function adapted(step: Step, changes: Partial<Step>): Step {
  return { ...step, ...changes };
}
