import { z } from "zod";
import { digestSchema } from "#src/kernel/digest.ts";
import { measurementsSchema } from "#src/plan/measurements.ts";
import { maxPoints, trafficFiguresSchema, trafficLimitsSchema, trafficPointSchema } from "#src/plan/traffic.ts";

/** The answer to one probe, with what was seen. */
export const probeResultSchema = z.object({
  kind: z.string(),
  verdict: z.enum(["ok", "not_ok", "undetermined"]),
  /** One sentence for the thread, e.g. "kong-1 serves 3.4.2, database reachable". */
  summary: z.string(),
  /** Raw lines behind it, redacted and bounded. */
  details: z.array(z.string()).readonly(),
  /** Of evidence: something of the attempt was seen to work still, so that it must not be tried again now. */
  isRunning: z.literal(true).optional(),
});
export type ProbeResult = z.infer<typeof probeResultSchema>;

export const commandResultSchema = z.object({
  target: z.string(),
  /** How the runner reached the target, e.g. `ssh kong@cp-1`, with the very pod; absent for its own machine. */
  via: z.string().optional(),
  argv: z.array(z.string()).readonly(),
  /** Absent when a signal ended it or it never started. */
  exitCode: z.number().int().optional(),
  signal: z.string().optional(),
  timedOut: z.boolean(),
  durationMs: z.number(),
});
export type CommandResult = z.infer<typeof commandResultSchema>;

const points = z.array(trafficPointSchema).max(maxPoints).readonly();

/** How a soak was judged, with the curves behind it. */
export const soakReportSchema = z.object({
  /** `inconclusive`: too little was seen to say either; a person decides. */
  verdict: z.enum(["pass", "fail", "inconclusive"]),
  /** The figures in words. */
  sentence: z.string(),
  before: z.object({ figures: trafficFiguresSchema, points }).optional(),
  during: z.object({ figures: trafficFiguresSchema, points }),
  maxErrorRateIncrease: z.number(),
  limits: trafficLimitsSchema.optional(),
});
export type SoakReport = z.infer<typeof soakReportSchema>;

/** What became of one node of a step that works on several side by side. */
export const nodeResultSchema = z.object({
  node: z.string(),
  /** `already_done`: an earlier attempt did it and its own proof still says so. `not_proven`: it ran, and the proof says no. */
  state: z.enum(["done", "already_done", "failed", "not_proven", "not_begun"]),
  reason: z.string().optional(),
});
export type NodeResult = z.infer<typeof nodeResultSchema>;

/** What a runner tells after a step. `done` only when the proof says so; an exit status proves nothing. */
export const stepReportSchema = z.object({
  outcome: z.enum(["done", "failed", "unknown"]),
  /** One sentence: why this outcome. */
  reason: z.string(),
  precheck: z.array(probeResultSchema).readonly(),
  proof: z.array(probeResultSchema).readonly(),
  commands: z.array(commandResultSchema).readonly(),
  /** Of a step that works on several nodes side by side, in the order of its commands. */
  nodes: z.array(nodeResultSchema).readonly().optional(),
  /** The redacted output is stored in chunks; the digest is over it, also over what is too long to be stored. */
  output: z.object({
    digest: digestSchema,
    lines: z.number(),
    bytes: z.number(),
    tail: z.array(z.string()).readonly(),
    /**
     * How often the runner had been started again and had taken the step up. Digest and figures are then over what it
     * stored the last time: all that the commands printed since the step began, from the line on that says so. What was
     * stored before is kept above it.
     */
    takenUp: z.number().int().min(1).optional(),
  }),
  measurements: measurementsSchema.optional(),
  soak: soakReportSchema.optional(),
  durationMs: z.number(),
});
export type StepReport = z.infer<typeof stepReportSchema>;
