import type { Installation } from "./installation.ts";

/**
 * Proof that a hazard's condition means what it says: an installation that it hits, and one that it does not hit
 * although everything its condition needs was read. Without `from` and `to` the hop goes from the first version of the line
 * before the change to the version with it (3.4.0 to 3.5.0 where it is `any`); what both editions have is looked at in OSS
 * up to 3.9. Parts that a version lacks are 0.
 */
export interface Example {
  readonly hazard: string;
  readonly from?: string;
  readonly to?: string;
  readonly hits: Installation;
  /** Parts of the evidence's text that must appear, e.g. the route's name and the offending value. */
  readonly evidence?: readonly string[];
  readonly misses: Installation;
  /** For questions and for what concerns everybody: a hop in which it does not come up. */
  readonly missesHop?: { readonly from: string; readonly to: string };
}
