import { describe, expect, test } from "vitest";
import { jobNameOf, renderForbidden, renderJob } from "#src/run/transports/job-manifest.ts";
import type { JobWish } from "#src/run/transports/job-manifest.ts";
import { readJobState } from "#src/run/transports/job-state.ts";
import type { JobState } from "#src/run/transports/job-state.ts";

const wish: JobWish = {
  via: {
    kind: "job",
    kubectl: "kubectl",
    context: "prod",
    namespace: "gateway",
    workload: "deployment/kong",
    container: "proxy",
    image: "kong:3.9.1",
  },
  name: "KU-2026-0007.migrations-up.1.1.abcdef0123",
  argv: ["kong", "migrations", "up", "$(X)"],
  env: { KONG_LOG_LEVEL: "debug", GIVEN: "a$b" },
  timeoutMs: 600_500,
  token: "one",
};

const secret = { name: "KONG_PG_PASSWORD", valueFrom: { secretKeyRef: { name: "kong", key: "password" } } };
const workload = {
  spec: {
    replicas: 3,
    template: {
      metadata: { labels: { app: "kong" } },
      spec: {
        serviceAccountName: "kong",
        imagePullSecrets: [{ name: "registry" }],
        affinity: { nodeAffinity: { a: 1 }, podAntiAffinity: { b: 2 } },
        initContainers: [{ name: "wait-for-db", command: ["sleep"] }],
        volumes: [
          { name: "certs", secret: { secretName: "certs" } },
          { name: "other", emptyDir: {} },
        ],
        containers: [
          { name: "controller", image: "kic:3" },
          {
            name: "proxy",
            image: "kong:3.4.2",
            command: ["kong", "docker-start"],
            env: [{ name: "KONG_LOG_LEVEL", value: "info" }, secret],
            envFrom: [{ configMapRef: { name: "kong" } }],
            ports: [{ containerPort: 8_000 }],
            livenessProbe: { httpGet: { path: "/status", port: 8_100 } },
            lifecycle: { preStop: {} },
            resources: { limits: { memory: "1Gi" } },
            volumeMounts: [{ name: "certs", mountPath: "/certs" }],
          },
        ],
      },
    },
  },
};

test("a Job is one pod without a second try, with the new image, and the workload's variables, volumes and account", () => {
  const labels = { "app.kubernetes.io/managed-by": "kong-upgrade", "kong-upgrade/job": jobNameOf(wish.name) };
  expect(renderJob(wish, workload)).toStrictEqual({
    ok: true,
    value: {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: {
        name: jobNameOf(wish.name),
        namespace: "gateway",
        labels,
        annotations: { "kong-upgrade/command": wish.name, "kong-upgrade/start": "one" },
      },
      spec: {
        backoffLimit: 0,
        completions: 1,
        parallelism: 1,
        ttlSecondsAfterFinished: 604_800,
        activeDeadlineSeconds: 616,
        template: {
          // Without the labels of the workload, or a Service would send it requests.
          metadata: {
            labels,
            annotations: { "sidecar.istio.io/inject": "false", "linkerd.io/inject": "disabled" },
          },
          spec: {
            imagePullSecrets: [{ name: "registry" }],
            serviceAccountName: "kong",
            affinity: { nodeAffinity: { a: 1 } },
            restartPolicy: "Never",
            terminationGracePeriodSeconds: 10,
            volumes: [{ name: "certs", secret: { secretName: "certs" } }],
            containers: [
              {
                envFrom: [{ configMapRef: { name: "kong" } }],
                resources: { limits: { memory: "1Gi" } },
                name: "kong",
                image: "kong:3.9.1",
                command: ["kong", "migrations", "up", "$$(X)"],
                env: [secret, { name: "KONG_LOG_LEVEL", value: "debug" }, { name: "GIVEN", value: "a$$b" }],
                volumeMounts: [{ name: "certs", mountPath: "/certs" }],
              },
            ],
          },
        },
      },
    },
  });
});

test("where it is not clear what a Job is made like, none is rendered", () => {
  const { container: _, ...via } = wish.via;
  expect(renderJob({ ...wish, via }, workload)).toMatchObject({ ok: false, problem: expect.stringContaining("proxy") });
  expect(renderJob(wish, { items: [] })).toMatchObject({ ok: false });
});

