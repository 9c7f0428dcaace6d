import { expect, test } from "vitest";
import { addMs } from "#src/kernel/instant.ts";
import { openRecord } from "#src/record/record.ts";
import { openDoorbell } from "#src/run/queue/doorbell.ts";
import { createInstruments } from "#src/telemetry/instruments.ts";
import { openProbes } from "#src/telemetry/probes.ts";
import { openFigures } from "#src/telemetry/open-upgrades.ts";
import { createReadiness } from "#src/telemetry/readiness.ts";
import { refreshBot, refreshRunner } from "#src/telemetry/refresh.ts";
import type { BotSources } from "#src/telemetry/refresh.ts";
import { createDatabase } from "#test/support/database.ts";
import { Story, request } from "#test/support/given.ts";
import { alice, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";
import { ringFor } from "#test/src/run/queue-conformance.ts";
import { drifted, unseen } from "#test/src/slack/watch-stories.ts";
import { must, startStep, startUpgrade } from "#test/src/record/walk.ts";

/** Lines of the exposition about one figure. */
async function linesOf({ registry }: ReturnType<typeof createInstruments>, name: string): Promise<readonly string[]> {
  const text = await registry.metrics();
  return text.split("\n").filter((line) => line.startsWith(`kong_upgrade_${name}`));
}

test("the bot's figures tell of the record, the queue and Slack; what cannot be read is not there", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  await startUpgrade(record, "edge");
  const lost = await startUpgrade(record, "practice");
  await must(record, lost.id, startStep(lost, "r9"));
  const { stepId, attempt } = startStep(lost, "r9");
  await must(record, lost.id, { intent: "report_runner_lost", stepId, attempt, runnerId: "r9", reason: "gone" });
  const near = { id: "r1", environments: ["edge"], host: "near-kong", pid: 1, version: "1", labels: {} };
  await using _life = await record.registerRunner(near);
  const bell = await openDoorbell({ databaseUrl: database.url });
  await bell.ring("practice", lost.id, ringFor("practice", lost.id));

  const instruments = createInstruments("1.2.3");
  const environments = [
    sampleEnvironment({ name: "edge", runner: { labels: { zone: "eu" } } }),
    sampleEnvironment({ name: "practice" }),
  ];
  let sources: BotSources = {
    environments,
    unreviewed: () => record.unreviewed(),
    listOpen: () => record.list({ isOpen: true, limit: 10 }),
    runners: () => record.runners(),
    oldestRingAt: () => bell.oldestRingAt(["edge", "practice"]),
    lag: () => ({ card: { seconds: 3, events: 2 }, thread: { seconds: 0, events: 0 } }),
    now: () => Date.now() + 60_000,
  };
  await refreshBot(instruments, sources);
  expect(await linesOf(instruments, "open_upgrades")).toContain('kong_upgrade_open_upgrades{state="going_on"} 2');
  expect(await linesOf(instruments, "open_upgrades")).toContain('kong_upgrade_open_upgrades{state="paused"} 0');
  expect(await linesOf(instruments, "unknown_outcomes")).toEqual(["kong_upgrade_unknown_outcomes 1"]);
  expect(await linesOf(instruments, "runners_alive")).toEqual([
    'kong_upgrade_runners_alive{environment="edge"} 1',
    'kong_upgrade_runners_alive{environment="practice"} 0',
  ]);
  // It lives, and takes no step: it lacks the label that the environment wants.
  expect(await linesOf(instruments, "environment_served")).toEqual([
    'kong_upgrade_environment_served{environment="edge"} 0',
    'kong_upgrade_environment_served{environment="practice"} 0',
  ]);
  await using _fitting = await record.registerRunner({ ...near, id: "r2", labels: { zone: "eu" } });
  await refreshBot(instruments, sources);
  expect(await linesOf(instruments, "environment_served")).toContain(
    'kong_upgrade_environment_served{environment="edge"} 1',
  );
  expect(await linesOf(instruments, "unreviewed_upgrades")).toEqual(["kong_upgrade_unreviewed_upgrades 0"]);
  const [ring] = await linesOf(instruments, "oldest_ring_seconds");
  expect(Number(ring?.split(" ")[1])).toBeGreaterThan(59);
  expect(await linesOf(instruments, "slack_lag_seconds")).toContain('kong_upgrade_slack_lag_seconds{part="card"} 3');
  expect(await linesOf(instruments, "life_held")).toEqual([]);

  await bell.close();
  sources = { ...sources, lag: () => undefined, listOpen: () => Promise.reject(new Error("away")) };
  await refreshBot(instruments, { ...sources, oldestRingAt: () => Promise.reject(new Error("away")) });
  expect(await linesOf(instruments, "record_readable")).toEqual(["kong_upgrade_record_readable 0"]);
  for (const gone of ["unknown_outcomes", "runners_alive", "oldest_ring_seconds", "slack_lag_seconds"])
    expect([gone, ...(await linesOf(instruments, gone))]).toEqual([gone]);
  expect(await linesOf(instruments, "slack_leader")).toEqual(["kong_upgrade_slack_leader 0"]);
});

