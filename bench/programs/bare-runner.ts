// The floor: a worker of BullMQ that starts what a job says and waits for its end.
import { createPostgresBackend, Worker, withBackend } from "bullmq";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";

const jobSchema = z.object({ script: z.string() });
const [databaseUrl = "", redisUrl = ""] = process.argv.slice(2);
const work = async (job: { readonly data: unknown }): Promise<void> => {
  const { script } = jobSchema.parse(job.data);
  await once(spawn("/bin/sh", ["-c", script], { stdio: "ignore" }), "exit");
};
const worker =
  redisUrl === ""
    ? new (withBackend(createPostgresBackend).Worker)("bare", work, {
        connection: { connectionString: databaseUrl, migrate: true },
      })
    : new Worker("bare", work, { connection: { url: redisUrl } });
await worker.waitUntilReady();
process.stdout.write('"msg":"ready"\n');
