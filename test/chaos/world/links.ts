import { linkNames } from "#test/chaos/disturbances.ts";
import type { LinkName } from "#test/chaos/disturbances.ts";
import { openLink } from "#test/support/link.ts";
import type { Link } from "#test/support/link.ts";

export type Links = Readonly<Record<LinkName, Link>>;

/** Opens every link of the world; each has to be told where its server listens. */
export async function openLinks(stack: AsyncDisposableStack): Promise<Links> {
  const entries = new Map<LinkName, Link>();
  for (const name of linkNames) entries.set(name, stack.use(await openLink()));
  const find = (name: LinkName): Link => {
    const link = entries.get(name);
    if (link === undefined) throw new Error(`no link ${name}`);
    return link;
  };
  return {
    "bot-1>postgres": find("bot-1>postgres"),
    "bot-1>redis": find("bot-1>redis"),
    "bot-2>postgres": find("bot-2>postgres"),
    "bot-2>redis": find("bot-2>redis"),
    "runner-1>postgres": find("runner-1>postgres"),
    "runner-1>redis": find("runner-1>redis"),
    "runner-2>postgres": find("runner-2>postgres"),
    "runner-2>redis": find("runner-2>redis"),
    "bots>slack": find("bots>slack"),
    "kong>postgres": find("kong>postgres"),
  };
}

/** Lets every link that ends at this server lead to its port. */
export function leadLinks(links: Links, server: "postgres" | "redis" | "slack", port: number): void {
  for (const name of linkNames) if (name.endsWith(`>${server}`)) links[name].lead(port);
}
