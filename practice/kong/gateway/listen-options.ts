import type { ListenOptions } from "node:net";
import type { Listener } from "./node-settings.ts";

/** With `reuseport` a second node may take the same port, as with nginx; only Linux has it. */
export function listenOptions({ ip, port, flags }: Listener): ListenOptions {
  return { host: ip, port, reusePort: flags.includes("reuseport") && process.platform === "linux" };
}
