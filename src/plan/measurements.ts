import { z } from "zod";
import { digestSchema } from "#src/kernel/digest.ts";
import { maxPoints, trafficFiguresSchema, trafficPointSchema } from "./traffic.ts";

const configurationFigures = {
  /** Rows per table of the Kong database; without one, entities per kind by the Admin API, e.g. `routes`. */
  counts: z.record(z.string(), z.number()).optional(),
  /** One digest per table over all its rows; without a database, one per declarative file, e.g. `file /etc/kong/kong.yml`. */
  fingerprint: z.record(z.string(), digestSchema).optional(),
};

/** Figures that a step measured and later steps compare with. */
export const measurementsSchema = z.object({
  ...configurationFigures,
  errorRate: z.object({ requests: z.number(), errors: z.number(), rate: z.number() }).optional(),
  /** What the proxies did before anything was touched, and the curve of it. */
  traffic: z
    .object({ figures: trafficFiguresSchema, points: z.array(trafficPointSchema).max(maxPoints).readonly() })
    .optional(),
  /** Process ids of nginx's workers by node, right before the step that is to replace them. */
  workers: z.record(z.string(), z.array(z.number()).readonly()).optional(),
  /** The same of the second cluster's own database: what is recorded there never takes the place of the old cluster's. */
  green: z.object(configurationFigures).optional(),
});
export type Measurements = z.infer<typeof measurementsSchema>;
