import type { Changes } from "./changes.ts";
import type { Delivery } from "./delivery/delivery.ts";
import type { ResponseUrls } from "./delivery/response-urls.ts";
import type { Triggers } from "./delivery/triggers.ts";
import type { Faults } from "./faults.ts";
import type { Manifest } from "./manifest.ts";
import type { SentPayloads } from "./people/sent-payloads.ts";
import type { Traffic } from "./traffic.ts";
import type { FileBytes } from "./world/file-bytes.ts";
import type { World } from "./world/world.ts";

/** The parts of one running workspace, handed to everything that acts on it. */
export type Context = {
  readonly now: () => number;
  readonly address: () => string;
  readonly ackTimeoutMs: number;
  readonly manifest: Manifest;
  readonly world: World;
  readonly bytes: FileBytes;
  readonly faults: Faults;
  readonly traffic: Traffic;
  readonly changes: Changes;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly delivery: Delivery;
  readonly sent: SentPayloads;
};
