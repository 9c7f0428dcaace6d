import type { PathRefusalCode } from "#src/kong/upgrade-path.ts";
import { parseVersion } from "#src/kong/version.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";

/** Whether Kong Enterprise is to take the place of Kong OSS; that the version stays, the path says. */
export function changesEdition({ environment, to }: PlanContext): boolean {
  return environment.edition === "oss" && parseVersion(to)?.enterprisePatch !== undefined;
}

/** What the path refuses in general and a change of edition is made for. */
export const editionChangeAnswers: readonly PathRefusalCode[] = ["same_version", "edition_change"];

/** What a change of edition brings besides the steps; `whenLicensed` says when the configured licence is applied. */
export function editionChangeNotes({ environment, from, to }: PlanContext, whenLicensed: string): readonly string[] {
  return [
    `Only the edition changes: Kong OSS ${from} and Kong Enterprise ${to} are one version. A new version is planned afterwards.`,
    environment.licence === undefined
      ? "No licence is configured: a person applies it, or Kong Enterprise runs without its plugins."
      : `The licence is applied through the Admin API of one node ${whenLicensed}.`,
    "Kong Manager, workspaces and RBAC come with Kong Enterprise: new ports open and the Admin API gets new endpoints. Look at what listens before the nodes are reachable.",
    `When it is done, set \`edition: enterprise\` for ${environment.name} in the configuration of this program, or the next plan is refused.`,
  ];
}
