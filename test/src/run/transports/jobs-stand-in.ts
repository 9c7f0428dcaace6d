import { chmod, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Transport } from "#src/plan/transport.ts";

const standIn = fileURLToPath(new URL("../fixtures/jobs-stand-in.ts", import.meta.url));

const template = {
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: "proxy",
            image: "kong:3.4.2",
            env: [
              { name: "KONG_DATABASE", value: "postgres" },
              { name: "KONG_PG_PASSWORD", valueFrom: { secretKeyRef: { name: "kong", key: "password" } } },
            ],
          },
        ],
      },
    },
  },
};

/** The way to Jobs of a program that stands in for kubectl, since no cluster is on a test machine; `writeStandIn` makes it. */
export function standInVia(folder: string): Extract<Transport, { readonly kind: "job" }> {
  return {
    kind: "job",
    kubectl: `${folder}/kubectl`,
    context: "prod",
    namespace: "gateway",
    workload: "deployment/kong",
    image: "kong:3.9.1",
  };
}

export async function writeStandIn(folder: string): Promise<void> {
  const script = `#!/bin/sh\nSTAND_IN='${folder}' exec '${process.execPath}' '${standIn}' "$@"\n`;
  await writeFile(`${folder}/kubectl`, script);
  await chmod(`${folder}/kubectl`, 0o755);
  await writeFile(`${folder}/deployment.json`, JSON.stringify(template));
}
