import { isAtLeast, minorOf, parseVersion } from "#src/kong/version.ts";
import { unknownDataPlanes } from "#src/plan/data-planes.ts";
import { tellsTraffic } from "#src/plan/environment.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { rollingSettings } from "#src/plan/steps/batches.ts";
import { loadingOf } from "#src/plan/steps/declarative-steps.ts";
import type { RollView } from "#src/plan/steps/roll-checks.ts";
import { rollForward } from "#src/plan/steps/roll.ts";
import { changesEdition } from "./edition-change.ts";

/** What a rolling upgrade costs, and what it does not look at. */
export function rollingNotes(roll: RollView): readonly string[] {
  const { view } = roll;
  return [
    "Rolling: no database is involved and nothing is migrated. Going back costs no data and, with the rest of each group serving, no downtime; the old package is removed at the very end.",
    ...(changesEdition(roll.whole) ? editionNotes(roll.whole) : []),
    ...batchNotes(roll),
    ...fileNotes(view),
  ];
}

/** Nodes without a database have no place where a licence could be posted to (Kong Gateway docs, Deploy an Enterprise licence). */
function editionNotes({ environment, from, to }: PlanContext): readonly string[] {
  return [
    `Only the edition changes: Kong OSS ${from} and Kong Enterprise ${to} are one version. A new version is planned afterwards.`,
    "Each node takes the licence from KONG_LICENSE_DATA or KONG_LICENSE_PATH: put it there before the node starts, or Kong Enterprise runs without its plugins.",
    "The declarative file stays as it is; `_workspace` is only needed for a workspace other than default.",
    `When it is done, set \`edition: enterprise\` for ${environment.name} in the configuration of this program, or the next plan is refused.`,
  ];
}

/** How many nodes are away at once, which nobody replaces, and what a new start needs; the same for data planes in any strategy. */
export function batchNotes(roll: RollView): readonly string[] {
  const { view, whole } = roll;
  const { batches } = rollForward(roll, [], []);
  const most = Math.max(0, ...batches.map(({ nodes }) => nodes.length));
  const groups = new Set(view.environment.nodes.map(({ group }) => group)).size;
  const alone = batches.filter(({ others }) => others.length === 0).flatMap(({ nodes }) => nodes);
  const [canary] = batches.flatMap(({ nodes }) => nodes);
  const unmanaged = unknownDataPlanes(whole);
  return [
    `${view.environment.nodes.length} nodes in ${groups} ${groups === 1 ? "group" : "groups"}, replaced in ${batches.length} batches, at most ${most} away at once; ${canary?.name ?? "nobody"} goes first and alone.`,
    ...(alone.length === 0
      ? []
      : [
          `${alone.map(({ name }) => name).join(", ")}: alone in the group, so its clients are not served while it is replaced.`,
        ]),
    ...(rollingSettings(view.environment).pauseMs > 0 && !isMeasured(view)
      ? [
          "There is no pause between batches: neither an error rate nor smoke tests are configured that could be watched in it.",
        ]
      : []),
    ...cacheNotes(view),
    ...(unmanaged.length === 0
      ? []
      : [
          `Not replaced by this plan, since no node of the configuration stands for them: the data planes ${unmanaged.map(({ hostname, version }) => `${hostname} (${version})`).join(", ")}.`,
        ]),
  ];
}

function isMeasured({ environment }: PlanContext): boolean {
  return tellsTraffic(environment) || environment.smokeTests.length > 0;
}

/** Kong 3.6 and later empty the cached configuration when another minor wrote it. */
function cacheNotes({ from, to, environment }: PlanContext): readonly string[] {
  const [old, wanted] = [parseVersion(from), parseVersion(to)];
  if (old === undefined || wanted === undefined || !isAtLeast(wanted, "3.6") || minorOf(old) === minorOf(wanted))
    return [];
  const origin = environment.topology === "dbless" ? "the declarative file" : "a control plane";
  return [
    `From 3.6 on a node empties its cached configuration when another minor wrote it: without ${origin} within reach it starts with no routes. The readiness check of every batch would tell.`,
  ];
}

function fileNotes({ environment }: PlanContext): readonly string[] {
  const { declarative } = environment;
  if (declarative === undefined) return [];
  const { file, converted } = declarative;
  switch (loadingOf(environment)) {
    case "same_file":
      return [`Old and new version load the same file, ${file}: nothing was converted.`];
    case "configure_hook":
      return [`New nodes load ${converted}; the configure hook has to write it into kong.conf.`];
    case "variable":
      return [
        `New nodes get ${converted} by KONG_DECLARATIVE_CONFIG when they are started; at the end a person writes it into kong.conf.`,
      ];
    case "by_hand":
      return [
        `New nodes load ${converted}; a person writes it into kong.conf in every batch, since no configure hook is set.`,
      ];
  }
}
