import { readFile } from "node:fs/promises";
import type { Configuration } from "#src/config/read-file.ts";
import { readConfigFile } from "#src/config/read-file.ts";
import { failed, ok } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** The configuration where it is whole, and every complaint where it is not. */
export async function checkConfiguration(
  file: string,
): Promise<{ readonly findings: readonly Finding[]; readonly configuration: Configuration | undefined }> {
  const about = { area: "configuration", subject: file } as const;
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) {
    const fix = "write one (kong-upgrade.example.yml shows every key), or set KONG_UPGRADE_CONFIG to its path";
    return { findings: [failed(about, "cannot be read", fix)], configuration: undefined };
  }
  const read = readConfigFile(text);
  if (read.ok) {
    const names = read.value.environments.map(({ name }) => name);
    return { findings: [ok(about, `whole; environments: ${names.join(", ")}`)], configuration: read.value };
  }
  return {
    findings: read.problem.map(({ path, line, message }) =>
      failed(
        { area: "configuration", subject: line === undefined ? file : `${file}:${line}` },
        path === "" ? message : `${path}: ${message}`,
        "correct the file; bot and runners do not start with it",
      ),
    ),
    configuration: undefined,
  };
}
