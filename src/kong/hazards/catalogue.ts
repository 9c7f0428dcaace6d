import type { Hazard } from "./hazard.ts";
import { configurationHazards } from "./configuration-hazards.ts";
import { databaseHazards } from "./database-hazards.ts";
import { observabilityHazards } from "./observability-hazards.ts";
import { pluginHazards } from "./plugin-hazards.ts";
import { questions } from "./questions.ts";
import { queueHazards } from "./queue-hazards.ts";
import { routeHazards } from "./route-hazards.ts";
import { serverlessHazards } from "./serverless-hazards.ts";
import { sessionHazards } from "./session-hazards.ts";

/** All hazards this product knows; a new one is one entry in the file of its subject. */
export const hazards: readonly Hazard[] = [
  ...databaseHazards,
  ...routeHazards,
  ...pluginHazards,
  ...serverlessHazards,
  ...queueHazards,
  ...sessionHazards,
  ...observabilityHazards,
  ...configurationHazards,
  ...questions,
];
