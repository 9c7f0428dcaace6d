import { AppError } from "#src/kernel/app-error.ts";
import { digestOfText, shortDigest } from "#src/kernel/digest.ts";
import type { Environment } from "#src/plan/environment.ts";
import { labelText, missingLabels } from "#src/plan/runner-labels.ts";
import type { Labels } from "#src/plan/runner-labels.ts";

/** What a runner was asked to serve. */
interface Wish {
  /** Names of environments; every one that its labels fit where empty. */
  readonly names: readonly string[];
  readonly labels: Labels;
  /** The only names that its own file allows; all where absent. */
  readonly allowed?: readonly string[] | undefined;
  /** The configuration's path, for people. */
  readonly file: string;
}

/**
 * The environments that a runner serves: it registers for these, and neither looks at nor runs anything of others.
 * @throws AppError `environment_unknown` for a name that the configuration does not have; `config_invalid` where an
 * environment that was named is not allowed or asks for labels that this runner lacks, or none is left.
 */
export function chooseEnvironments(
  all: readonly Environment[],
  { names, labels, allowed, file }: Wish,
): readonly Environment[] {
  const unknown = names.filter((name) => !all.some((each) => each.name === name));
  if (unknown.length > 0) {
    throw new AppError(
      "environment_unknown",
      `${file} has no environment ${unknown.join(", ")}; it has ${all.map((each) => each.name).join(", ")}`,
    );
  }
  const named = all.filter(({ name }) =>
    names.length === 0 ? (allowed?.includes(name) ?? true) : names.includes(name),
  );
  const forbidden = names.filter((name) => allowed?.includes(name) === false);
  if (forbidden.length > 0 || named.length === 0) {
    throw new AppError(
      "config_invalid",
      `this runner's own configuration allows it the environments ${allowed?.join(", ") ?? ""} only${forbidden.length > 0 ? `, not ${forbidden.join(", ")}` : `, and ${file} has none of them`}`,
    );
  }
  const unfit = named.filter((each) => lackOf(each, labels) !== "");
  const fitting = named.filter((each) => lackOf(each, labels) === "");
  if (fitting.length === 0 || (names.length > 0 && unfit.length > 0)) {
    const lacks = unfit.map((each) => `${each.name} asks for ${lackOf(each, labels)}`);
    throw new AppError(
      "config_invalid",
      `this runner lacks labels that ${file} asks for: ${lacks.join("; ")}. Give it what is true of its place (--label name=value), or let a runner there serve it`,
    );
  }
  return fitting;
}

/** Names that cards and messages have room for. */
const longestNames = 60;

/** What a runner is called that nobody gave a name: the same after each start on this machine, for these environments. */
export function runnerIdOf(host: string, environments: readonly Pick<Environment, "name">[]): string {
  const names = environments.map(({ name }) => name);
  const all = names.join("-");
  if (all.length <= longestNames) return `${host}-${all}`;
  return `${host}-${names[0] ?? ""}-and-${names.length - 1}-more-${shortDigest(digestOfText(names.join(" ")))}`;
}

function lackOf({ runner }: Environment, labels: Labels): string {
  return labelText(missingLabels(runner?.labels ?? {}, labels));
}
