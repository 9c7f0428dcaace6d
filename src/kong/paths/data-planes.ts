import { compareDataPlanes } from "#src/kong/hybrid/compare-data-planes.ts";
import type { ComparedDataPlanes } from "#src/kong/hybrid/compare-data-planes.ts";
import { formatVersion, isAtLeast } from "#src/kong/version.ts";
import { sources } from "./question.ts";
import type { Hop, PathRemark, ReadQuestion, RefusalReason } from "./question.ts";

/** Refuses control planes that would be older than one of their data planes. */
export function refuseDataPlanes({ to, asked }: ReadQuestion): RefusalReason | undefined {
  for (const { version, count, fate } of compareDataPlanes(to, asked.dataPlaneVersions ?? [])) {
    if (fate.kind !== "too_new") continue;
    return {
      code: "data_planes_newer",
      reason: `${name(version, count)} run already, and control planes ${formatVersion(to)} would be older`,
      rule: "a control plane is never older than its data planes: go to their minor or past it",
      source: fate.source,
    };
  }
  return undefined;
}

/** What data planes miss between the upgrade of the control planes and their own, hop by hop. */
export function warnDataPlanes(question: ReadQuestion, hops: readonly Hop[]): readonly PathRemark[] {
  const { from, asked } = question;
  if (asked.topology !== "hybrid" && asked.dataPlaneVersions === undefined) return [];
  const versions = asked.dataPlaneVersions ?? [formatVersion(from)];
  return [
    ...compareDataPlanes(from, versions).flatMap(warnNow),
    ...hops.flatMap((hop, index) => {
      // After the first hop the data planes run what that hop ended at.
      const there = index === 0 ? versions : [formatVersion(hop.from)];
      return compareDataPlanes(hop.to, there).flatMap((compared) => warnLater(compared, hop));
    }),
    ...warnEarlyTwo(question),
  ];
}

/** Data planes that somebody upgraded before their control planes. */
function warnNow({ version, count, fate }: ComparedDataPlanes): readonly PathRemark[] {
  if (fate.kind !== "too_new") return [];
  return [{ text: `${name(version, count)} get no configuration now: ${fate.reason}`, source: fate.source }];
}

function warnLater({ version, count, fate }: ComparedDataPlanes, { to }: Hop): readonly PathRemark[] {
  switch (fate.kind) {
    case "frozen":
      return [
        {
          text: `once the control planes run ${formatVersion(to)}, ${name(version, count)} keep serving what they have and get no updates until they are upgraded too: ${fate.reason}`,
          source: fate.source,
        },
      ];
    case "unreadable":
      return [
        {
          text: `${name(version, count)} tell a version that cannot be compared; they have to be on the control planes' minor or an older one`,
          source: "Kong/kong 3.9.3 kong/clustering/compat/init.lua",
        },
      ];
    case "too_new":
    case "updated":
      return [];
  }
}

function warnEarlyTwo({ from, to, edition }: ReadQuestion): readonly PathRemark[] {
  if (edition !== "oss" || isAtLeast(from, "2.8") || !isAtLeast(to, "3.0")) return [];
  return [
    {
      text: "Kong OSS wants control planes and data planes on 2.8 before either goes to 3.x",
      source: sources.ossUpgrade,
    },
  ];
}

function name(version: string, count: number): string {
  return count === 1 ? `data planes ${version}` : `data planes ${version} (${count})`;
}
