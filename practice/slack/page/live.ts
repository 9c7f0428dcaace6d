import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { asFields, textAt } from "./json.ts";
import { read } from "./workspace-api.ts";

const firstRetryMs = 300;
const slowestRetryMs = 8_000;

type Change = { readonly what: string; readonly channel: string };
type Listener = (change: Change) => void;

/** The workspace's announcements of one person's page: what should be fetched again. */
export class Live {
  readonly #address: string;
  readonly #listeners = new Set<Listener>();
  readonly #onConnection: (connected: boolean) => void;
  #source: EventSource | undefined;
  #retry: number | undefined;
  #retryMs = firstRetryMs;

  constructor(user: string, onConnection: (connected: boolean) => void) {
    this.#address = `/practice/stream?user=${encodeURIComponent(user)}`;
    this.#onConnection = onConnection;
  }

  /** Opens the stream; it comes back by itself, waiting twice as long after each failure. */
  open(): void {
    const source = new EventSource(this.#address);
    this.#source = source;
    source.addEventListener("open", () => {
      const wasLost = this.#retryMs > firstRetryMs;
      this.#retryMs = firstRetryMs;
      this.#onConnection(true);
      // What changed during the gap is unknown, so everything is fetched again.
      if (wasLost) this.#announce({ what: "everything", channel: "" });
    });
    source.addEventListener("message", (event: MessageEvent<unknown>) => this.#announce(readChange(event.data)));
    source.addEventListener("error", () => {
      source.close();
      this.#onConnection(false);
      this.#retry = window.setTimeout(() => this.open(), this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, slowestRetryMs);
    });
  }

  close(): void {
    this.#source?.close();
    window.clearTimeout(this.#retry);
  }

  /** Adds a listener; the answer takes it away again. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #announce(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function readChange(data: unknown): Change {
  try {
    const change = asFields(typeof data === "string" ? JSON.parse(data) : data);
    return { what: textAt(change, "what"), channel: textAt(change, "channel") };
  } catch {
    // A line that cannot be read still says that something changed.
    return { what: "everything", channel: "" };
  }
}

/** The stream of the acting person; undefined until the page has opened it. */
export const LiveContext = createContext<Live | undefined>(undefined);

/** What a fetched document is made into, and which announcements make it stale. */
type Source<T> = {
  readonly path: string | undefined;
  readonly parse: (raw: unknown) => T;
  readonly what: string;
  readonly channel?: string | undefined;
};

/** A fetched document with the path that it belongs to. */
type Fetched<T> = { readonly value: T | undefined; readonly problem: string };

/** Keeps one of the workspace's documents fresh; while a fetch runs, further announcements make one more fetch. */
export function useLive<T>(source: Source<T>): Fetched<T> {
  const live = useContext(LiveContext);
  const { path, parse, what, channel } = source;
  const [held, setHeld] = useState<Fetched<T> & { readonly path: string | undefined }>({
    path,
    value: undefined,
    problem: "",
  });
  useEffect(() => {
    if (path === undefined) return undefined;
    const ended = new AbortController();
    let running = false;
    let again = false;
    const refresh = async (): Promise<void> => {
      again = true;
      if (running) return;
      running = true;
      while (again && !ended.signal.aborted) {
        again = false;
        try {
          const value = parse(await read(path, ended.signal));
          if (!ended.signal.aborted) setHeld({ path, value, problem: "" });
        } catch (error) {
          const problem = error instanceof Error ? error.message : String(error);
          if (!ended.signal.aborted)
            setHeld((before) => ({ path, value: before.path === path ? before.value : undefined, problem }));
        }
      }
      running = false;
    };
    const forget = live?.listen((change) => {
      const concerns =
        change.what === what && (channel === undefined || change.channel === "" || change.channel === channel);
      if (concerns || change.what === "everything") void refresh();
    });
    void refresh();
    return () => {
      ended.abort();
      forget?.();
    };
  }, [live, path, parse, what, channel]);
  return held.path === path ? held : { value: undefined, problem: "" };
}
