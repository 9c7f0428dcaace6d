import type { ExitCode, Invocation } from "./invocation.ts";

type Command = (invocation: Invocation) => Promise<ExitCode>;

/** Commands and where they live; each is loaded only when asked for, since every call is a process of its own. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import("./commands/inspection.ts")).check,
  config: async () => (await import("./commands/declarative-config.ts")).config,
  drain: async () => (await import("./commands/drain.ts")).drain,
  health: async () => (await import("./commands/lifecycle.ts")).health,
  migrations: async () => (await import("./commands/migrations.ts")).migrations,
  prepare: async () => (await import("./commands/inspection.ts")).prepare,
  quit: async () => (await import("./commands/lifecycle.ts")).quit,
  reload: async () => (await import("./commands/lifecycle.ts")).reload,
  restart: async () => (await import("./commands/lifecycle.ts")).restart,
  start: async () => (await import("./commands/start.ts")).start,
  stop: async () => (await import("./commands/lifecycle.ts")).stop,
  version: async () => (await import("./commands/inspection.ts")).printVersion,
};

/** Runs one parsed command. @throws KongFailure for what Kong reports as `Error: …`. */
export async function runCommand(invocation: Invocation): Promise<ExitCode> {
  const load = commands[invocation.line.command];
  if (load === undefined) throw new Error(`kong ${invocation.line.command} is not simulated`);
  return (await load())(invocation);
}
