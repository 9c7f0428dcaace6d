import { errorMessage } from "#src/kernel/app-error.ts";
import { digestOfText } from "#src/kernel/digest.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import { openAdmin } from "./admin-client.ts";
import { countEntities } from "./count-entities.ts";
import type { EntityCounts } from "./count-entities.ts";
import { limits } from "./limits.ts";
import type { DiscoveryPorts } from "./ports.ts";

type Figures = Pick<Measurements, "counts" | "fingerprint">;

/**
 * What can be measured of a configuration that lies in no PostgreSQL database: how many entities the first Admin API
 * that answers lists, and a digest of each declarative file on the runner. Nodes without a database load nothing else,
 * so these two tell a change; where neither exists, as with Helm releases alone, nothing is measured.
 * @throws Error when there are Admin APIs and none answers, or a file cannot be read: a baseline with holes proves nothing
 */
export async function measureWithoutDatabase(environment: Environment, ports: DiscoveryPorts): Promise<Figures> {
  const [found, fingerprint] = await Promise.all([
    countByAdmin(environment, ports),
    fingerprintFiles(environment, ports),
  ]);
  // A kind that was cut at the bound would look the same whatever happens beyond it.
  const counts = Object.entries(found?.counts ?? {}).filter(([kind]) => found?.cut.includes(kind) === false);
  return { ...(found === undefined ? {} : { counts: Object.fromEntries(counts) }), fingerprint };
}

/**
 * One digest per declarative file that the environment names; none where it names none.
 * @throws Error when a file cannot be read
 */
export async function fingerprintFiles(
  { declarative }: Environment,
  ports: DiscoveryPorts,
): Promise<NonNullable<Figures["fingerprint"]>> {
  const files = declarative === undefined ? [] : [...new Set([declarative.file, declarative.converted])];
  const digests = await Promise.all(
    files.map(
      async (path) => [`file ${path}`, digestOfText(await ports.readText(path, limits.httpTimeoutMs))] as const,
    ),
  );
  return Object.fromEntries(digests);
}

async function countByAdmin(environment: Environment, ports: DiscoveryPorts): Promise<EntityCounts | undefined> {
  const admin = openAdmin(environment, ports);
  const problems: string[] = [];
  for (const node of environment.nodes.filter((candidate) => candidate.admin !== undefined)) {
    try {
      return await countEntities(environment, node, admin);
    } catch (error) {
      problems.push(`${node.name}: ${errorMessage(error)}`);
    }
  }
  if (problems.length > 0) throw new Error(`no Admin API told its entities (${problems.join("; ")})`);
  return undefined;
}
