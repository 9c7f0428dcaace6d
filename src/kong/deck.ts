import { isAtLeast } from "./version.ts";
import type { Version } from "./version.ts";

/** What decK is wanted for. Files are paths as the process sees them; a workspace is the default one where absent. */
export type DeckPurpose =
  | { readonly kind: "ping" }
  | { readonly kind: "dump"; readonly file: string; readonly workspace?: string }
  /** One file per workspace, into the current folder. */
  | { readonly kind: "dump_all" }
  /** Exit status 2 where file and gateway differ. */
  | { readonly kind: "diff"; readonly file: string }
  /** Makes the gateway equal to the file, which deletes what the file does not name. */
  | { readonly kind: "sync"; readonly file: string }
  /** Adds and changes what the file names and deletes nothing. */
  | { readonly kind: "apply"; readonly file: string }
  | { readonly kind: "validate"; readonly file: string }
  | { readonly kind: "validate_online"; readonly file: string }
  | { readonly kind: "reset"; readonly workspace?: string }
  | { readonly kind: "convert"; readonly conversion: DeckConversion; readonly file: string; readonly output: string }
  | { readonly kind: "lint"; readonly file: string; readonly ruleset: string };

/** Conversions of a file between formats; the last two are the steps from one long-term line to the next. */
export type DeckConversion = "2.x-3.x" | "2.8-3.4" | "3.4-3.10" | "3.10-3.14";

export type DeckCommand =
  | {
      readonly kind: "command";
      /** What follows the name of the program. Connection flags (`--kong-addr`) can be added at the end. */
      readonly args: readonly string[];
      /** What goes wrong with exactly this command, for the people who read the plan. */
      readonly traps: readonly string[];
      readonly source: string;
    }
  | {
      readonly kind: "unavailable";
      readonly reason: string;
      /** The first decK version that can do it; undefined where the given text is no version. */
      readonly needs: string | undefined;
      readonly source: string;
    };

const changelog = "Kong/deck CHANGELOG.md and cmd/ of v1.65.1";

/** How a decK of a version is told to do something: the spelling changed in 1.28, and some purposes need later versions. */
export function deckCommand(deckVersion: string, purpose: DeckPurpose): DeckCommand {
  const version = parseDeckVersion(deckVersion);
  if (version === undefined) {
    return {
      kind: "unavailable",
      reason: `\`${deckVersion}\` is not a decK version`,
      needs: undefined,
      source: changelog,
    };
  }
  const needs = minimumOf(purpose);
  if (!isAtLeast(version, needs)) {
    return {
      kind: "unavailable",
      reason: `decK ${deckVersion} cannot ${nameOf(purpose)}; ${needs} and later can`,
      needs,
      source: changelog,
    };
  }
  const isNew = isAtLeast(version, newSpellingOf(purpose));
  return {
    kind: "command",
    args: isNew ? newSpelling(purpose, version) : oldSpelling(purpose),
    traps: trapsOf(purpose, version),
    source: changelog,
  };
}

/** Why a decK cannot work with a Kong version; undefined where it can. The newest decK works with every supported Kong. */
export function refuseDeck(deckVersion: string, kong: Version): string | undefined {
  const version = parseDeckVersion(deckVersion);
  if (version === undefined) return `\`${deckVersion}\` is not a decK version`;
  return isAtLeast(kong, "3.0") && !isAtLeast(version, kongThree)
    ? `decK ${deckVersion} does not know the entities of Kong 3.0; ${kongThree} and later do`
    : undefined;
}

/** First decK that knows Kong 3.0 (Kong/deck CHANGELOG 1.15.0). */
const kongThree = "1.15";

const conversions: Readonly<Record<DeckConversion, { from: string; to: string; needs: string }>> = {
  "2.x-3.x": { from: "kong-gateway-2.x", to: "kong-gateway-3.x", needs: "1.15" },
  "2.8-3.4": { from: "2.8", to: "3.4", needs: "1.47" },
  "3.4-3.10": { from: "3.4", to: "3.10", needs: "1.51" },
  "3.10-3.14": { from: "3.10", to: "3.14", needs: "1.57.3" },
};

function minimumOf(purpose: DeckPurpose): string {
  switch (purpose.kind) {
    case "convert":
      return conversions[purpose.conversion].needs;
    case "apply":
      return "1.43";
    case "lint":
      return "1.28";
    case "validate_online":
      return "1.11";
    default:
      return "1.7";
  }
}

/** From 1.28 on, but 1.28 did not hand files to its new validate commands (Kong/deck CHANGELOG 1.29.0). */
function newSpellingOf({ kind }: DeckPurpose): string {
  return kind === "validate" || kind === "validate_online" ? "1.29" : "1.28";
}

function nameOf(purpose: DeckPurpose): string {
  if (purpose.kind === "convert") return `convert ${purpose.conversion.replace("-", " to ")}`;
  return purpose.kind.replace("_", " ");
}

