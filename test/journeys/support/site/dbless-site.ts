import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { declarativeFile } from "./declarative-file.ts";
import { deedsOf, openTraffic, prepareGround, run } from "./ground.ts";
import type { Surroundings } from "./ground.ts";
import { makeDblessHost } from "./hosts.ts";
import { readSiteFile } from "./site-file.ts";

export interface DblessWish {
  readonly version: string;
  /** Node → its group. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly withoutHooks?: readonly string[];
  readonly rolling: { readonly batch_size: number; readonly max_unavailable: number; readonly pause: string };
}

/** Nodes without a database, and the files that they load. */
export interface DblessSite extends Surroundings {
  readonly declarative: { readonly file: string; readonly converted: string };
}

/** Starts nodes that load a file of 2.8; beside it lies the same, converted for 3.x. */
export async function openDblessSite(wish: DblessWish): Promise<DblessSite & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const ground = await prepareGround(stack);
  const { root } = ground.folders;
  const declarative = { file: join(root, "kong.yml"), converted: join(root, "kong-3.yml") };
  await writeFile(declarative.file, declarativeFile(ground.upstreamPort, { format: "2.1", regex: "" }));
  await writeFile(declarative.converted, declarativeFile(ground.upstreamPort, { format: "3.0", regex: "~" }));
  const names = Object.keys(wish.nodes);
  const { version } = wish;
  const old = await Promise.all(names.map((name) => makeDblessHost({ root, name, version, file: declarative.file })));
  await Promise.all(old.map(({ node }) => run(node.kong, ["start", "-c", node.conf])));

  const hosts = { old, fresh: [] };
  const { metricsUrl, ...traffic } = await openTraffic(stack, ground, hosts);
  const { packageManager, folders } = ground;
  const environment = await readSiteFile({
    folders,
    packageManager,
    metricsUrl,
    // The start says which file is loaded, and what is removed is the old package, not the host.
    withoutHooks: ["configure", "provision", "shift_traffic", "decommission", ...(wish.withoutHooks ?? [])],
    soak: "500ms",
    entries: {
      topology: "dbless",
      nodes: old.map(({ name, node: { kong, conf, prefix }, proxy, status }) => {
        return { name, role: "dbless", group: wish.nodes[name], kong, conf, prefix, proxy, status };
      }),
      declarative,
      rolling: wish.rolling,
    },
  });
  const closing = stack.move();
  return {
    folders,
    environment,
    declarative,
    ...traffic,
    ...deedsOf(ground, hosts),
    resolveSecret: () => Promise.reject(new Error("nodes without a database have no secrets here")),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
