import type { Deployment, Host, Input } from "#src/kong/inventory.ts";
import { formatVersion } from "#src/kong/version.ts";
import type { Context } from "./context.ts";
import { strategyWords } from "./hop.ts";
import type { Hop } from "./hop.ts";
import { visible } from "./shown-value.ts";
import { untold } from "./subject.ts";
import type { Subject, Subjects } from "./subject.ts";

/** What the installation is as a whole; what nobody told is not known. */
export function deploymentSubjects({ inventory, hop }: Context): Subjects {
  const { deployment } = inventory;
  const platform = deployment.platform ?? (inventory.helmReleases.length > 0 ? "kubernetes" : undefined);
  const fields = {
    edition: deployment.edition ?? hop.edition,
    topology: deployment.topology,
    database: deployment.database ?? inventory.databaseServer?.kind,
    platform,
    helm: deployment.isHelm ?? isHelm(platform, inventory.helmReleases.length),
    strategy: strategyOf(deployment, hop),
    edition_change: deployment.editionChange ?? editionChange(hop),
    config_management: deployment.configManagement,
    node_count: deployment.nodeCount,
  };
  const subject: Subject = {
    fields: knownFacts(fields, "deployment"),
    isCircumstance: true,
    describe: () => theInstallation,
  };
  return { all: [subject], input: "deployment", isComplete: true };
}

const theInstallation = { label: "the installation", what: "installation" };
const theUpgrade = { label: "the upgrade", what: "upgrade" };

/** Hosts by what they run on, under the names of the catalogue. */
export function hostSubjects({ inventory, from }: Context): Subjects {
  const all = inventory.hosts.map((host, index): Subject => {
    const { os, image, arch, node, openFiles } = host;
    const runs = host.package ?? (image === undefined ? undefined : "image");
    const facts = { os, package: runs, arch, image: imageOf(host, inventory.deployment), ulimit_n: openFiles };
    return {
      fields: knownFacts({ ...facts, node: node ?? null }, "hosts"),
      describe: () => ({ label: visible(`host ${node ?? index + 1}`), what: "host", name: node }),
    };
  });
  const subjects = from("hosts", all);
  return all.length === 0 ? { ...subjects, isComplete: false } : subjects;
}

/** The two versions of the hop, as Kong prints them. */
export function versionSubjects({ hop }: Context): Subjects {
  const fields = { from: formatVersion(hop.from), to: formatVersion(hop.to) };

  const subject: Subject = { fields, isCircumstance: true, describe: () => theUpgrade };
  return { all: [subject], input: "deployment", isComplete: true };
}

export function databaseSubjects({ inventory, from }: Context): Subjects {
  const { databaseServer: server } = inventory;
  if (server === undefined) return from("database", []);
  const fields = knownFacts(
    {
      version: server.version,
      size_bytes: server.sizeBytes,
      can_create_tables: server.canCreateTables,
      migration_lock: server.migrationLock,
    },
    "database",
  );
  return {
    all: [{ fields, describe: () => ({ label: server.kind, what: "database server" }) }],
    input: "database",
    isComplete: true,
  };
}

export function migrationSubjects({ inventory, from }: Context): Subjects {
  const { migrations } = inventory;
  if (migrations === undefined) return from("migrations", []);
  return from("migrations", [{ fields: migrations, describe: () => ({ label: "migrations", what: "migrations" }) }]);
}

export function dataPlaneSubjects({ inventory, from }: Context): Subjects {
  const all = inventory.dataPlanes.map((plane): Subject => ({
    fields: {
      hostname: plane.hostname,
      version: plane.version,
      sync_status: plane.syncStatus,
      config_hash: plane.configHash,
      last_seen: plane.lastSeen,
    },
    describe: () => ({ label: visible(`data plane ${plane.hostname}`), what: "data plane", name: plane.hostname }),
  }));
  return from("data_planes", all);
}

function knownFacts(facts: Readonly<Record<string, unknown>>, input: Input): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, fact ?? untold(input)]));
}

function isHelm(platform: Deployment["platform"], releases: number): boolean | undefined {
  if (releases > 0) return true;
  return platform === undefined || platform === "kubernetes" ? undefined : false;
}

function strategyOf(deployment: Deployment, hop: Hop): readonly string[] | undefined {
  const strategy = hop.strategy ?? deployment.strategy;
  return strategy === undefined ? undefined : strategyWords(strategy);
}

/** A fourth number is Enterprise's, so the versions tell whether the edition changes. */
function editionChange({ from, to }: Hop): string {
  const isChange = from.enterprisePatch === undefined && to.enterprisePatch !== undefined;
  return isChange ? "oss->enterprise" : "none";
}

/** A package runs from no image; who only told an operating system may have told the one inside an image. */
function imageOf({ image, package: packaged }: Host, { platform }: Deployment): string | undefined {
  if (image !== undefined) return image;
  return (packaged !== undefined && packaged !== "image") || platform === "host" ? "none" : undefined;
}
