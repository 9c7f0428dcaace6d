import { expect, test } from "vitest";
import { importsOf, packageOf, readSources, withoutComments } from "./support/source-tree.ts";
import type { SourceFile } from "./support/source-tree.ts";

/** What a layer may import besides itself: folders or files of the project, packages and parts of Node. */
interface Layer {
  readonly own: readonly string[];
  readonly packages: readonly string[];
}

const plan = ["src/plan", "src/kong", "approvals", "src/kernel"];
const upgrade = ["src/upgrade", ...plan];
const words = (text: string): readonly string[] => text.split(" ");
const files = ["node:fs", "node:fs/promises", "node:path", "node:os"];

/**
 * Who may import whom. It is the table of ARCHITECTURE.md, with the reasons where a line is not obvious. A file belongs to
 * the layer with the longest fitting name; a file without a layer is an error, so a new folder has to be placed here.
 */
const layers: Readonly<Record<string, Layer>> = {
  "src/kernel": { own: [], packages: ["zod", "canonicalize", "fastest-levenshtein", "node:crypto"] },
  approvals: { own: ["src/kernel"], packages: ["zod"] },
  "src/kong": { own: ["src/kernel"], packages: ["zod"] },
  "src/plan": { own: ["src/kong", "approvals", "src/kernel"], packages: ["zod"] },
  // Texts in, texts out: a declarative file as it would look repaired.
  "src/fixes": {
    // A large file is taken apart where the reader takes it apart.
    own: ["src/kong", "src/kernel", "src/discovery/files/yaml"],
    packages: ["js-yaml", "diff"],
  },
  // What was found, in the forms people and programs read; the record's Markdown shares its escaping.
  "src/report": { own: plan, packages: ["zod"] },
  // The facts of a survey and its findings are events, hence kong.
  "src/upgrade": { own: plan, packages: ["zod", "immutable"] },
  // What is signed (a standing) and its envelope are words of the upgrade.
  "src/signing": {
    own: ["src/upgrade", "approvals", "src/kernel"],
    packages: ["zod", "node:crypto", "node:fs/promises", "node:path"],
  },
  "src/postgres": {
    own: ["src/kernel"],
    packages: ["zod", "execa", "node:crypto", "node:net", "node:timers/promises", ...files],
  },
  // An export holds signed checkpoints, and verification opens them.
  "src/record": {
    own: [...upgrade, "src/signing", "src/report", "src/trace.ts"],
    packages: ["zod", "pg", "node:fs/promises", "node:timers/promises"],
  },
  // It decides nothing about upgrades: of the record it shares the connection, of signing how a key lies in a file.
  "src/step-up": {
    own: ["src/kernel", "src/record/database.ts", "src/record/instant-sql.ts", "src/signing/private-file.ts"],
    packages: ["zod", "pg", "otpauth", "node:crypto"],
  },
  // An Environment says where to look, and a Probe's words name what was counted: both are of the plan.
  "src/discovery": {
    own: words("src/plan src/kong src/kernel src/discovery/files src/run-in-time.ts src/bounded-text.ts"),
    packages: ["zod", "pg", "node:fs/promises", "node:http", "node:https", "node:stream", "node:zlib"],
  },
  // Content of files is hostile until parsed: of discovery it shares only what takes secrets out.
  "src/discovery/files": {
    own: ["src/discovery/redact.ts", "src/kong", "src/kernel"],
    packages: ["js-yaml", "node:buffer", "node:fs/promises", "node:path"],
  },
  "src/run": {
    own: [...upgrade, "src/record", "src/signing", "src/discovery", "src/trace.ts", "src/run-in-time.ts"],
    packages: [
      ...words("zod bullmq ioredis pg execa node:async_hooks node:crypto node:events node:http node:https"),
      ...words("node:dns/promises node:net node:stream node:string_decoder node:timers/promises node:util"),
      ...files,
    ],
  },
  // The validator stands alone, because the practice workspace checks with the same one.
  "src/slack/block-kit": { own: ["src/kernel"], packages: ["zod"] },
  // Pure: an upgrade in, blocks out; the codec of buttons is the one thing of Slack that they know.
  "src/slack/views": {
    own: [...upgrade, "src/report", "src/slack/actions.ts", "src/slack/block-kit"],
    packages: ["@slack/types", "zod"],
  },
  // Never record, run or signing: boot hands it a Desk and small functions.
  "src/slack": {
    // Of one-time codes it knows the answers; boot hands it the functions.
    own: [
      ...upgrade,
      ...words("src/report commands src/step-up/step-up.ts src/slack/views src/slack/block-kit src/trace.ts"),
      "src/bounded-text.ts",
    ],
    packages: [
      "zod",
      "@slack/bolt",
      "@slack/socket-mode",
      "@slack/types",
      "@slack/web-api",
      "node:http",
      "node:https",
      "node:crypto",
      // A picture in the thread is packed as PNG wants it.
      "node:zlib",
      "node:timers/promises",
    ],
  },
  commands: { own: [...upgrade, "src/slack/views"], packages: ["zod"] },
  "src/config": {
    own: ["src/plan", "approvals", "src/kernel"],
    packages: ["zod", "yaml", "node:fs/promises", "node:os", "node:path"],
  },
  // What follows from the record on the Slack side: it knows both, and opens neither.
  "src/serve": {
    own: [...upgrade, ...words("src/record src/signing src/slack commands src/log.ts src/trace.ts src/run-in-time.ts")],
    // Rosters are files and programs of the site.
    packages: ["zod", "node:fs/promises", "node:timers/promises"],
  },
  // How a process is seen from outside; what it tells of comes in as functions.
  "src/telemetry": {
    own: [...upgrade, "src/slack/delivery/lag.ts", "src/slack/observed-client.ts"],
    packages: words("prom-client hono @hono/node-server node:events node:timers/promises"),
  },
  // It looks at everything that the others need, and decides and changes nothing.
  "src/doctor": {
    own: [
      ...words("src/config src/record src/run src/discovery src/signing src/step-up src/slack src/postgres src/report"),
      ...plan,
    ],
    packages: [...words("zod pg node:fs/promises node:path node:timers/promises")],
  },
  // Which click or command something is done for, for whoever writes a line or a row.
  "src/trace.ts": { own: [], packages: ["node:async_hooks", "node:crypto"] },
  "src/run-in-time.ts": { own: [], packages: ["execa"] },
  "src/bounded-text.ts": { own: [], packages: [] },
  "src/log.ts": { own: ["src/trace.ts", "src/log-to-stderr.ts"], packages: ["pino"] },
  "src/log-to-stderr.ts": { own: [], packages: ["pino", "node:fs"] },
  "src/version.ts": { own: [], packages: ["zod", "node:fs", "node:path"] },
  "src/usage.ts": { own: ["commands"], packages: [] },
  // The composition roots: the only ones that know every part.
  ...Object.fromEntries(
    [
      "src/main.ts",
      "src/boot-database.ts",
      "src/boot-probes.ts",
      "src/boot-runner.ts",
      "src/boot-serve.ts",
      "src/terminal",
    ].map((file) => [
      file,
      {
        own: ["src", "approvals", "commands"],
        packages: ["zod", "node:crypto", "node:module", "node:timers/promises", "node:util", ...files],
      },
    ]),
  ),
  bin: { own: [], packages: ["node:child_process", "node:fs", "node:module", "node:path", "node:url"] },
  // It measures parts of the product and of the libraries below, as programs of their own, on stages that the tests have.
  bench: {
    own: words("src approvals practice test/chaos/world test/src/run test/support"),
    packages: [
      ...words(
        "zod js-yaml yaml execa pg pino bullmq @slack/bolt node:child_process node:crypto node:events node:http",
      ),
      ...words("node:net node:perf_hooks node:timers/promises node:url"),
      ...files,
    ],
  },
  // One embedded PostgreSQL and one validator instead of two that drift apart; all else goes over the wire or by program name.
  practice: {
    own: ["src/postgres", "src/slack/block-kit"],
    packages: [
      ...words("zod hono @hono/node-server ws pg yaml execa htm preact fastest-levenshtein"),
      ...words("node:child_process node:cluster node:crypto node:events node:http node:https node:module"),
      ...words("node:net node:readline node:stream node:timers/promises node:tty node:url node:util"),
      ...words("node:zlib"),
      ...files,
    ],
  },
};

