// The floor: a Bolt app that acknowledges; where it is given a database, a click also appends a row and adds a job.
import { App, HTTPReceiver } from "@slack/bolt";
import { createPostgresBackend, withBackend } from "bullmq";
import { Pool } from "pg";
import { APP, CREDENTIALS, TEAM } from "#practice/slack/workspace.ts";

const [port = "", databaseUrl = ""] = process.argv.slice(2);
const receiver = new HTTPReceiver({ signingSecret: CREDENTIALS.signing_secret, endpoints: ["/slack/events"] });
const app = new App({
  receiver,
  authorize: async () => ({
    botToken: CREDENTIALS.bot_token,
    botId: APP.bot_id,
    botUserId: APP.bot_user_id,
    teamId: TEAM.id,
  }),
});
app.command("/kong-upgrade", async ({ ack }) => ack());

if (databaseUrl !== "") {
  const pool = new Pool({ connectionString: databaseUrl });
  await pool.query(
    "create table if not exists bare_event (id bigint generated always as identity, data jsonb not null)",
  );
  const { Queue } = withBackend(createPostgresBackend);
  const queue = new Queue("bare", { connection: { connectionString: databaseUrl, migrate: true } });
  await queue.waitUntilReady();
  app.action(/.*/u, async ({ ack, action }) => {
    await ack();
    const script = "value" in action ? action.value : "";
    await pool.query("insert into bare_event (data) values ($1)", [JSON.stringify({ script })]);
    await queue.add("step", { script });
  });
}
await receiver.start(Number(port));
process.stdout.write('"msg":"ready"\n');
