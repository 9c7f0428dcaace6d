import type { NotChecked } from "#src/kong/assessment.ts";
import { recommended } from "#src/plan/choose-strategy.ts";
import { buildReport } from "#src/report/build-report.ts";
import type { CheckReport } from "#src/report/check-report.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { notLookedAtSummary } from "./findings.ts";
import { escapeText } from "./text.ts";

/** What a card tells of a look at an installation, in mrkdwn: the path, the strategy, and what nobody looked at. */
export function checkSummary(upgrade: Upgrade): readonly string[] {
  if (upgrade.status !== "closed" || upgrade.facts === undefined) return [];
  const { outcome, request, facts } = upgrade;
  if (outcome.kind !== "checked") return [];
  const { environment, to, strategy, options } = request;
  // A card shows no version of this program.
  const tool = { subject: environment.name, toolVersion: "" };
  const report = buildReport({ ...tool, upgradeId: upgrade.id, environment, facts, to, strategy, options });
  return [
    `*Path:* ${pathText(report)}`,
    ...strategyText(report, strategy),
    `*Not looked at:* ${
      facts.assessment === undefined
        ? "hazards; the survey judged none"
        : (notLookedAtSummary(mergedNotChecked(report)) ?? "nothing; every input was read")
    }`,
  ];
}

function pathText({ path }: CheckReport): string {
  switch (path.kind) {
    case "possible": {
      const warnings =
        path.warnings.length === 0
          ? ""
          : `; ${path.warnings.length} ${path.warnings.length === 1 ? "warning" : "warnings"} in the thread`;
      return `possible. ${escapeText(path.rule, 300)} (_${escapeText(path.source, 200)}_)${warnings}`;
    }
    case "refused":
      return `refused. ${escapeText(path.reason, 300)} (_${escapeText(path.source, 200)}_). ${escapeText(path.help, 300)}`;
    case "unknown":
      return `not decided. ${escapeText(path.problem, 300)}`;
  }
}

function strategyText({ strategies }: CheckReport, asked: string): readonly string[] {
  const [first] = strategies;
  if (first === undefined || first.rank === "refused") return [];
  const name = escapeText(first.name, 60);
  const reason = escapeText(first.reason, 300);
  return asked === recommended
    ? [`*Recommended strategy:* ${name}, because ${reason}`]
    : [`*Strategy:* ${name}, as asked for; ${rankWords[first.rank]}, because ${reason}`];
}

const rankWords = {
  first_choice: "it is the first choice here",
  possible: "it is possible here",
  discouraged: "it is not advised here",
} as const;

/** One line per input over all hops; a hazard that two hops leave open is one. */
function mergedNotChecked({ hops }: CheckReport): readonly NotChecked[] {
  const byInput = Map.groupBy(
    hops.flatMap(({ notChecked }) => notChecked),
    ({ input }) => input,
  );
  return [...byInput].map(([input, all]) => ({
    input,
    problem: all[0]?.problem ?? "",
    hazards: [...new Set(all.flatMap(({ hazards }) => hazards))],
  }));
}
