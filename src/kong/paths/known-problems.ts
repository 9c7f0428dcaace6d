import { problemsOf } from "#src/kong/releases.ts";
import type { Concerned } from "#src/kong/releases/known-problems.ts";
import { formatVersion } from "#src/kong/version.ts";
import type { PathQuestion, PathRemark, ReadQuestion, RefusalReason } from "./question.ts";

/** Refuses a wanted release that is known to break this upgrade or its clients. */
export function refuseBadRelease({ to, asked }: ReadQuestion): RefusalReason | undefined {
  const problem = problemsOf(to).find(
    ({ consequence, concerned }) => consequence === "refuse" && isConcerned(concerned, asked) === "yes",
  );
  if (problem === undefined) return undefined;
  return {
    code: "known_bad_release",
    reason: `Kong ${formatVersion(to)} ${problem.problem}; fixed in ${problem.fixedIn}`,
    rule: "a release with a known problem that hits this installation is neither a stop nor a goal: take a later patch",
    source: problem.source,
  };
}

/** Known problems of the wanted release that this installation may have to live with. */
export function warnProblems({ to, asked }: ReadQuestion): readonly PathRemark[] {
  return problemsOf(to)
    .filter(({ concerned }) => isConcerned(concerned, asked) !== "no")
    .map(({ problem, fixedIn, source }) => ({
      text: `Kong ${formatVersion(to)} ${problem}; fixed in ${fixedIn}`,
      source,
    }));
}

function isConcerned(concerned: Concerned, { topology, plugins }: PathQuestion): "yes" | "no" | "unknown" {
  switch (concerned.kind) {
    case "everybody":
      return "yes";
    case "topology":
      if (topology === undefined) return "unknown";
      return topology === concerned.topology ? "yes" : "no";
    case "plugins":
      if (plugins === undefined) return "unknown";
      return plugins.some((plugin) => concerned.names.some((name) => isNamed(plugin, name))) ? "yes" : "no";
  }
}

/** `ai-*` names every plugin that begins with `ai-`. */
function isNamed(plugin: string, name: string): boolean {
  return name.endsWith("*") ? plugin.startsWith(name.slice(0, -1)) : plugin === name;
}
