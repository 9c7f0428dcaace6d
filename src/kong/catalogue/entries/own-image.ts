import type { Leaf } from "#src/kong/catalogue/condition.ts";

/**
 * Nodes that do not run in one of Kong's own images, which bring OpenResty and every library along (Docker Hub: kong,
 * kong/kong, kong/kong-gateway). Of a package an operating system does not tell who built what is installed.
 */
export const isNotOfficialImage: Leaf = {
  kind: "deployment",
  path: "image",
  predicate: "not_matches",
  value: "^(?:docker\\.io/)?(?:(?:library/)?kong|kong/kong(?:-gateway)?)(?:[:@]|$)",
};
