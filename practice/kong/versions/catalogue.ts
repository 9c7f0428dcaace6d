import type { KongVersion } from "./version.ts";

/** Every simulated version and where its data lies; loaded one at a time, since each command is a process of its own. */
const loaders: Readonly<Record<string, () => Promise<{ readonly kong: KongVersion }>>> = {
  "1.5.1": () => import("./1.5.1.ts"),
  "2.8.5": () => import("./2.8.5.ts"),
  "3.0.2": () => import("./3.0.2.ts"),
  "3.4.2": () => import("./3.4.2.ts"),
  "3.9.3": () => import("./3.9.3.ts"),
};

/** The versions that can be installed, oldest first. */
export const kongVersions: readonly string[] = Object.keys(loaders);

/** Loads the data of one version; throws when the version is not simulated. */
export async function loadKongVersion(version: string): Promise<KongVersion> {
  const load = loaders[version];
  if (load === undefined) {
    throw new Error(`Kong ${version} is not simulated; there are ${kongVersions.join(", ")}`);
  }
  return (await load()).kong;
}
