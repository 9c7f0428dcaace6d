// The practice workspace in a process of its own, so that what it does for the bots keeps nobody waiting that measures.
import { fileURLToPath } from "node:url";
import { startWorkspace } from "#practice/slack/server.ts";

await startWorkspace({
  port: Number(process.argv[2]),
  manifestPath: fileURLToPath(new URL("../../manifest.yml", import.meta.url)),
  appDelivery: { kind: "socket" },
});
process.stdout.write('"msg":"ready"\n');