test("names of Jobs are labels, and differ where those of their commands do", () => {
  const names = ["KU-2026-0007.up.1.1.a", "KU-2026-0007.up.1.1.b", `KU.${"long-".repeat(40)}.1`, "..."].map(jobNameOf);
  expect(names.every((name) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u.test(name))).toBe(true);
  expect(new Set(names).size).toBe(names.length);
});

describe("what a cluster says of a Job", () => {
  const job = (conditions: readonly object[] = []): object => ({
    kind: "Job",
    metadata: { name: "j" },
    spec: {},
    status: { conditions },
  });
  const failed = (reason: string): object => ({ type: "Failed", status: "True", reason, message: "why" });
  const pod = (status: object, name = "j-x"): object => ({ kind: "Pod", metadata: { name }, status });
  const container = (state: object): object => ({ containerStatuses: [{ name: "kong", state }] });
  const ended = (exitCode: number, more: object = {}): object => container({ terminated: { exitCode, ...more } });
  const lost = (problem: unknown, isGone: boolean, name?: string): object => ({
    kind: "lost",
    problem,
    isGone,
    pod: name,
  });

  test.each<[string, readonly object[], Partial<JobState>]>([
    ["nothing", [], { kind: "none" }],
    ["a Job that never runs", [{ ...renderForbidden(wish) }], { kind: "forbidden" }],
    ["no pod yet", [job()], { kind: "waiting", why: "Kubernetes has made no pod of it yet" }],
    [
      "no node for the pod",
      [
        job(),
        pod({ conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3" }] }),
      ],
      { kind: "waiting", why: "Unschedulable: 0/3" },
    ],
    [
      "a container on its way",
      [job(), pod(container({ waiting: { reason: "ContainerCreating" } }))],
      { kind: "waiting", why: undefined },
    ],
    [
      "an image that is not there",
      [job(), pod(container({ waiting: { reason: "ErrImagePull", message: "not found" } }))],
      { kind: "waiting", why: "ErrImagePull: not found" },
    ],
    ["a running container", [job(), pod(container({ running: {} }))], { kind: "running", pod: "j-x" }],
    [
      "an exit status",
      [job([failed("BackoffLimitExceeded")]), pod(ended(5))],
      { kind: "ended", exitCode: 5, pod: "j-x" },
    ],
    [
      "an end without a pod",
      [job([{ type: "Complete", status: "True" }])],
      { kind: "ended", exitCode: 0, pod: undefined },
    ],
    [
      "no such program",
      [job(), pod(ended(128, { reason: "StartError", message: "no kong" }))],
      { kind: "unstartable", problem: "StartError: no kong" },
    ],
    ["the Job's own limit", [job([failed("DeadlineExceeded")])], { kind: "too_long", isGone: true, pod: undefined }],
    [
      "the Job's own limit, and the pod is there",
      [job([failed("DeadlineExceeded")]), pod(ended(137))],
      { kind: "too_long", isGone: true, pod: "j-x" },
    ],
    [
      "too little memory",
      [job(), pod(ended(137, { reason: "OOMKilled" }))],
      lost(expect.stringContaining("OOM"), true, "j-x"),
    ],
    [
      "an evicted pod",
      [job(), pod({ phase: "Failed", reason: "Evicted", ...ended(137) })],
      lost("its pod was ended: Evicted", true, "j-x"),
    ],
    [
      "a node that forgot it",
      [job(), pod(ended(137, { reason: "ContainerStatusUnknown" }))],
      lost(expect.stringContaining("does not know"), false, "j-x"),
    ],
    [
      "a pod that was removed",
      [job([failed("BackoffLimitExceeded")])],
      lost(expect.stringContaining("removed"), false),
    ],
    [
      "two pods",
      [job(), pod(ended(0)), pod(container({ running: {} }), "j-y")],
      lost(expect.stringContaining("j-x, j-y"), false),
    ],
  ])("%s", (_, items, state) => {
    expect(readJobState({ kind: "List", items })).toStrictEqual(state);
  });

  test("anything else is no answer", () => {
    expect(readJobState(undefined)).toBeUndefined();
    expect(readJobState({ items: [{ kind: "Secret" }] })).toBeUndefined();
  });
});
