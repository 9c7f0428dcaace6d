import { parseArgs } from "node:util";
import type { Settings } from "#src/config/settings.ts";
import { diagnose } from "#src/doctor/doctor.ts";
import { diagnosisOf, diagnosisText } from "#src/doctor/report.ts";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import type { Printed } from "./run-word.ts";
import { wrapped } from "./terminal-text.ts";

const doctorUsage = "usage: kong-upgrade doctor [--bot] [--runner] [--environment NAME …] [--json]";

/** Looks at everything that this machine's bot or runner needs; status 1 where something failed. */
export async function doctor(
  words: readonly string[],
  settings: Settings,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<Printed> {
  const { bot, runner, environment, json } = optionsOf(words);
  const findings = await diagnose({
    settings,
    variables,
    sides: [...(bot ? (["bot"] as const) : []), ...(runner ? (["runner"] as const) : [])],
    environments: environment,
    now: Date.now,
  });
  const diagnosis = diagnosisOf(findings);
  return {
    text: json ? JSON.stringify(diagnosis) : wrapped(diagnosisText(findings)),
    status: diagnosis.failed > 0 ? 1 : 0,
  };
}

function optionsOf(words: readonly string[]): {
  readonly bot: boolean;
  readonly runner: boolean;
  readonly environment: readonly string[];
  readonly json: boolean;
} {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        bot: { type: "boolean", default: false },
        runner: { type: "boolean", default: false },
        environment: { type: "string", multiple: true, default: [] },
        json: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (cause) {
    throw new AppError("usage", `${errorMessage(cause)}; ${doctorUsage}`, { cause });
  }
}
