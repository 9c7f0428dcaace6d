import { parseArgs } from "node:util";
import { nearest } from "#src/kernel/nearest.ts";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import { recommended } from "#src/plan/choose-strategy.ts";
import { optionsSchema } from "#src/plan/plan.ts";
import type { HelmValues } from "#src/discovery/files/read-kubernetes.ts";
import type { PlanOptions } from "#src/plan/plan.ts";
import { strategyNames } from "#src/plan/strategy.ts";
import { failLevels } from "#src/report/check-report.ts";
import type { FailLevel } from "#src/report/check-report.ts";

export const formats = ["text", "json", "markdown", "sarif"] as const;
export type Format = (typeof formats)[number];

/** Files that a check reads, beside or instead of a live installation. */
export interface GivenFiles {
  readonly declarative: readonly string[];
  readonly conf: readonly string[];
  readonly env: readonly string[];
  readonly template: string | undefined;
  readonly plugins: readonly string[];
  readonly scripts: readonly string[];
  readonly dashboards: readonly string[];
  readonly helmValues: readonly HelmValues[];
  readonly manifests: readonly string[];
}

/** An Admin API that is named on the command line, for machines without a configuration file. */
export interface GivenAdmin {
  readonly url: string;
  readonly tokenEnv: string | undefined;
  readonly tokenHeader: string | undefined;
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly workspaces: readonly string[] | undefined;
}

/** What `check` and `plan` are asked at a terminal. */
export interface CheckOptions {
  /** An environment of kong-upgrade.yml; without it only files and the named Admin API are read. */
  readonly environment: string | undefined;
  /** Only versions were given: the path between them is all that can be told. */
  readonly looksAtNothing: boolean;
  readonly from: string | undefined;
  readonly to: string;
  readonly edition: "oss" | "enterprise" | undefined;
  readonly strategy: string;
  readonly plan: PlanOptions;
  /** Versions of the Helm chart `kong/kong`: the running one where no file tells it, and that of the target. */
  readonly charts: { readonly from: string | undefined; readonly to: string | undefined };
  readonly files: GivenFiles;
  readonly admin: GivenAdmin | undefined;
  readonly format: Format;
  readonly failOn: FailLevel;
  readonly isStrict: boolean;
  readonly isFixPreview: boolean;
  /** Facts that an earlier check or plan saved, instead of looking again. */
  readonly factsFile: string | undefined;
  readonly saveFacts: string | undefined;
  readonly isDryRun: boolean;
  /** `plan --diff`: a plan that was printed as JSON before. */
  readonly diff: string | undefined;
}

const text = { type: "string" } as const;
const several = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;

const known = {
  from: text,
  to: text,
  edition: text,
  strategy: text,
  order: text,
  file: several,
  conf: several,
  env: several,
  template: text,
  plugins: several,
  scripts: several,
  dashboards: several,
  "helm-values": several,
  "chart-from": text,
  "chart-version": text,
  manifests: several,
  admin: text,
  "token-env": text,
  "token-header": text,
  ca: text,
  cert: text,
  key: text,
  workspace: several,
  format: text,
  "fail-on": text,
  strict: flag,
  "fix-preview": flag,
  facts: text,
  "save-facts": text,
  "dry-run": flag,
  diff: text,
  help: flag,
} as const;

/** Reads the words after `check` or `plan`; undefined where help was asked for. @throws AppError `usage` with what to write */
export function readCheckOptions(word: "check" | "plan", words: readonly string[]): CheckOptions | undefined {
  const { values, positionals } = parseWords(word, words);
  if (values.help === true) return undefined;
  const [environment, ...more] = positionals;
  if (more.length > 0) throw usage(word, `“${more.join(" ")}” is too much; files are named with --file`);
  if (values.to === undefined) throw usage(word, `say which version: --to 3.4.2`);
  const files = filesOf(word, values);
  const hasFiles = Object.values(files).some((given) =>
    Array.isArray(given) ? given.length > 0 : given !== undefined,
  );
  const looksAtNothing =
    environment === undefined && !hasFiles && values.admin === undefined && values.facts === undefined;
  if (looksAtNothing && values.from === undefined)
    throw usage(
      word,
      "say what to look at: an environment of kong-upgrade.yml, --file kong.yml, or --admin http://…:8001; or --from 2.8.5 for the path between two versions alone",
    );
  return {
    environment,
    looksAtNothing,
    from: values.from,
    to: values.to,
    edition: oneOf(word, { name: "edition", value: values.edition, choices: ["oss", "enterprise"] as const }),
    strategy:
      oneOf(word, { name: "strategy", value: values.strategy, choices: [recommended, ...strategyNames] }) ??
      recommended,
    plan: optionsSchema.parse({
      order:
        oneOf(word, { name: "order", value: values.order, choices: ["test-first", "documented"] as const }) ??
        "test-first",
    }),
    charts: {
      from: chartVersion(word, "chart-from", values["chart-from"]),
      to: chartVersion(word, "chart-version", values["chart-version"]),
    },
    files,
    admin: adminOf(values),
    format: oneOf(word, { name: "format", value: values.format, choices: formats }) ?? "text",
    failOn: failLevel(word, values["fail-on"]),
    isStrict: values.strict === true,
    isFixPreview: values["fix-preview"] === true,
    factsFile: values.facts,
    saveFacts: values["save-facts"],
    isDryRun: values["dry-run"] === true,
    diff: values.diff,
  };
}

