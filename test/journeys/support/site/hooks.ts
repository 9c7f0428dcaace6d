import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where the hooks of a site find and leave things. */
export interface SiteFolders {
  /** Below it lie `nodes/<name>`, `drafts/<name>.conf` and `bin`. */
  readonly root: string;
  /** The load balancer's settings. */
  readonly balancer: string;
}

const scripts = {
  /** Makes an empty host. */
  "make-host": `mkdir -p "$root/nodes/$1/prefix"`,
  /** Puts the configuration that somebody adapted to the new version onto a node. */
  "configure-kong": `cp "$root/drafts/$1.conf" "$root/nodes/$1/kong.conf"`,
  /** While the file is there, nobody may write configuration. */
  "freeze-config": `case $1 in on) touch "$root/frozen" ;; off) rm -f "$root/frozen" ;; *) exit 2 ;; esac`,
  "shift-traffic": `echo "$1" > "$balancer/share.new" && mv "$balancer/share.new" "$balancer/share"`,
  "drain-node": `touch "$balancer/out-$1"`,
  "admit-node": `rm -f "$balancer/out-$1"`,
  /** Destroys a host with everything on it. */
  "remove-host": `rm -rf "$root/nodes/$1"`,
  /** Removes what was kept of the old package. */
  "remove-package": `touch "$root/removed-$1"`,
} as const;
export type SiteScript = keyof typeof scripts;

/** Writes the site's own commands; each notes its call in `<root>/calls`. */
export async function writeSiteScripts({ root, balancer }: SiteFolders): Promise<void> {
  await mkdir(join(root, "bin"), { recursive: true });
  await mkdir(balancer, { recursive: true });
  await Promise.all(
    Object.entries(scripts).map(([name, line]) =>
      writeFile(
        join(root, "bin", name),
        `#!/bin/sh\nset -e\nroot='${root}'\nbalancer='${balancer}'\necho "${name} $*" >> "$root/calls"\n${line}\n`,
        { mode: 0o755 },
      ),
    ),
  );
}

/** Path of one of the site's commands. */
export function siteScript({ root }: SiteFolders, name: SiteScript): string {
  return join(root, "bin", name);
}
