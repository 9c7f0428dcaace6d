import type { Environment } from "#src/plan/environment.ts";
import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import { toldSchema } from "./told-figures.ts";
import type { Told } from "./told-figures.ts";

type Command = Extract<NonNullable<Environment["metrics"]>, { readonly from: "command" }>;

/** Runs the site's own command, which prints one JSON object. @throws Error that says what it did instead */
export async function askCommand({ argv, timeoutMs }: Command, ports: DiscoveryPorts): Promise<Told> {
  const [program = ""] = argv;
  const { exitCode, stdout, timedOut } = await ports.runCommand({ argv, env: {}, timeoutMs });
  if (timedOut) throw new Error(`${program} did not end within ${timeoutMs} ms`);
  if (exitCode !== 0) throw new Error(`${program} ended with status ${exitCode ?? "of a signal"}`);
  const parsed = toldSchema.safeParse(parseJson(stdout));
  if (parsed.success) return parsed.data;
  throw new Error(
    `${program} did not print a JSON object with request_rate, error_rate, p50_ms, p95_ms and p99_ms (numbers, or null for what it cannot tell)`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what was expected.
    return undefined;
  }
}
