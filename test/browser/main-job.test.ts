import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Browser, Locator, Page } from "playwright-core";
import { startWorld } from "#practice/world/world.ts";
import { browserIsMissing, launchBrowser } from "./page-stage.ts";

/** These end what hangs, and are no bounds of speed: a quiet machine takes a fifth of it. */
const patience = { timeout: 180_000 };

test.skipIf(browserIsMissing())(
  "an engineer and two approvers take Kong from 2.8.5 to 3.4.2 in the browser and hold the record at the end",
  { timeout: 600_000 },
  async () => {
    await using stack = new AsyncDisposableStack();
    const dataDir = await mkdtemp(join(tmpdir(), "kong-upgrade-main-job-"));
    stack.defer(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
    const world = await startWorld({
      isDurable: false,
      dataDir,
      port: 0,
      env: process.env,
      soak: { duration: "5s", sampleEvery: "500ms", baseline: "2s" },
    });
    stack.defer(() => rm(world.postgresDir, { recursive: true, force: true }));
    stack.defer(() => world.stop());
    const browser = await launchBrowser();
    stack.defer(() => browser.close());
    const complaints: string[] = [];
    const open = (user: string): Promise<Page> =>
      openPage({ browser, complaints, address: world.workspace.address, user });

    const alice = await open("U0ALICE01");
    await type(alice, "/kong-upgrade plan practice --to 3.4.2");
    const card = alice.getByTestId("channel").locator(".message", { hasText: "practice: 2.8.5 → 3.4.2" });
    await confirmed(alice, card.getByRole("button", { name: "Start", exact: false }));
    await card.getByTestId("thread-summary").click();
    await confirmManual(alice, "Writes are stopped");
    await answerQuestions(alice);
    await confirmManual(alice, "All are decided");
    await confirmManual(alice, "The files are in place");

    await card.getByText(/Waiting for approval of|Failed at/u).waitFor(patience);
    expect(await card.innerText()).toContain("Waiting for approval of");
    const curves = alice.getByTestId("thread").getByRole("img", { name: "p99, requests per second. passed:" });
    await curves.waitFor(patience);
    // One that cannot be loaded has its place and its text too.
    expect(await curves.evaluate((image) => "naturalWidth" in image && image.naturalWidth)).toBe(720);
    const carol = await open("U0CAROL01");
    const erin = await open("U0ERIN001");
    for (const approver of [carol, erin]) await approver.getByTestId("thread-summary").first().click();
    await approve([carol, erin], "kong migrations finish");
    await approve([carol, erin], "Decommission 2.8.5");

    await confirmManual(alice, "2.8.5 is removed");
    await confirmManual(alice, "Writes are allowed");
    await card.getByText("✅ Completed in").waitFor(patience);

    await alice.getByTestId("close-thread").click();
    await type(alice, "/kong-upgrade record");
    await card.getByTestId("thread-summary").click();
    const file = alice.getByTestId("thread").locator(".file", { hasText: /KU-\d+-\d+\.md/u });
    await file.getByRole("button", { name: "Preview" }).click(patience);
    expect(await file.locator(".file-preview").textContent()).toContain("State: completed");
    expect(complaints).toEqual([]);
  },
);

interface Opening {
  readonly browser: Browser;
  readonly complaints: string[];
  readonly address: string;
  readonly user: string;
}

/** The page as one person has it; complaints of the browser are noted; it reports breaches of the content policy as errors on the console. */
async function openPage({ browser, complaints, address, user }: Opening): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(`${user}: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${user}: ${message.text()}`);
  });
  await page.goto(`${address}/?as=${user}#C0PRACTCE`);
  await page.getByTestId("composer").first().waitFor();
  return page;
}

async function type(page: Page, line: string): Promise<void> {
  await page.getByTestId("composer").first().fill(line);
  await page.getByTestId("composer").first().press("Enter");
}

/** Presses a button that asks back, and confirms. */
async function confirmed(page: Page, button: Locator): Promise<void> {
  await button.click(patience);
  await page.getByTestId("confirm-accept").click();
}

async function confirmManual(page: Page, label: string): Promise<void> {
  await confirmed(
    page,
    page.getByTestId("thread").locator("button[data-action-id=ku_confirm_manual]", { hasText: label }),
  );
}

/** Answers every question of the plan with no, once the step that waits for them has its turn. */
async function answerQuestions(page: Page): Promise<void> {
  const thread = page.getByTestId("thread");
  await thread.locator("button[data-action-id=ku_confirm_manual]", { hasText: "All are decided" }).waitFor(patience);
  const open = thread.locator("button[data-action-id=ku_answer]", { hasText: "Answer…" });
  for (let left = await open.count(); left > 0; left -= 1) {
    await open.first().click();
    await page.getByTestId("modal").locator("input[value=no]").check();
    await page.getByTestId("modal-submit").click();
    await expect.poll(() => open.count(), patience).toBe(left - 1);
  }
}

async function approve(approvers: readonly Page[], step: string): Promise<void> {
  for (const page of approvers) {
    const request = page.getByTestId("thread").locator(".message", { hasText: `Approval needed: ${step}` });
    await confirmed(page, request.locator("button[data-action-id=ku_approve]"));
    await page
      .getByTestId("thread")
      .locator(".message", { hasText: step })
      .getByText(/Approved by/u)
      .first()
      .waitFor();
  }
}