type Values = ReturnType<typeof parseWords>["values"];

function parseWords(word: "check" | "plan", words: readonly string[]) {
  if (words.some((one) => one === "--env-file" || one.startsWith("--env-file=")))
    throw usage(word, "Node takes --env-file for itself, wherever it stands, and loads that file; write --env FILE");
  try {
    return parseArgs({ args: [...words], options: known, allowPositionals: true });
  } catch (error) {
    const message = errorMessage(error).split(". ")[0] ?? "";
    const [, typed] = /--([\w-]+)/u.exec(message) ?? [];
    const isKnown = typed !== undefined && Object.hasOwn(known, typed);
    const near = typed === undefined || isKnown ? undefined : nearest(typed, Object.keys(known));
    throw usage(word, `${message}${near === undefined ? "" : `; did you mean --${near}?`}`, error);
  }
}

function filesOf(word: "check" | "plan", values: Values): GivenFiles {
  return {
    declarative: values.file ?? [],
    conf: values.conf ?? [],
    env: values.env ?? [],
    template: values.template,
    plugins: values.plugins ?? [],
    scripts: values.scripts ?? [],
    dashboards: values.dashboards ?? [],
    helmValues: (values["helm-values"] ?? []).map((given) => helmValuesOf(word, given)),
    manifests: values.manifests ?? [],
  };
}

/**
 * `[RELEASE=]FILE[,FILE…]`: the files of one release, parted by commas as Helm takes them after `-f`. Names of releases
 * have no slash and no capital (helm v3 pkg/chartutil/validate_name.go), so `./a=b.yaml` is a file.
 */
function helmValuesOf(word: "check" | "plan", given: string): HelmValues {
  const [, release, files = ""] = /^(?:([a-z0-9][a-z0-9.-]{0,52})=)?(.*)$/su.exec(given) ?? [];
  const values = files.split(",");
  if (values.some((file) => file.trim() === ""))
    throw usage(word, `--helm-values “${given}” names no file somewhere; write [RELEASE=]FILE[,FILE…]`);
  return { values, ...(release === undefined ? {} : { release }) };
}

function chartVersion(word: "check" | "plan", option: string, value: string | undefined): string | undefined {
  const version = value?.replace(/^v/u, "");
  if (version === undefined || /^\d+\.\d+\.\d+$/u.test(version)) return version;
  throw usage(word, `--${option} cannot be “${value}”: write an exact version of the chart kong/kong, such as 2.38.0`);
}

function adminOf(values: Values): GivenAdmin | undefined {
  if (values.admin === undefined) return undefined;
  return {
    url: values.admin,
    tokenEnv: values["token-env"],
    tokenHeader: values["token-header"],
    ca: values.ca,
    certificate: values.cert,
    key: values.key,
    workspaces: values.workspace,
  };
}

/** People write severities with dashes. */
function failLevel(word: "check" | "plan", value: string | undefined): FailLevel {
  const choices = failLevels.map((level) => level.replaceAll("_", "-"));
  const chosen = oneOf(word, { name: "fail-on", value, choices }) ?? "deprecation";
  return failLevels.find((level) => level === chosen.replaceAll("-", "_")) ?? "deprecation";
}

function oneOf<Choice extends string>(
  word: "check" | "plan",
  question: { readonly name: string; readonly value: string | undefined; readonly choices: readonly Choice[] },
): Choice | undefined {
  const { name, value, choices } = question;
  if (value === undefined) return undefined;
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const near = nearest(value, choices);
  throw usage(
    word,
    `--${name} cannot be “${value}”${near === undefined ? "." : `; did you mean ${near}?`} Possible: ${choices.join(", ")}`,
  );
}

function usage(word: "check" | "plan", problem: string, cause?: unknown): AppError {
  return new AppError("usage", `${problem}\n\`kong-upgrade ${word} --help\` shows everything`, { cause });
}