function newSpelling(purpose: DeckPurpose, version: Version): readonly string[] {
  switch (purpose.kind) {
    case "ping":
      return ["gateway", "ping"];
    case "dump":
      return ["gateway", "dump", ...inWorkspace(purpose.workspace), "-o", purpose.file];
    case "dump_all":
      return ["gateway", "dump", "--all-workspaces"];
    case "diff":
      return ["gateway", "diff", "--non-zero-exit-code", purpose.file];
    case "sync":
    case "apply":
      return ["gateway", purpose.kind, purpose.file];
    case "validate":
      return ["file", "validate", purpose.file];
    case "validate_online":
      return ["gateway", "validate", purpose.file];
    case "reset":
      return ["gateway", "reset", "-f", ...inWorkspace(purpose.workspace)];
    case "convert":
      return [
        "file",
        ...convertArgs(purpose, "-o"),
        ...(isAtLeast(version, keepsPlaceholders) ? ["--no-expand-env-vars"] : []),
      ];
    case "lint":
      return ["file", "lint", "-s", purpose.file, "-F", "error", purpose.ruleset];
  }
}

function oldSpelling(purpose: DeckPurpose): readonly string[] {
  switch (purpose.kind) {
    case "ping":
      return ["ping"];
    case "dump":
      return ["dump", ...inWorkspace(purpose.workspace), "-o", purpose.file];
    case "dump_all":
      return ["dump", "--all-workspaces"];
    case "diff":
      return ["diff", "--non-zero-exit-code", "-s", purpose.file];
    case "sync":
    case "apply":
      return [purpose.kind, "-s", purpose.file];
    case "validate":
      return ["validate", "-s", purpose.file];
    case "validate_online":
      return ["validate", "--online", "-s", purpose.file];
    case "reset":
      return ["reset", "-f", ...inWorkspace(purpose.workspace)];
    case "convert":
      return convertArgs(purpose, "--output-file");
    case "lint":
      return ["lint", "-s", purpose.file, purpose.ruleset];
  }
}

function convertArgs(
  { conversion, file, output }: Extract<DeckPurpose, { readonly kind: "convert" }>,
  outputFlag: string,
): readonly string[] {
  const { from, to } = conversions[conversion];
  return ["convert", "--from", from, "--to", to, "--input-file", file, outputFlag, output];
}

function inWorkspace(workspace: string | undefined): readonly string[] {
  return workspace === undefined ? [] : ["-w", workspace];
}

/** First decK that can leave `${{ env … }}` in a converted file (Kong/deck CHANGELOG 1.57.2). */
const keepsPlaceholders = "1.57.2";

const needsAdminApi =
  "decK speaks to the Admin API of running nodes with a database: it cannot work on DB-less nodes or while Kong is down";
const parallelism = "with very many entities `--parallelism 20` is faster than the default of 10";
const asksBeforeOverwriting =
  "decK asks before it overwrites a file, and nobody answers a program: name a file that does not exist";

function trapsOf(purpose: DeckPurpose, version: Version): readonly string[] {
  switch (purpose.kind) {
    case "ping":
      return [needsAdminApi];
    case "dump":
      return [
        needsAdminApi,
        "the file lacks admins, RBAC users, tokens and groups, developers, keyring, licences and event hooks, and holds passwords of basic-auth as hashes: it is the second choice after a database backup",
        asksBeforeOverwriting,
      ];
    case "dump_all":
      return [
        needsAdminApi,
        "it writes one <workspace>.yaml per workspace into the current folder, and refuses an output file or a workspace next to it, which Kong's LTS guide shows",
      ];
    case "diff":
      return [needsAdminApi, parallelism];
    case "sync":
      return [
        needsAdminApi,
        "it deletes what the file does not name",
        "it knows no --all-workspaces: one call per file, and each file names its _workspace",
        parallelism,
      ];
    case "apply":
      return [needsAdminApi, "it deletes nothing: entities that should go stay"];
    case "validate":
      return ["without the Admin API plugin configuration is not checked against the schemas of the target version"];
    case "validate_online":
      return [needsAdminApi, parallelism];
    case "reset":
      return [needsAdminApi, "it deletes everything in the workspace and asks nobody"];
    case "convert":
      return [
        ...(purpose.conversion === "2.x-3.x" || purpose.conversion === "2.8-3.4"
          ? ["it rewrites only routes that lie below a service: look at top-level routes by hand"]
          : []),
        ...(isAtLeast(version, keepsPlaceholders)
          ? []
          : ["it replaces ${{ env … }} by the values, so that secrets end up in the new file"]),
        "what it cannot convert it only prints: read its output, and look at the new file",
        asksBeforeOverwriting,
      ];
    case "lint":
      return ["it finds what the rule file names, and nothing else"];
  }
}

/** Reads `1.47.1`, `v1.28` or `decK v1.65.1 (…)` as numbers of a version. */
function parseDeckVersion(text: string): Version | undefined {
  const match = /^(?:decK\s+)?v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:\s|$)/iu.exec(text.trim());
  if (match === null) return undefined;
  const [, major, minor, patch = "0"] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), enterprisePatch: undefined };
}
