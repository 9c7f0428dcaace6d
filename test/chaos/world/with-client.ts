import { Client } from "pg";

/** Asks a database past everything that is disturbed. @throws Error while the server is away */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 20_000 });
  // A server that is killed in the middle ends the query as well, and that is what tells.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
