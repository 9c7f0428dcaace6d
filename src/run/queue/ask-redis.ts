import { Redis } from "ioredis";

const timeoutMs = 5_000;

/**
 * Connects once, asks, and hangs up: the connections of BullMQ try for ever and tell little.
 * @throws Error with what the server, or the way to it, said
 */
export async function askRedis<Answer>(redisUrl: string, ask: (connection: Redis) => Promise<Answer>): Promise<Answer> {
  const connection = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    retryStrategy: () => null,
  });
  let problem: Error | undefined;
  connection.on("error", (error) => {
    problem = error;
  });
  try {
    await connection.connect();
    return await ask(connection);
  } catch (error) {
    throw problem ?? error;
  } finally {
    connection.disconnect();
  }
}
