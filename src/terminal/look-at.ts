import { readEnvironments } from "#src/config/settings.ts";
import type { Settings } from "#src/config/settings.ts";
import type { Discovery } from "#src/discovery/discover.ts";
import type { Elsewhere } from "#src/discovery/live-ports.ts";
import type { ChartVersions } from "#src/discovery/files/helm.ts";
import { readFiles } from "#src/discovery/files/read-files.ts";
import type { FileReading } from "#src/discovery/files/read-files.ts";
import type { Scope } from "#src/discovery/surveyor.ts";
import { nearest } from "#src/kernel/nearest.ts";
import { AppError } from "#src/kernel/app-error.ts";
import { instantOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { factsSchema } from "#src/kong/facts.ts";
import type { Facts, Source } from "#src/kong/facts.ts";
import { emptyInventory } from "#src/kong/inventory.ts";
import type { Inventory } from "#src/kong/inventory.ts";
import { unreadInputs } from "#src/kong/unread-inputs.ts";
import { mergeInventories } from "#src/kong/merge-inventories.ts";
import { parseVersion } from "#src/kong/version.ts";
import { allNodes } from "#src/plan/sides.ts";
import type { Environment } from "#src/plan/environment.ts";
import { judgeWay } from "#src/plan/judge-way.ts";
import type { CheckOptions, GivenFiles } from "./check-options.ts";
import { withExactLines } from "./exact-lines.ts";
import { givenText } from "./given-text.ts";
import { previewId } from "./preview-id.ts";
import { sketchEnvironment } from "./sketch-environment.ts";
import { sketchFacts } from "./sketch-facts.ts";

/** What a terminal's process has: its settings, its variables, the time, and where to say how far it came. */
export interface Terminal {
  readonly settings: Settings;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly onProgress: (text: string) => void;
  readonly nowMs: number;
}

/** What was looked at, judged for the way that was asked about. */
export interface Looked {
  readonly subject: string;
  readonly environment: Environment;
  readonly facts: Facts;
  /** No live installation was read as a whole: steps are an outline. */
  readonly isSketch: boolean;
  /** Sources that were tried, the failed ones with what stays undecided. */
  readonly sources: readonly Source[];
  /** What is odd about the files that were read, e.g. a key that Kong does not know. */
  readonly notes: readonly string[];
  /** Declarative files that were read. */
  readonly declarativeFiles: readonly string[];
}

/** Reads what was named: saved facts, an environment, an Admin API, files, or several of them. */
export async function lookAt(options: CheckOptions, terminal: Terminal): Promise<Looked> {
  const environment =
    options.environment === undefined ? undefined : await findEnvironment(options.environment, terminal);
  if (options.factsFile !== undefined) return fromSavedFacts(options, options.factsFile, environment);
  const today = instantOf(terminal.nowMs).slice(0, "2026-11-21".length);
  const files = await readGiven(options.files, await chartsFor(options, environment), today);
  if (environment !== undefined) return lookAtEnvironment({ options, terminal, files }, environment);
  return lookAtUnnamed({ options, terminal, files });
}

/** JSON and SARIF tell every place, and a preview repairs every file; more than that nobody reads. */
const evidencePerFinding = 5_000;

interface Reading {
  readonly options: CheckOptions;
  readonly terminal: Terminal;
  readonly files: FileReading | undefined;
}

async function lookAtEnvironment({ options, terminal, files }: Reading, environment: Environment): Promise<Looked> {
  const { facts, inventory } = await lookLive(environment, terminal, "installation");
  const merged = files === undefined ? inventory : mergeInventories(inventory, files.inventory);
  return {
    subject: environment.name,
    environment,
    facts: await judged(options, environment, { facts, inventory: merged }),
    isSketch: false,
    sources: [...facts.sources, ...(files === undefined ? [] : failedInputs(files.inventory, facts.observedAt))],
    ...toldByFiles(files),
  };
}

/** The image that the one release of an outline runs, where the files agree on it. */
function imageOf({ kubernetes }: Environment, { hosts }: Inventory, at: Instant): Facts["installation"] {
  const images = new Set(hosts.flatMap(({ image }) => image ?? []));
  const [image] = images;
  if (kubernetes === undefined || image === undefined || images.size > 1) return {};
  const value = kubernetes.releases.map(({ name }) => ({ node: name, image }));
  return { hosts: { value, source: "files", at } };
}

function toldByFiles(files: FileReading | undefined): Pick<Looked, "notes" | "declarativeFiles"> {
  return {
    notes: files?.notes ?? [],
    declarativeFiles: files?.inventory.declarativeFiles.map(({ file }) => file) ?? [],
  };
}

async function lookAtUnnamed({ options, terminal, files }: Reading): Promise<Looked> {
  const { admin } = options;
  const at = instantOf(terminal.nowMs);
  const given = files?.inventory ?? emptyInventory(at.slice(0, "2026-11-21".length));
  const first = sketchEnvironment(given.deployment, options.edition ?? "oss", options);
  const live = admin === undefined ? undefined : await lookLive(first, terminal, "admin_api");
  const inventory = live === undefined ? given : mergeInventories(live.inventory, given);
  const from = runningVersion(options, live, files);
  const edition = options.edition ?? inventory.deployment.edition ?? editionOf(from);
  const environment = sketchEnvironment(inventory.deployment, edition, options);
  const sketch = sketchFacts(environment, from, at);
  const facts: Facts = {
    ...sketch,
    installation: live?.facts.installation ?? { ...sketch.installation, ...imageOf(environment, inventory, at) },
  };
  return {
    subject: subjectOf(options),
    environment,
    facts: await judged(options, environment, { facts, inventory }),
    isSketch: true,
    sources: [...(live?.facts.sources ?? []), ...failedInputs(inventory, at)],
    ...toldByFiles(files),
    ...(options.looksAtNothing ? { notes: [pathAlone] } : {}),
  };
}

/** What reads live installations is loaded only where there is one to read: a check of files should start at once. */
async function lookLive(
  environment: Environment,
  { variables, onProgress }: Terminal,
  scope: Scope,
): Promise<Discovery> {
  const [{ discover }, { livePorts }, { secretsFrom }] = await Promise.all([
    import("#src/discovery/discover.ts"),
    import("#src/discovery/live-ports.ts"),
    import("#src/config/secrets.ts"),
  ]);
  const baseEnv = Object.fromEntries(
    ["PATH", "HOME", "TMPDIR", "KUBECONFIG"].flatMap((name) => {
      const value = variables[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  await using transports = await openTransports(environment, baseEnv);
  const elsewhere = transports === undefined ? {} : { elsewhere: transports.look };
  const ports = { ...livePorts({ resolveSecret: secretsFrom(variables), baseEnv, ...elsewhere }), onProgress };
  return await discover(environment, ports, scope);
}

/** Ways to nodes elsewhere; loaded only where there are such nodes. */
async function openTransports(
  environment: Environment,
  env: Readonly<Record<string, string>>,
): Promise<(AsyncDisposable & { readonly look: Elsewhere }) | undefined> {
  if (allNodes(environment).every(({ transport }) => transport === undefined)) return undefined;
  const [ways, { lookElsewhere }] = await Promise.all([
    import("#src/run/transports/transports.ts"),
    import("#src/run/look-elsewhere.ts"),
  ]);
  const opened = ways.openTransports(env);
  return { look: lookElsewhere(opened), [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

/** Facts with what hazards say about the way, where the running version is known. */
async function judged(
  options: CheckOptions,
  environment: Environment,
  { facts, inventory }: Discovery,
): Promise<Facts> {
  const request = {
    upgradeId: previewId,
    environment,
    to: options.to,
    strategy: options.strategy,
    options: options.plan,
  };
  const assessment = judgeWay(request, facts, inventory, evidencePerFinding);
  return assessment === undefined ? facts : { ...facts, assessment: await withExactLines(assessment) };
}

async function findEnvironment(name: string, { settings }: Terminal): Promise<Environment> {
  const environments = await readEnvironments(settings.configFile);
  const found = environments.find((environment) => environment.name === name);
  if (found !== undefined) return found;
  const names = environments.map((environment) => environment.name);
  const near = nearest(name, names);
  throw new AppError(
    "environment_unknown",
    `${settings.configFile} has no environment “${name}”${near === undefined ? "" : `; did you mean “${near}”?`} Known: ${names.join(", ")}. Files are named with --file.`,
  );
}

/** @throws AppError `usage` where the environment names another chart: its plans go there */
async function chartsFor({ charts }: CheckOptions, environment: Environment | undefined): Promise<ChartVersions> {
  const kubernetes = environment?.kubernetes;
  if (kubernetes === undefined) return charts;
  const configured = kubernetes.chartVersion;
  if (charts.to !== undefined && configured !== charts.to)
    throw new AppError(
      "usage",
      `--chart-version says ${charts.to}, but ${environment?.name ?? ""} goes to chart ${configured} (kubernetes.chart_version); change it there, or leave --chart-version away`,
    );
  const { targetChartOf } = await import("#src/discovery/kubernetes.ts");
  return { from: charts.from, to: charts.to ?? targetChartOf(kubernetes) };
}

async function readGiven(files: GivenFiles, charts: ChartVersions, today: string): Promise<FileReading | undefined> {
  const { template, ...lists } = files;
  const isNothing = template === undefined && Object.values(lists).every((list) => list.length === 0);
  return isNothing
    ? undefined
    : readFiles({ ...lists, charts, ...(template === undefined ? {} : { template }) }, today);
}

/** @throws AppError `usage` where neither the words nor anything that was read tell the running version, or they disagree */
function runningVersion({ from }: CheckOptions, live: Discovery | undefined, files: FileReading | undefined): string {
  const told = live?.facts.installation?.version;
  if (told !== undefined && from !== undefined && told.value !== from) {
    throw new AppError("usage", `--from says ${from}, but ${told.source} says ${told.value}; leave --from away`);
  }
  const version = from ?? told?.value ?? files?.versions[0]?.version;
  if (version !== undefined) return version;
  throw new AppError(
    "usage",
    `nothing tells which version runs now${formatHint(files)}${problemOf(live)}; say it with --from 2.8.5`,
  );
}

function formatHint(files: FileReading | undefined): string {
  const formats = files?.formatVersions.join(", ") ?? "";
  return formats === "" ? "" : ` (the files have _format_version ${formats}, which many versions share)`;
}

/** Why an Admin API did not tell it: what its node said, before what follows from that. */
function problemOf(live: Discovery | undefined): string {
  const problems = (live?.facts.sources ?? []).flatMap(({ name, outcome }) =>
    outcome.kind === "failed" ? [{ isOfNode: name.endsWith(": Admin API"), problem: outcome.problem }] : [],
  );
  const told = problems.find(({ isOfNode }) => isOfNode) ?? problems[0];
  return told === undefined ? "" : `: ${told.problem}`;
}

function editionOf(version: string): "oss" | "enterprise" {
  return parseVersion(version)?.enterprisePatch === undefined ? "oss" : "enterprise";
}

const pathAlone =
  "nothing was looked at: only the path between the versions is judged; name files with --file, --conf …, or an Admin API with --admin";

function subjectOf({ admin, files, looksAtNothing }: CheckOptions): string {
  if (looksAtNothing) return "no installation";
  const { template, helmValues, ...lists } = files;
  const values = helmValues.flatMap((given) => (typeof given === "string" ? given : given.values));
  const paths = [...Object.values(lists).flat(), ...values, ...(template === undefined ? [] : [template])];
  return [...(admin === undefined ? [] : [admin.url]), ...paths].join(", ");
}

/** Inputs that were given and could not be read, as sources of the report. */
function failedInputs(inventory: Inventory, at: string): readonly Source[] {
  return unreadInputs(inventory).map(({ name, problem }) => ({
    name,
    outcome: { kind: "failed", at, problem, undecided: [] },
  }));
}

/** @throws AppError `usage` where the file holds no facts, or facts that were judged for another target */
async function fromSavedFacts(
  options: CheckOptions,
  file: string,
  environment: Environment | undefined,
): Promise<Looked> {
  const facts = parseFacts(file, await givenText(file, "save facts with --save-facts first"));
  if (facts.assessment !== undefined && facts.assessment.target !== options.to) {
    throw new AppError(
      "usage",
      `${file} was saved for a way to ${facts.assessment.target}; hazards are judged when an installation is read, so look again with --to ${options.to}`,
    );
  }
  const edition = options.edition ?? facts.installation?.edition?.value ?? "oss";
  return {
    subject: environment?.name ?? file,
    environment: environment ?? sketchEnvironment({}, edition, {}),
    facts,
    isSketch: environment === undefined,
    sources: facts.sources,
    ...toldByFiles(undefined),
  };
}

function parseFacts(file: string, text: string): Facts {
  try {
    return factsSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError("usage", `${file} holds no facts that \`--save-facts\` wrote`, { cause });
  }
}
