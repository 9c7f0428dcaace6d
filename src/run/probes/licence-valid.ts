import { readNode } from "#src/discovery/admin-api.ts";
import { openAdmin } from "#src/discovery/admin-client.ts";
import { readLicence } from "#src/discovery/licence.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { nodeOf } from "./node-of.ts";

/** A licence ends at midnight of its last day, in the time zone of the control plane (Kong docs, License entity). */
export async function licenceValid(
  { node: name }: Extract<Probe, { readonly kind: "licence_valid" }>,
  { environment, ports }: ProbeContext,
): Promise<Answer> {
  const node = nodeOf(environment, name);
  const admin = openAdmin(environment, ports);
  const end = await readLicence(node, admin);
  if (end === undefined) return bad(`${name} has no GET /licenses, so it is not Kong Enterprise`);
  if (end === "none") {
    const { configuration } = (await readNode(node, admin)).root;
    const isInConfiguration = [configuration.license_data, configuration.license_path].some(
      (value) => value !== undefined && value !== "",
    );
    return isInConfiguration
      ? unclear(`the licence of ${name} comes from its configuration, and GET /licenses does not tell its end`)
      : bad(`${name} has no licence`);
  }
  const today = ports.now().slice(0, "2026-11-21".length);
  if (end === today) return unclear(`the licence of ${name} ends today, ${end}`);
  return end > today
    ? good(`the licence of ${name} lasts until ${end}`)
    : bad(`the licence of ${name} ended on ${end}`);
}
