import type { Severity } from "#src/kong/finding.ts";
import type { Condition } from "./condition.ts";

export const areas = [
  "router",
  "plugin",
  "custom-plugin",
  "pdk",
  "kong.conf",
  "nginx-template",
  "declarative",
  "admin-api",
  "database",
  "hybrid",
  "k8s",
  "metrics",
  "os/package",
  "edition",
  "general",
] as const;
export type Area = (typeof areas)[number];

/**
 * Where an entry matters at all; every limit that is there must hold. A limit whose fact is not known does not exclude, but
 * for the chart: there the entry is not checked.
 */
export interface Applies {
  readonly topology?: readonly ("traditional" | "hybrid" | "dbless")[];
  readonly strategy?: readonly string[];
  readonly database?: readonly ("postgres" | "cassandra" | "off")[];
  /** kong.conf keys with the values that count; `unset` where nobody set it. */
  readonly conf?: Readonly<Record<string, readonly string[]>>;
  /** The Helm chart's version goes from below `fromBelow` to at least `toAtLeast`. */
  readonly chart?: { readonly fromBelow: string; readonly toAtLeast: string };
}

/** A remedy that a program can apply to a declarative file; see src/fixes. */
export type Fix =
  /** Paths of routes as Kong's migration from 2.8 to 3.0 writes them, or only plain ones in normal form. */
  | { readonly kind: "migrate_path" | "normalise_path" }
  | { readonly kind: "rename_field"; readonly plugin: string; readonly from: string; readonly to: string }
  | { readonly kind: "remove_field"; readonly plugin: string; readonly field: string }
  | { readonly kind: "rename_plugin"; readonly from: string; readonly to: string }
  | { readonly kind: "format_version"; readonly to: string }
  /** A list that became one text, or the other way round: its values joined with a comma and a blank, or a list of one. */
  | { readonly kind: "join_list" | "list_of_one"; readonly plugin: string; readonly field: string };

/**
 * One upgrade-relevant change between two Kong versions. It concerns a hop when it is in effect at the target and not
 * at the start, and was not repaired by then; it is a finding when its condition holds for the installation.
 */
export interface Hazard {
  readonly id: string;
  readonly title: string;
  /** `X.Y`, an exact patch, or `any` for what is not tied to a version. Four parts are Enterprise patches. */
  readonly since: string;
  /** Patches of older lines that contain it already. */
  readonly also?: readonly string[];
  /** Versions from which it no longer applies, per line; past the newest named line it is repaired too. */
  readonly fixedIn?: readonly string[];
  /** The same for OSS where it differs. */
  readonly fixedInOss?: readonly string[];
  readonly edition: "oss" | "enterprise" | "both";
  readonly area: Area;
  readonly severity: Severity;
  readonly applies?: Applies;
  readonly when: Condition;
  /** What it does to the installation it hits, in a sentence or two. */
  readonly effect: string;
  /** What Kong's migration changes by itself; absent for nothing. */
  readonly byMigration?: string;
  readonly remedy: string;
  /** What is uncertain, or where sources disagree. */
  readonly note?: string;
  readonly fixes?: readonly Fix[];
  /** Documents, changelogs, source files or issues with their version. */
  readonly sources: readonly string[];
}
