import { readDatabaseVersion } from "#src/discovery/kong-database.ts";
import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Examination } from "./examine.ts";
import { failed, ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

const toolTimeoutMs = 10_000;

interface Tool {
  readonly program: string;
  /** What makes it tell its version, without a server and without changing anything. */
  readonly words: readonly string[];
  readonly fix: string;
  readonly judge?: (version: string) => Promise<Finding | undefined>;
}

/** Programs that plans of this environment call on this host; what the configuration does not need is not asked for. */
export function toolExaminations(environment: Environment, ports: DiscoveryPorts): readonly Examination[] {
  const tools = [
    ...postgresTools(environment, ports),
    ...clusterTools(environment),
    ...deckTools(environment),
    ...dockerTools(environment),
  ];
  const unique = new Map(tools.map((tool) => [tool.program, tool]));
  return [...unique.values()].map((tool) => ({
    area: "tools",
    subject: tool.program,
    fix: tool.fix,
    look: async () => [await checkTool(tool, ports)],
  }));
}

async function checkTool({ program, words, fix, judge }: Tool, ports: DiscoveryPorts): Promise<Finding> {
  const about = { area: "tools", subject: program } as const;
  const answer = await ports.runCommand({ argv: [program, ...words], env: {}, timeoutMs: toolTimeoutMs });
  const said = `${answer.stdout}\n${answer.stderr}`.trim().split("\n")[0]?.slice(0, 200) ?? "";
  if (answer.timedOut) return failed(about, `no answer within ${toolTimeoutMs / 1_000} s`, fix);
  if (answer.exitCode !== 0)
    return failed(about, `${words.join(" ")} ended with ${answer.exitCode ?? "a signal"}: ${said}`, fix);
  const version = /\d+(?:\.\d+)+/u.exec(`${answer.stdout} ${answer.stderr}`)?.[0];
  if (version === undefined) return warning(about, `tells no version: ${said}`, fix);
  return (await judge?.(version)) ?? ok(about, said);
}

function postgresTools(environment: Environment, ports: DiscoveryPorts): readonly Tool[] {
  const { database, tools } = environment;
  if (database === undefined) return [];
  const fix =
    "install PostgreSQL's client programs (Debian: postgresql-client), not older than the server; `tools:` names them";
  const words = ["--version"];
  return [
    { program: tools.pgDump, words, fix, judge: (version) => judgeDump(environment, ports, { version, fix }) },
    ...[tools.pgRestore, tools.createdb, tools.dropdb, tools.psql].map((program) => ({ program, words, fix })),
  ];
}

/** pg_dump refuses a server of a newer major version (PostgreSQL, pg_dump, Notes). */
async function judgeDump(
  environment: Environment,
  ports: DiscoveryPorts,
  { version, fix }: { readonly version: string; readonly fix: string },
): Promise<Finding | undefined> {
  const about = { area: "tools", subject: environment.tools.pgDump } as const;
  const server = await readDatabaseVersion(environment, ports).catch(() => undefined);
  if (server === undefined)
    return warning(
      about,
      `version ${version}; the server's version is not known`,
      "make Kong's database reachable from here",
    );
  const isOlder = Number.parseInt(version, 10) < Number.parseInt(server, 10);
  return isOlder ? failed(about, `version ${version} cannot dump a server of version ${server}`, fix) : undefined;
}

function clusterTools({ kubernetes }: Environment): readonly Tool[] {
  if (kubernetes === undefined) return [];
  const { kubectl, helm, context } = kubernetes;
  return [
    {
      program: kubectl,
      words: ["--context", context, "version", "--client"],
      fix: "install kubectl; `kubernetes.kubectl` names it",
    },
    { program: helm, words: ["version", "--short"], fix: "install Helm 3 or later; `kubernetes.helm` names it" },
  ];
}

function deckTools({ deck }: Environment): readonly Tool[] {
  if (deck === undefined) return [];
  const fix = "install decK, and write its version into `deck.version`: it decides how its commands are spelt";
  return [
    {
      program: deck.program,
      words: ["version"],
      fix,
      judge: async (version) =>
        version === deck.version
          ? undefined
          : warning(
              { area: "tools", subject: deck.program },
              `is ${version}; the configuration says ${deck.version}`,
              fix,
            ),
    },
  ];
}

function dockerTools({ packages, service }: Environment): readonly Tool[] {
  const isUsed = packages?.recipe === "docker" || service?.recipe === "docker";
  return isUsed ? [{ program: "docker", words: ["--version"], fix: "install Docker's client on this host" }] : [];
}
