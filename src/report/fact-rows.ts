import type { Facts, InstallationFacts } from "#src/kong/facts.ts";
import type { FactReport } from "./check-report.ts";

type Known = { readonly value: unknown; readonly source: string; readonly at: string };

const words: Readonly<Record<keyof InstallationFacts, string>> = {
  version: "version",
  edition: "edition",
  topology: "topology",
  database: "database",
  routerFlavor: "router flavour",
  workspaces: "workspaces",
  rbac: "RBAC",
  keyring: "keyring",
  vitals: "Vitals",
  portal: "Dev Portal",
  licence: "licence until",
  entities: "entities",
  plugins: "plugins in use",
  dataPlanes: "data planes",
  helmReleases: "Helm releases",
  hosts: "hosts",
};

/** Everything that was read of the installation, one row a fact, with the source that told it and when. */
export function factRows(facts: Facts): readonly FactReport[] {
  const installation = facts.installation ?? {};
  const rows = Object.entries(words).flatMap(([name, fact]) => {
    const known = lookUp(installation, name);
    return known === undefined ? [] : [{ fact, value: say(name, known.value), source: known.source, at: known.at }];
  });
  return [...rows, ...databaseRows(facts), ...nodeRows(facts), ...settingRows(facts)];
}

function lookUp(installation: InstallationFacts, name: string): Known | undefined {
  return Object.entries(installation).find(([key]) => key === name)?.[1];
}

function databaseRows({ database, observedAt: at }: Facts): readonly FactReport[] {
  if (database === undefined) return [];
  const source = "PostgreSQL";
  const megabytes = Math.round(database.sizeBytes / 1_000_000);
  return [
    { fact: "PostgreSQL", value: `${database.serverVersion}, ${megabytes} MB`, source, at },
    ...(database.migrations === undefined
      ? []
      : [{ fact: "migrations", value: database.migrations.state.replaceAll("_", " "), source: "kong migrations", at }]),
  ];
}

function nodeRows({ nodes, observedAt: at }: Facts): readonly FactReport[] {
  return nodes.map(({ name, admin, cliVersion }) => ({
    fact: `node ${name}`,
    value: [
      admin === undefined ? "Admin API not read" : `serves ${admin.version} as ${admin.role}`,
      cliVersion === undefined ? "package not read" : `package ${cliVersion}`,
    ].join(", "),
    source: `${name}: Admin API, kong version`,
    at,
  }));
}

/** As many settings as a report shows; all of them are in the JSON. */
const maxSettings = 100;

function settingRows({ configuration, observedAt: at }: Facts): readonly FactReport[] {
  const all = Object.entries(configuration);
  if (all.length === 0) return [];
  const shown = all.slice(0, maxSettings).map(([key, value]) => `${key} = ${value}`);
  const rest = all.length - shown.length;
  return [
    {
      fact: "configuration that is set",
      value: [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join("; "),
      source: "kong.conf and environment",
      at,
    },
  ];
}

function say(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map((item) => sayItem(name, item)).join(", ");
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([kind, count]) => `${String(count)} ${kind}`)
      .join(", ");
  return String(value);
}

function sayItem(name: string, item: unknown): string {
  if (typeof item !== "object" || item === null) return String(item);
  const fields = Object.fromEntries(Object.entries(item));
  switch (name) {
    case "plugins":
      return `${String(fields["name"])} (${String(fields["origin"])}, ${String(fields["instances"])}×)`;
    case "dataPlanes":
      return `${String(fields["hostname"])} ${String(fields["version"])} ${String(fields["syncStatus"])}`;
    case "helmReleases":
      return `${String(fields["name"])} revision ${String(fields["revision"])}, chart ${String(fields["chartVersion"])}, ${String(fields["status"])}`;
    default:
      return Object.values(fields).map(String).join(" ");
  }
}
