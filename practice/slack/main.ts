import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type WorkspaceOptions, startWorkspace } from "./server.ts";
import { CREDENTIALS } from "./workspace.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4390" },
    data: { type: "string" },
    manifest: { type: "string", default: "manifest.yml" },
    deliver: { type: "string" },
  },
});

const options: WorkspaceOptions = {
  port: Number(values.port),
  dataDir: values.data === undefined ? undefined : resolve(values.data),
  manifestPath: resolve(values.manifest),
  appDelivery:
    values.deliver === undefined
      ? { kind: "socket" }
      : { kind: "http", url: values.deliver, signingSecret: CREDENTIALS.signing_secret },
};

const workspace = await startWorkspace(options).catch((error: unknown) => {
  const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  const reason = isTaken ? `port ${values.port} is taken; choose another one with --port` : String(error);
  process.stderr.write(`the practice workspace cannot start: ${reason}\n`);
  process.exit(1);
});

process.stdout.write(
  [
    `practice workspace: ${workspace.address}`,
    `the app connects with SLACK_API_URL=${workspace.slackApiUrl} KONG_UPGRADE_PRACTICE=1`,
    `bot token ${CREDENTIALS.bot_token}, app token ${CREDENTIALS.app_token}`,
    "",
  ].join("\n"),
);

let isStopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    void workspace.stop().then(() => process.exit(0));
  });
}
