import { z } from "zod";
import type { Environment } from "#src/plan/environment.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import { databaseLogin } from "./kong-database.ts";
import { limits } from "./limits.ts";
import { measureWithoutDatabase } from "./measure-without-database.ts";
import type { DiscoveryPorts } from "./ports.ts";
import { fingerprintTables } from "./table-measures.ts";

const metricsSchema = z.object({
  requests: z.number().nonnegative(),
  errors: z.number().nonnegative(),
  error_rate: z.number().min(0).max(1),
});

/**
 * Counts and fingerprint of the configuration, and the error rate where `soak.metricsUrl` is given.
 * @throws Error when what there is cannot be read: a baseline with holes proves nothing later.
 */
export async function measure(environment: Environment, ports: DiscoveryPorts): Promise<Measurements> {
  const figures = await measureConfiguration(environment, ports);
  const { metricsUrl } = environment.soak;
  return {
    ...figures,
    ...(metricsUrl === undefined ? {} : { errorRate: await readErrorRate(metricsUrl, ports) }),
  };
}

/** Counts and fingerprint, by the database where there is one. @throws Error as `measure` does */
export async function measureConfiguration(
  environment: Environment,
  ports: DiscoveryPorts,
): Promise<Pick<Measurements, "counts" | "fingerprint">> {
  const { database } = environment;
  if (database === undefined) return measureWithoutDatabase(environment, ports);
  const login = await databaseLogin(environment, { name: database.name, as: "kong" }, ports);
  const { counts, fingerprint } = await fingerprintTables(login, ports);
  return { counts, fingerprint };
}

/** The proxies' share of failed requests (0–1) by the metrics address of the environment. */
export async function readErrorRate(
  metricsUrl: string,
  ports: DiscoveryPorts,
): Promise<NonNullable<Measurements["errorRate"]>> {
  const answer = await ports.fetchJson({ url: metricsUrl, timeoutMs: limits.httpTimeoutMs });
  const metrics = metricsSchema.safeParse(answer.body);
  if (answer.status !== 200 || !metrics.success) {
    throw new Error(
      `GET ${metricsUrl} answered HTTP ${answer.status} without {requests, errors, error_rate}; check soak.metrics_url`,
    );
  }
  const { requests, errors, error_rate: rate } = metrics.data;
  return { requests, errors, rate };
}
