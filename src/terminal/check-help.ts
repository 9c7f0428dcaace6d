import { inputs } from "#src/kong/inventory.ts";
import { strategies } from "#src/plan/strategies/registry.ts";
import { failLevels } from "#src/report/check-report.ts";
import { formats } from "./check-options.ts";

/** Everything that can be written after `check` or `plan` at a terminal. */
export function helpFor(word: "check" | "plan"): string {
  const names = strategies.map(({ name }) => name).join(", ");
  const levels = failLevels.map((level) => level.replaceAll("_", "-")).join(", ");
  return [
    `usage: kong-upgrade ${word} [ENVIRONMENT] --to VERSION …`,
    "",
    word === "check"
      ? "Says what an upgrade would meet in this installation: path, findings with their remedies, strategy, steps."
      : "Shows the checklist that `start` would execute, with its digest, one per upgrade on the way. Nothing is started.",
    "It changes nothing, and needs neither Slack nor a database.",
    "",
    "what to look at, any of these together (write an option again for each further file):",
    "  ENVIRONMENT             an environment of kong-upgrade.yml: its nodes, database and files are read",
    "  --admin URL             an Admin API; --token-env NAME, --token-header NAME, --ca, --cert, --key FILE, --workspace NAME",
    "  --file PATH             declarative files or folders (decK, kong.yml; YAML or JSON)",
    "  --conf FILE             kong.conf; --env FILE with KONG_* variables over it",
    "  --template FILE         custom nginx template",
    "  --plugins FOLDER        sources of custom plugins: Lua is judged, Go, JavaScript and Python are named",
    "  --scripts PATH          scripts and pipelines that call the Admin API",
    "  --dashboards PATH       dashboards and alert rules",
    "  --helm-values FILES     values of a Helm release: [RELEASE=]FILE[,FILE…], later files win as with `helm -f`;",
    "                          again for each further release, or with the same RELEASE= for further files of it",
    "  --manifests PATH        rendered Kubernetes manifests",
    "  --facts FILE            what an earlier look saved with --save-facts FILE",
    "",
    "the upgrade:",
    "  --to VERSION            exact, e.g. 3.4.2 or 3.4.3.5",
    "  --from VERSION          where nothing that is read tells it; without anything to read, the path alone is judged",
    "  --chart-version VERSION of the Helm chart kong/kong that the upgrade goes to, e.g. 2.38.0",
    "  --chart-from VERSION    of the chart that runs, where no Chart.yaml or comment (# kong-2.26.0) tells it",
    "  --edition oss|enterprise",
    `  --strategy NAME         ${names}; the recommended one where absent`,
    "  --order test-first|documented",
    "",
    ...(word === "check"
      ? [
          "the answer:",
          `  --format ${formats.join("|")}`,
          `  --fail-on LEVEL         ${levels}; default deprecation`,
          "  --strict                inputs that were not given and open questions count as undecided",
          "  --fix-preview           the declarative files with mechanical remedies, as a diff; nothing is written",
          "",
          "  --save-facts FILE       what was read and judged, for --facts",
          "",
          "exit status: 0 nothing at or above --fail-on, 1 findings at or above it, 2 could not decide, or nothing to look at (or usage);",
          "with --fix-preview 0 in any case",
        ]
      : [
          "the answer:",
          "  --format text|json",
          "  --diff FILE.json        what changed since a plan that was printed with --format json",
          "  --dry-run               the same: a terminal never starts anything",
          "",
          "exit status: 0 planned, 1 there is no plan, 2 something given could not be read (or usage)",
        ]),
    "",
    `hazards are judged from: ${Object.values(inputs).join("; ")}.`,
  ].join("\n");
}
