import type { Deployment, Host } from "#src/kong/inventory.ts";
import { isAtLeast } from "#src/kong/version.ts";

/** What the name of a container image tells. */
export interface ImageFacts {
  readonly host: Host;
  /** As the tag has it: two to four numbers. */
  readonly version: string | undefined;
  readonly edition: Deployment["edition"];
}

/** `[registry/]path/name[:tag][@digest]` of an image of Kong Gateway; undefined for any other image. */
export function kongImage(image: string): ImageFacts | undefined {
  const match =
    /^(?:[^@\s]*\/)?(kong|kong-gateway(?:-dev)?|kong-enterprise(?:-edition)?|kong-ee)(?::([\w.-]+))?(?:@\S+)?$/u.exec(
      image.trim(),
    );
  const [, name, tag] = match ?? [];
  return name === undefined ? undefined : imageFacts(image.trim(), name, tag);
}

/** The same for an image that is known to be Kong's whatever its name, e.g. one with custom plugins built in. */
export function imageOfKong(image: string): ImageFacts {
  return kongImage(image) ?? imageFacts(image.trim(), "", /:([\w.-]+)(?:@\S+)?$/u.exec(image.trim())?.[1]);
}

function imageFacts(image: string, name: string, tag: string | undefined): ImageFacts {
  const version = tag === undefined ? undefined : /^v?(\d{1,2}(?:\.\d{1,4}){1,3})(?![\d.])/u.exec(tag)?.[1];
  const isOfficial = name !== "";
  const os = tag === undefined ? undefined : osOfTag(tag, isOfficial ? version : undefined);
  return {
    host: { image, package: "image", ...(os === undefined ? {} : { os }) },
    version,
    edition: editionOf(name, version),
  };
}

/**
 * Tags of Kong's images end with the system they are built on; those without one were Alpine before 3.4 and are Ubuntu
 * from 3.4 on (Kong/kong 3.4.0 CHANGELOG.md; Docker Hub, kong and kong/kong-gateway).
 */
function osOfTag(tag: string, version: string | undefined): string | undefined {
  const named = /-(alpine|ubuntu|debian|rhel|centos|amazonlinux)-?(\d+(?:\.\d+)?)?(?:-|$)/u.exec(tag);
  if (named !== null) return `${named[1] ?? ""}${named[2] ?? ""}`;
  if (version === undefined) return undefined;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return isAtLeast({ major, minor, patch: 0, enterprisePatch: undefined }, "3.4") ? "ubuntu" : "alpine";
}

function editionOf(name: string, version: string | undefined): Deployment["edition"] {
  if (/^kong-(?:gateway|enterprise|ee)/u.test(name)) return "enterprise";
  // Only Enterprise has a fourth number.
  if (version?.split(".").length === 4) return "enterprise";
  return name === "kong" ? "oss" : undefined;
}