test("a runner's figures, and histograms with few labels", async () => {
  const instruments = createInstruments("1.2.3");
  await refreshRunner(instruments, { isLifeHeld: () => false, stepsRunning: () => 2, lettersWaiting: async () => 3 });
  instruments.stepEnded("commands", "failed", 1_500);
  instruments.acknowledged("action", 40);
  instruments.slackCalled("chat.update", "limited");
  instruments.alarmRaised();
  const text = await instruments.registry.metrics();
  for (const line of [
    "kong_upgrade_life_held 0",
    "kong_upgrade_steps_running 2",
    "kong_upgrade_outbox_letters 3",
    'kong_upgrade_step_seconds_bucket{le="5",kind="commands",outcome="failed"} 1',
    'kong_upgrade_acknowledgement_seconds_sum{kind="action"} 0.04',
    'kong_upgrade_slack_calls_total{method="chat.update",outcome="limited"} 1',
    "kong_upgrade_alarms_raised_total 1",
    'kong_upgrade_info{version="1.2.3"} 1',
  ])
    expect(text).toContain(line);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /mu);
});

test("checks that fail, throw or do not answer make a process not ready; they are asked once a second at most", async () => {
  let nowMs = 0;
  let asked = 0;
  const checks = new Map([
    ["database", async () => (asked += 1) > 0],
    ["slack", async () => Promise.reject(new Error("postgres://user:s3cret@host"))],
  ]);
  const readiness = createReadiness(checks, () => nowMs);
  expect(await readiness()).toEqual({ isReady: false, checks: { database: "ok", slack: "failed" } });
  await readiness();
  expect(asked).toBe(1);
  nowMs = 1_001;
  checks.delete("slack");
  expect(await readiness()).toMatchObject({ isReady: true });
});

test("a process is asked over HTTP how it is; an address that is taken keeps nothing from starting", async () => {
  const troubles: unknown[] = [];
  const onTrouble = (problem: unknown): void => {
    troubles.push(problem);
  };
  await using probes = await openProbes({ version: "1", http: { host: "127.0.0.1", port: 0 }, onTrouble });
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${probes.port ?? 0}${path}`);
    return { status: response.status, text: await response.text() };
  };
  expect(await ask("/healthz")).toEqual({ status: 200, text: "ok\n" });
  expect(await ask("/readyz")).toEqual({ status: 503, text: '{"ready":false,"checks":{"started":"failed"}}' });
  expect((await ask("/metrics")).text).toContain('kong_upgrade_ready{check="started"} 0');
  expect((await ask("/")).status).toBe(404);

  await using second = await openProbes({
    version: "1",
    http: { host: "127.0.0.1", port: probes.port ?? 0 },
    onTrouble,
  });
  expect(second.port).toBeUndefined();
  expect(troubles).toEqual([expect.objectContaining({ code: "port_taken" })]);
});

test("a start that was scheduled and did not come is a figure, and what a freeze holds waits for nobody", () => {
  const story = new Story().must(request).must({ intent: "report_survey", facts: sampleFacts() });
  const at = addMs(story.now, 60_000);
  story.must({ intent: "schedule_start", at, timeZone: "UTC", by: inSlack(alice) }).wait(3_600_000);
  const figures = () => openFigures(story.upgrade === undefined ? [] : [story.upgrade], Date.parse(story.now));
  expect(figures().missedStarts).toBe(0);
  story.must({ intent: "tick" });
  expect(figures().missedStarts).toBe(1);

  story.must({ intent: "start", by: inSlack(alice) });
  expect(figures().missedStarts).toBe(0);
  const freeze = {
    name: "year's end",
    from: story.now,
    to: addMs(story.now, 3_600_000),
    reason: "",
    mayLift: { users: [], groups: [] },
    yieldsToBrokenGlass: false,
  };
  story.must({ intent: "report_calendar", calendar: { freezes: [freeze] } });
  expect(figures().byState.get("window")).toBe(1);
  expect(figures().byState.get("person")).toBe(0);
});

test("a write during the freeze, and a look that could not be made, are figures until somebody decided", () => {
  const figuresOf = (story: Story) =>
    openFigures(story.upgrade === undefined ? [] : [story.upgrade], Date.parse(story.now));
  for (const stopped of [drifted(), unseen("migrations-up")]) {
    expect(figuresOf(stopped)).toMatchObject({ stoppedByDrift: 1, failedSteps: 0 });
    expect(figuresOf(stopped).byState.get("person")).toBe(1);
  }
  expect(figuresOf(unseen("backup-folder")).stoppedByDrift).toBe(0);
});
