import type { Identity } from "./clients.ts";

/** The app and installation that a payload belongs to. */
export interface Origin {
  readonly appId: string;
  /** The workspace; Slack names none where the app is installed on a whole organisation. */
  readonly teamId: string | undefined;
  /** The organisation on Enterprise Grid; none elsewhere. */
  readonly enterpriseId?: string | undefined;
  /** Whether the payload says that it comes from an installation on a whole organisation. */
  readonly isOrgInstall?: boolean | undefined;
}

/** The fields of a payload that tell its origin; interactions carry objects, commands and events ids. */
interface Addressed {
  readonly api_app_id: string;
  readonly team?: { readonly id: string } | null | undefined;
  readonly team_id?: string | null | undefined;
  readonly enterprise?: { readonly id: string } | null | undefined;
  readonly enterprise_id?: string | null | undefined;
  readonly is_enterprise_install?: boolean | "true" | "false" | null | undefined;
}

export function originOf(payload: Addressed): Origin {
  const { team, team_id, enterprise, enterprise_id, is_enterprise_install: install } = payload;
  return {
    appId: payload.api_app_id,
    teamId: idOf(team?.id ?? team_id),
    enterpriseId: idOf(enterprise?.id ?? enterprise_id),
    isOrgInstall: install === true || install === "true",
  };
}

/** Slack's libraries and samples write an absent id as an empty text, too. */
function idOf(id: string | null | undefined): string | undefined {
  return id === null || id === "" ? undefined : id;
}

/**
 * Why a payload is not for this installation; Bolt checks only its signature, which every workspace with the app shares.
 * Without any team it is ours only where both say that the app is installed on our whole organisation.
 */
export function whyForeign(origin: Origin, identity: Identity): "app" | "organisation" | "workspace" | undefined {
  if (origin.appId !== identity.appId) return "app";
  if (origin.enterpriseId !== undefined && origin.enterpriseId !== identity.enterpriseId) return "organisation";
  if (origin.teamId !== undefined) return origin.teamId === identity.teamId ? undefined : "workspace";
  const isOfOurOrganisation = origin.enterpriseId !== undefined && origin.isOrgInstall === true;
  return isOfOurOrganisation && identity.isOrgInstall === true ? undefined : "workspace";
}
