import type { Environment } from "#src/plan/environment.ts";
import type { AdminClient } from "./admin-client.ts";
import type { DiscoveryPorts } from "./ports.ts";
import type { SurveyLog } from "./survey-log.ts";

/** `admin_api`: nothing but the Admin API is asked, for who has no runner near Kong. */
export type Scope = "installation" | "admin_api";

/** What every part of a look needs. */
export interface Surveyor {
  readonly environment: Environment;
  readonly ports: DiscoveryPorts;
  readonly log: SurveyLog;
  readonly admin: AdminClient;
  readonly scope: Scope;
}
