import { createPostgresBackend, withBackend } from "bullmq";

const Backed = withBackend(createPostgresBackend).Queue;

/** The queue of an environment in the hands of somebody who may write into the bot's database. */
export class Queue implements AsyncDisposable {
  readonly #queue: InstanceType<typeof Backed>;

  private constructor(queue: InstanceType<typeof Backed>) {
    this.#queue = queue;
  }

  static async open(connectionString: string, name: string): Promise<Queue> {
    const queue = new Backed(name, { connection: { connectionString, schema: "kong_upgrade_queue", max: 2 } });
    await queue.waitUntilReady();
    return new Queue(queue);
  }

  async add(data: object): Promise<void> {
    await this.#queue.add("ring", data, { attempts: 1, removeOnComplete: true, removeOnFail: true });
  }

  async isEmpty(): Promise<boolean> {
    const counts = await this.#queue.getJobCounts("waiting", "active", "delayed", "prioritized");
    return Object.values(counts).every((count) => count === 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.close();
  }
}