/** Imports that the table does not allow. */
function strayImports(sources: readonly SourceFile[]): readonly string[] {
  return sources.flatMap((file) => {
    const name = layerOf(file.path);
    const layer = name === undefined ? undefined : layers[name];
    if (name === undefined || layer === undefined) return [`${file.path} belongs to no layer`];
    return importsOf(file)
      .filter(
        ({ target, isOwn }) => !(isOwn ? mayUseOwn(name, layer, target) : layer.packages.includes(packageOf(target))),
      )
      .map(({ target }) => `${file.path} -> ${target}`);
  });
}

function mayUseOwn(name: string, layer: Layer, target: string): boolean {
  return layerOf(target) === name || layer.own.some((allowed) => isWithin(target, allowed));
}

function layerOf(path: string): string | undefined {
  return Object.keys(layers)
    .filter((name) => isWithin(path, name))
    .toSorted((left, right) => right.length - left.length)[0];
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** The folders that decide; everything else touches. */
const pureFolders = ["approvals", "src/kernel", "src/kong", "src/plan", "src/upgrade"];
const impurities: readonly (readonly [string, RegExp])[] = [
  ["waits", /\b(?:await|async|new Promise|Promise\.|setTimeout|setInterval|setImmediate|queueMicrotask)/u],
  ["reads a clock", /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(|\bperformance\b|\bTemporal\.Now\b/u],
  ["draws a random number", /\bMath\.random\b|\brandom(?:UUID|Bytes|Int)\b|\bgetRandomValues\b/u],
  ["touches the world", /\bprocess\.|\bfetch\(|\bconsole\.|\bglobalThis\b/u],
];

/** Waiting, clocks, chance and I/O where only decisions belong. */
function impureCode(sources: readonly SourceFile[]): readonly string[] {
  return sources
    .filter(({ path }) => pureFolders.some((folder) => isWithin(path, folder)))
    .flatMap((file) => {
      const code = withoutComments(file.text);
      const named = impurities.filter(([, pattern]) => pattern.test(code)).map(([what]) => `${file.path} ${what}`);
      const builtins = importsOf(file).filter(({ target }) => target.startsWith("node:"));
      const isHashing = file.path.startsWith("src/kernel/") && /import \{ createHash \} from "node:crypto"/u.test(code);
      return named.concat(builtins.length > (isHashing ? 1 : 0) ? [`${file.path} imports part of Node`] : []);
    });
}

/** Where a process begins; in practice every program of the simulation is one. */
const entryFiles = new Set([
  "bin/kong-upgrade.js",
  "src/main.ts",
  "practice/main.ts",
  "practice/rehearse.ts",
  "practice/slack/main.ts",
  ...["cli", "gateway", "package-manager", "pg-tools", "traffic"].map((part) => `practice/kong/${part}/main.ts`),
]);

function endingTheProcess(sources: readonly SourceFile[]): readonly string[] {
  return offenders(sources, /\bprocess\s*\.\s*(?:exit\b(?!Code)|abort\b|kill\(process\.pid)/u).filter(
    (path) => !entryFiles.has(path),
  );
}

function readingTheEnvironment(sources: readonly SourceFile[]): readonly string[] {
  return offenders(
    sources,
    /\bprocess\s*(?:\.\s*env\b|\[\s*["']env)|\bimport\s*\{[^}]*\benv\b[^}]*\}\s*from\s*"node:process"/u,
  ).filter((path) => !entryFiles.has(path));
}

/** A name that is computed hides an import from this test; the embedded PostgreSQL's package differs by platform. */
function hiddenImports(sources: readonly SourceFile[]): readonly string[] {
  return offenders(sources, /\bimport\(\s*[^"'\s]|\brequire\(/u).filter(
    (path) => path !== "src/postgres/embedded-binaries.ts",
  );
}

function offenders(sources: readonly SourceFile[], pattern: RegExp): readonly string[] {
  return sources.filter(({ text }) => pattern.test(withoutComments(text))).map(({ path }) => path);
}

/** Names that say nothing about what is inside. */
function emptyNames(sources: readonly SourceFile[]): readonly string[] {
  const empty = /(?:^|\/)(?:utils?|helpers?|common|misc|manager|types|interfaces|shared)(?:\/|\.ts$|\.js$)/u;
  return sources.map(({ path }) => path).filter((path) => empty.test(path));
}

/** Groups of files that load each other; types are erased and may point both ways. */
function cycles(sources: readonly SourceFile[]): readonly string[] {
  const edges = new Map(
    sources.map((file) => [
      file.path,
      importsOf(file)
        .filter(({ isOwn, isTypeOnly }) => isOwn && !isTypeOnly)
        .map(({ target }) => target),
    ]),
  );
  const finished = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) found.push([...trail.slice(start), path].join(" -> "));
    if (start !== -1 || finished.has(path)) return;
    for (const target of edges.get(path) ?? []) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}

/** Files that stay in their folder's own voice: `./x.ts` inside, `#…` across, nothing upwards. */
function upwardImports(sources: readonly SourceFile[]): readonly string[] {
  return offenders(sources, /^(?:import|export)\s[^;"'`=()]*["']\.\.\/|[^"'`]import\(\s*["']\.\.\//mu);
}

const product = readSources("src", "approvals", "commands", "bin", "practice", "bench");
const everything = [...product, ...readSources("test")];

const planted = (path: string, text: string): readonly SourceFile[] => [{ path, text }];

/** Each rule, the files that it is about, and violations that it must see, so that no rule is green because it is blind. */
const rules: readonly {
  readonly title: string;
  readonly violations: (sources: readonly SourceFile[]) => readonly string[];
  readonly sources: readonly SourceFile[];
  readonly seen: readonly (readonly SourceFile[])[];
}[] = [
  {
    title: "every layer imports only what the table allows",
    violations: strayImports,
    sources: product,
    seen: [
      planted("src/kernel/digest.ts", 'import { plan } from "#src/plan/plan.ts";'),
      planted("src/slack/app.ts", 'import { openRecord } from "#src/record/record.ts";'),
      planted("src/slack/app.ts", 'import type {\n  Runner,\n} from "../run/runner.ts";'),
      planted("src/slack/views/card.ts", 'import { people } from "#src/slack/people.ts";'),
      planted("commands/plan.ts", 'import { App } from "@slack/bolt";'),
      planted("commands/plan.ts", 'import { readFile } from "node:fs/promises";'),
      planted("commands/plan.ts", 'export { click } from "#src/slack/app.ts";'),
      planted("practice/main.ts", 'import { bootServe } from "#src/boot-serve.ts";'),
      planted("practice/slack/server.ts", 'const app = await import("#src/slack/app.ts");'),
      planted("src/record/desk.ts", 'import "bullmq";'),
      planted("src/step-up/step-up.ts", 'import { openRecord } from "#src/record/record.ts";'),
      planted("src/serve/conductor.ts", 'import { stage } from "#test/src/run/stage.ts";'),
      planted("src/somewhere/new.ts", ""),
    ],
  },
  {
    title: "the folders that decide neither wait, nor read a clock, nor draw lots, nor touch the world",
    violations: impureCode,
    sources: product,
    seen: [
      planted("src/upgrade/decide.ts", "export async function decide() {}"),
      planted("src/plan/plan.ts", "const at = Date.now();"),
      planted("src/plan/plan.ts", "const at = new Date();"),
      planted("approvals/tally.ts", "const lot = Math.random();"),
      planted("src/kong/version.ts", 'import { readFileSync } from "node:fs";'),
      planted("src/kernel/result.ts", 'import { randomUUID } from "node:crypto";'),
      planted("src/kong/version.ts", "const home = process.env.HOME;"),
    ],
  },
  {
    title: "only entry files end the process",
    violations: endingTheProcess,
    sources: product,
    seen: [
      planted("src/boot-serve.ts", "process.exit(1);"),
      planted("practice/world/world.ts", "setTimeout(() => process.exit(), 1);"),
    ],
  },
  {
    title: "only entry files read the environment",
    violations: readingTheEnvironment,
    sources: product,
    seen: [
      planted("src/config/settings.ts", "const { PORT } = process.env;"),
      planted("src/slack/app.ts", 'import { env } from "node:process";'),
    ],
  },
  {
    title: "no import hides behind a computed name",
    violations: hiddenImports,
    sources: product.filter(({ path }) => !path.startsWith("bin/")),
    seen: [planted("src/run/runner.ts", "await import(name)"), planted("src/run/runner.ts", 'require("pg")')],
  },
  {
    title: "no files load each other in a circle",
    violations: cycles,
    sources: everything,
    seen: [
      [
        { path: "src/a.ts", text: 'import { b } from "./b.ts";' },
        { path: "src/b.ts", text: 'export { c } from "#src/c.ts";' },
        { path: "src/c.ts", text: 'import { a } from "./a.ts";' },
      ],
    ],
  },
  {
    title: "every name says what is inside",
    violations: emptyNames,
    sources: everything,
    seen: [planted("src/run/utils.ts", ""), planted("src/helpers/text.ts", ""), planted("commands/misc.ts", "")],
  },
  {
    title: "imports across folders use the names of package.json",
    violations: upwardImports,
    sources: everything,
    seen: [planted("src/run/runner.ts", 'import { ok } from "../kernel/result.ts";')],
  },
];

test.each(rules)("$title", ({ violations, sources }) => {
  expect(sources.length).toBeGreaterThan(100);
  expect(violations(sources)).toEqual([]);
});

test.each(rules)("a violation is seen: $title", ({ violations, seen }) => {
  const unseen = seen.filter((violation) => violations(violation).length === 0);
  expect(unseen).toEqual([]);
});

test("types may point both ways, comments may name what is forbidden, and allowed imports pass", () => {
  const mutual = [
    { path: "src/a.ts", text: 'import type { B } from "./b.ts";' },
    { path: "src/b.ts", text: 'import { a } from "./a.ts";' },
  ];
  expect(cycles(mutual)).toEqual([]);
  expect(impureCode(planted("src/plan/plan.ts", "/** Never Date.now() */ // nor await"))).toEqual([]);
  expect(strayImports(planted("commands/plan.ts", 'import { card } from "#src/slack/views/card.ts";'))).toEqual([]);
  expect(strayImports(planted("src/record/desk.ts", 'const sql = `select a from "b"`;\n// import "bullmq"'))).toEqual(
    [],
  );
});
