import { z } from "zod";
import { canonicalJson } from "#src/kernel/digest.ts";
import { instantSchema } from "#src/kernel/instant.ts";
import type { Envelope } from "#src/upgrade/events.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import { openEnvelope, signEnvelope } from "./dsse.ts";
import type { PublicKey, SigningKey } from "./signing-key.ts";

/** DSSE payload type of a ring at a runner's door. */
const ringPayloadType = "application/vnd.kong-upgrade.ring+json";
/** How the types of later forms begin, e.g. `application/vnd.kong-upgrade.ring.v2+json`. */
const ringFamily = "application/vnd.kong-upgrade.ring.";

const ringSchema = z.strictObject({
  environment: z.string(),
  upgradeId: upgradeIdSchema,
  /** By the clock of the bot. */
  at: instantSchema,
});
/** "Look at this upgrade": all that a job in the queue can say. */
export type SignedRing = z.infer<typeof ringSchema>;

/** Signs a ring, so that a runner knows it from what somebody else put into the queue. */
export function signRing(ring: SignedRing, key: SigningKey): Envelope {
  return signEnvelope(ringPayloadType, Buffer.from(canonicalJson(ring)), key);
}

/** The ring in an envelope that one of these keys signed, else undefined. */
export function openRing(envelope: Envelope, keys: readonly PublicKey[]): SignedRing | undefined {
  const payload = openEnvelope(envelope, ringPayloadType, keys);
  if (payload === undefined) return undefined;
  const ring = ringSchema.safeParse(JSON.parse(Buffer.from(payload).toString("utf8")));
  return ring.success ? ring.data : undefined;
}

/**
 * Whether one of these keys signed it as a ring of another form than this program knows: then the bot is of another
 * version, and nobody forged anything.
 */
export function isRingOfAnotherVersion(envelope: Envelope, keys: readonly PublicKey[]): boolean {
  const { payloadType } = envelope;
  const isRing = payloadType === ringPayloadType || payloadType.startsWith(ringFamily);
  return isRing && openRing(envelope, keys) === undefined && openEnvelope(envelope, payloadType, keys) !== undefined;
}
