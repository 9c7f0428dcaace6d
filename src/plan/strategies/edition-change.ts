import type { PathRefusalCode } from "#src/kong/upgrade-path.ts";
import { parseVersion } from "#src/kong/version.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { PlanRefusal } from "#src/plan/refusal.ts";

/** Whether Kong Enterprise is to take the place of Kong OSS; that the version stays, the path says. */
export function changesEdition({ environment, to }: PlanContext): boolean {
  return environment.edition === "oss" && parseVersion(to)?.enterprisePatch !== undefined;
}

/** What the path refuses in general and a change of edition is made for. */
export const editionChangeAnswers: readonly PathRefusalCode[] = ["same_version", "edition_change"];

/** What a change of edition brings besides the steps; `whenLicensed` says when the configured licence is applied. */
export function editionChangeNotes(context: PlanContext, whenLicensed: string): readonly string[] {
  return notes(
    context,
    context.environment.licence === undefined
      ? "No licence is configured: a person applies it, or Kong Enterprise runs without its plugins."
      : `The licence is applied through the Admin API of one node ${whenLicensed}.`,
  );
}

/** The same for releases of Helm, whose pods take the licence from a Secret. */
export function clusterEditionNotes(context: PlanContext): readonly string[] {
  return notes(
    context,
    `The licence comes from the Secret that the values name, in all pods at once${context.environment.licence === undefined ? "" : "; the one that is configured for this environment is not used"}. Without one Kong Enterprise runs without its plugins.`,
  );
}

/** Why releases of Helm cannot change the edition here. */
export function refuseClusterEdition(context: PlanContext): readonly PlanRefusal[] {
  const releases = context.environment.kubernetes?.releases ?? [];
  if (!changesEdition(context)) return [];
  const isHybrid = releases.some(({ role }) => role === "data_plane");
  const bare = releases.filter(({ values }) => values.length === 0).map(({ name }) => name);
  return [
    ...(isHybrid
      ? [
          {
            code: "edition_in_hybrid",
            sentence: "no document says what data planes of Kong OSS do with control planes of Kong Enterprise",
            help: "a person changes image and values of control planes and data planes together, after a trial on a copy",
          },
        ]
      : []),
    ...(bare.length > 0
      ? [
          {
            code: "edition_without_values",
            sentence: `no values files are configured for ${bare.join(", ")}, and only there the image of Kong Enterprise can be named`,
            help: "name the values files of these releases in the configuration of this program",
          },
        ]
      : []),
  ];
}

function notes({ environment, from, to }: PlanContext, licence: string): readonly string[] {
  return [
    `Only the edition changes: Kong OSS ${from} and Kong Enterprise ${to} are one version. A new version is planned afterwards.`,
    licence,
    "Kong Manager, workspaces and RBAC come with Kong Enterprise: new ports open and the Admin API gets new endpoints. Look at what listens before the nodes are reachable.",
    `When it is done, set \`edition: enterprise\` for ${environment.name} in the configuration of this program, or the next plan is refused.`,
  ];
}
