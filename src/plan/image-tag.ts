import type { Finding } from "#src/kong/finding.ts";
import { isAtLeast, parseVersion } from "#src/kong/version.ts";
import { clusterOf, allReleases } from "./cluster.ts";
import type { HelmRelease } from "./kubernetes.ts";
import type { PlanContext } from "./plan-context.ts";

/** The tag that a release's image gets, and what is not kept of the tag that runs. */
export interface TargetTag {
  readonly tag: string;
  /** `not_built`: there are no such images of the target. `unknown`: nobody knows whether there are. */
  readonly lost?: { readonly suffix: string; readonly why: "not_built" | "unknown" };
}

interface Running {
  readonly tag: string;
  readonly prefix: string;
  readonly version: string;
  /** What follows the version, e.g. `ubuntu`; empty where nothing does. */
  readonly suffix: string;
}

/** The whole tag that a release runs, where the survey saw it; what is known of it otherwise. */
export function runningTag(context: PlanContext, release: HelmRelease): string {
  const running = runningOf(context, release);
  // After the first of several upgrades the tag is the one that this one gave.
  return running?.version === context.from ? running.tag : tagOf(running, context.from).tag;
}

/** The tag of the target, of the same flavour where its images have one. */
export function targetTag(context: PlanContext, release: HelmRelease): TargetTag {
  return tagOf(runningOf(context, release), context.to);
}

function tagOf(running: Running | undefined, version: string): TargetTag {
  if (running === undefined) return { tag: version };
  const { prefix, suffix } = running;
  const bare = prefix + version;
  if (suffix === "") return { tag: bare };
  const fate = fateOf(suffix, version);
  return fate === "kept" ? { tag: `${bare}-${suffix}` } : { tag: bare, lost: { suffix, why: fate } };
}

/** Systems of which Kong's images have a tag in every line, OSS and Enterprise (Docker Hub, kong and kong/kong-gateway). */
const kept = new Set(["ubuntu", "debian", "rhel"]);

/**
 * Alpine images end with 3.3 (Kong/kong@3.4.0 CHANGELOG.md; Enterprise support tables of 3.3 and 3.4), those on CentOS with
 * 2.8 (Enterprise support table of 2.8; OSS has none from 2.8 on).
 */
const lastLines: Readonly<Record<string, string>> = { alpine: "3.4", centos: "3.0" };

function fateOf(suffix: string, to: string): "kept" | "not_built" | "unknown" {
  if (kept.has(suffix)) return "kept";
  const firstWithout = Object.hasOwn(lastLines, suffix) ? lastLines[suffix] : undefined;
  const target = parseVersion(to);
  if (firstWithout === undefined || target === undefined) return "unknown";
  return isAtLeast(target, firstWithout) ? "not_built" : "kept";
}

/** Undefined where the survey saw no image, or one whose tag names no whole version. */
function runningOf({ facts }: PlanContext, { name }: HelmRelease): Running | undefined {
  const image = facts.installation?.hosts?.value.find(({ node }) => node === name)?.image;
  const tag = image === undefined ? undefined : /:([\w][\w.-]{0,127})(?:@\S+)?$/u.exec(image)?.[1];
  const [, prefix, version, suffix = ""] = /^(v?)(\d+(?:\.\d+){2,3})(?:-([\w.-]+))?$/u.exec(tag ?? "") ?? [];
  if (tag === undefined || prefix === undefined || version === undefined) return undefined;
  return { tag, prefix, version, suffix };
}

/** A finding for every release whose flavour is not carried over: another system in its pods, or a tag that may not exist. */
export function imageFindings(context: PlanContext): readonly Finding[] {
  if (context.environment.kubernetes === undefined) return [];
  return allReleases(clusterOf(context)).flatMap((release): readonly Finding[] => {
    const { tag, lost } = targetTag(context, release);
    if (lost === undefined) return [];
    const running = runningTag(context, release);
    const isGone = lost.why === "not_built";
    return [
      {
        id: `image-flavour-${release.name}`,
        kind: "finding",
        severity: isGone ? "changes_behaviour" : "stops_start",
        area: "os/package",
        title: isGone
          ? `${release.name}: ${context.to} has no ${lost.suffix} images`
          : `${release.name}: the plan does not carry -${lost.suffix} of its image tag over`,
        effect: isGone
          ? `The plan sets image.tag to ${tag}, whose images are built on another system than ${running}: scripts and own files in the pods may miss what they call.`
          : `The plan sets image.tag to ${tag}; the pods run ${running}. Where the repository has no such tag, the new pods do not start, and the upgrade stops there.`,
        evidence: [
          {
            text: `Helm release ${release.name}: image.tag = ${running}`,
            what: "Helm release",
            name: release.name,
            field: "image.tag",
            value: running,
          },
        ],
        count: 1,
        remedy: isGone
          ? `Try the image with the tag ${tag} on a test system first.`
          : `Build or mirror the image of ${context.to} under the tag ${tag} before the upgrade.`,
        source: isGone ? "Kong/kong@3.4.0 CHANGELOG.md; Kong Enterprise support tables" : "own rule",
      },
    ];
  });
}
