import { createInstruments } from "./instruments.ts";
import type { Instruments } from "./instruments.ts";
import { createReadiness } from "./readiness.ts";
import type { Check } from "./readiness.ts";
import type { Listening, listenForProbes } from "./server.ts";

/** How a process is seen from outside: whether it lives, whether it is ready, and its figures. */
export interface Probes extends AsyncDisposable {
  readonly instruments: Instruments;
  /** Where it listens; undefined for nowhere. */
  readonly port: number | undefined;
  /** One part of the process, of which it may have several, such as bot and runner on one machine. */
  add(part: { readonly checks: Readonly<Record<string, Check>>; readonly refresh: () => Promise<void> }): void;
  /** Everything is open: from now on the checks decide whether this process is ready. */
  opened(): void;
}

export interface ProbeOptions {
  readonly version: string;
  /** Undefined where nobody asks. */
  readonly http: Listening | undefined;
  /** Told where an address cannot be listened on: a process without figures is better than none. */
  readonly onTrouble: (problem: unknown) => void;
}

/** Listens at once, so that a process that waits for its database is seen to live, and not to be ready. */
export async function openProbes({ version, http, onTrouble }: ProbeOptions): Promise<Probes> {
  const instruments = createInstruments(version);
  const checks = new Map<string, Check>();
  const refreshes: (() => Promise<void>)[] = [];
  let isOpen = false;
  checks.set("started", async () => isOpen);
  const parts = {
    instruments,
    readiness: createReadiness(checks, () => performance.now()),
    refresh: async () => {
      await Promise.all(refreshes.map((refresh) => refresh()));
    },
  };
  const server =
    http === undefined
      ? undefined
      : await listen(http, parts).catch((problem: unknown) => {
          onTrouble(problem);
          return undefined;
        });
  return {
    instruments,
    port: server?.port,
    add: ({ checks: more, refresh }) => {
      for (const [name, check] of Object.entries(more)) checks.set(name, check);
      refreshes.push(refresh);
    },
    opened: () => {
      isOpen = true;
    },
    [Symbol.asyncDispose]: async () => {
      await server?.[Symbol.asyncDispose]();
    },
  };
}

/** Loaded only where somebody asks: it takes memory in a process that starts others. */
async function listen(...args: Parameters<typeof listenForProbes>): ReturnType<typeof listenForProbes> {
  const { listenForProbes: start } = await import("./server.ts");
  return start(...args);
}
