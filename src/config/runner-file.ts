import { readFile } from "node:fs/promises";
import { z } from "zod";
import { AppError } from "#src/kernel/app-error.ts";
import { labelsSchema } from "#src/plan/runner-labels.ts";
import { environmentName, duration } from "./field-schemas.ts";
import { readYaml } from "./read-yaml.ts";

const program = z
  .string()
  .regex(
    /^(?:\/[^\0\r\n]*[^\0\r\n/]|[^\0\r\n/\s-][^\0\r\n/\s]*)$/u,
    "expected an absolute path such as /usr/local/bin/kong, or a name without slashes such as pg_dump",
  );

/**
 * What a runner's own machine allows it: a file of its own and no part of `kong-upgrade.yml`, because that one is the same
 * for the bot and all runners, comes from one place and is changed by whoever changes environments. This one belongs to
 * the machine's owner, differs from runner to runner, and can only take away.
 */
export const runnerFileSchema = z.strictObject({
  version: z.literal(1),
  id: z
    .string()
    .regex(/^[\w.-]{1,100}$/u, "expected a name of letters, digits, dots, dashes and underscores")
    .optional()
    .describe("a stable name; KONG_UPGRADE_RUNNER_ID comes first, host and environments where both are absent"),
  labels: labelsSchema.default({}).describe("what is true of this runner's place, e.g. zone: eu; --label adds to them"),
  environments: z
    .array(environmentName)
    .min(1)
    .optional()
    .describe("the only environments that it may serve, whatever --environment says"),
  transports: z
    .array(z.enum(["local", "ssh", "docker", "kubectl", "job"]))
    .min(1)
    .optional()
    .describe("how it may reach the place where a command runs; every way that the environments name where absent"),
  programs: z
    .array(program)
    .min(1)
    .max(500)
    .optional()
    .describe(
      "the only programs that it starts, exactly as they are called: absolute paths, or names that it looks up in its own PATH; those that the environments name where absent",
    ),
  drain_timeout: duration("1h", "how long a running step may take to end after SIGTERM; then it is unknown"),
});

/** What a runner's own file says; without a file nothing is taken away. */
export interface RunnerFile extends Pick<
  z.output<typeof runnerFileSchema>,
  "id" | "labels" | "environments" | "transports" | "programs"
> {
  /** The file's path, for people; absent without a file. */
  readonly file?: string;
  readonly drainMs: number;
}

/** Reads the runner's own file. @throws AppError `config_invalid` with all complaints, path and line first. */
export async function readRunnerFile(file: string | undefined): Promise<RunnerFile> {
  if (file === undefined) return toRunnerFile(runnerFileSchema.parse({ version: 1 }));
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new AppError(
      "config_invalid",
      `cannot read the runner's own configuration ${file}; write it (kong-upgrade-runner.example.yml shows every key), or unset KONG_UPGRADE_RUNNER_CONFIG`,
      { cause },
    );
  });
  const read = readYaml(text, runnerFileSchema);
  if (read.ok) return { ...toRunnerFile(read.value), file };
  const lines = read.problem.map(
    ({ path, line, message }) =>
      `  ${file}${line === undefined ? "" : `:${line}`}  ${path === "" ? "" : `${path}: `}${message}`,
  );
  throw new AppError("config_invalid", `the runner's own configuration has a mistake:\n${lines.join("\n")}`);
}

function toRunnerFile(written: z.output<typeof runnerFileSchema>): RunnerFile {
  const { id, labels, environments, transports, programs, drain_timeout: drainMs } = written;
  return { id, labels, environments, transports, programs, drainMs };
}
