import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";

const storage = new AsyncLocalStorage<string | undefined>();

/**
 * An id for what one click or command causes, everywhere: in log lines of bot and runners, beside the events that it
 * causes, and in the environment of the processes that are started because of it. It has the form of a trace id (W3C Trace
 * Context, section 3.2.2.3), so that other tools can take it over.
 */
export function newTrace(): string {
  return randomBytes(16).toString("hex");
}

/** The trace that is being worked for; undefined for what nobody asked for, such as a periodic look. */
export function currentTrace(): string | undefined {
  return storage.getStore();
}

/**
 * Does work for a trace, and everything that it waits for and starts. Undefined for what lives longer than what caused it:
 * a loop that a click happens to begin goes on long after the click is answered.
 */
export function inTrace<Value>(trace: string | undefined, work: () => Value): Value {
  return storage.run(trace, work);
}
