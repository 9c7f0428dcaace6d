import { homedir } from "node:os";

/** What every process gets besides its own variables; the runner's own environment is never handed on. */
export function minimalEnv(): Readonly<Record<string, string>> {
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: homedir(),
    LANG: "C.UTF-8",
    TZ: "UTC",
  };
}
