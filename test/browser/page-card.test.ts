import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { browserIsMissing, setStage } from "./page-stage.ts";
import type { Stage } from "./page-stage.ts";

describe.skipIf(browserIsMissing())("cards of the bot on the practice page", () => {
  let stage: Stage;
  let page: Page;

  beforeAll(async () => {
    stage = await setStage();
    page = await stage.open("U0ALICE01");
    await run("plan practice --to 3.4.2");
    await page.getByTestId("thread-summary").waitFor();
  });

  afterAll(() => stage[Symbol.asyncDispose]());

  async function run(words: string): Promise<void> {
    await page.getByTestId("composer").fill(`/kong-upgrade ${words}`);
    await page.getByTestId("composer").press("Enter");
  }

  function element(actionId: string) {
    return page.getByTestId("channel").locator(`[data-action-id=${actionId}]`);
  }

  function report(text: string) {
    return page.locator(".message.ephemeral", { hasText: text }).last();
  }

  test("a date token is shown in the viewer's own zone", async () => {
    const time = page.getByTestId("channel").locator("time[datetime='2026-11-20T23:00:00.000Z']");
    expect(await time.textContent()).toBe("Nov 21, 2026 00:00");
    const bob = await stage.open("U0BOB0001");
    const bobs = bob.locator("time[datetime='2026-11-20T23:00:00.000Z']");
    await bobs.waitFor();
    expect(await bobs.textContent()).toBe("Nov 20, 2026 18:00");
    await bob.context().close();
  });

  test("a button with a confirm dialog is sent only when the person confirms", async () => {
    await element("approve").click();
    await page.getByTestId("confirm-deny").click();
    await page.getByTestId("confirm").waitFor({ state: "detached" });
    await element("approve").click();
    await page.getByTestId("confirm").getByText("share the database").waitFor();
    await page.getByTestId("confirm-accept").click();
    await report('"action_id":"approve"').waitFor();
    expect(await page.locator(".message.ephemeral", { hasText: '"action_id":"approve"' }).count()).toBe(1);
  });

  test("a click that the app does not acknowledge leaves a warning beside the button", async () => {
    await element("silent").click();
    await page.locator(".press-problem").waitFor();
    expect(await page.locator(".press-problem").textContent()).toContain("didn't respond");
  });

  test("the overflow menu sends the chosen option", async () => {
    await element("more").click();
    await page.getByRole("menuitem", { name: "Pause" }).click();
    await report('"value":"pause"').waitFor();
    expect(await page.getByRole("menuitem").count()).toBe(0);
  });

  test("a modal asks for what is missing, shows the app's errors, and closes when the app accepts", async () => {
    await element("reject").click();
    const modal = page.getByTestId("modal");
    await modal.waitFor();
    await page.getByTestId("modal-submit").click();
    await modal.getByText("Please complete this required field.").waitFor();
    await modal.getByRole("textbox", { name: "Reason" }).fill("no");
    await page.getByTestId("modal-submit").click();
    await modal.getByText("Please say a little more.").waitFor();
    await modal.getByRole("textbox", { name: "Reason" }).fill("the backup was not proven");
    await modal.getByLabel("No", { exact: true }).check();
    await page.getByTestId("modal-submit").click();
    await modal.waitFor({ state: "detached" });
    await page.locator(".message", { hasText: "rejected: the backup was not proven" }).waitFor();
    expect(await modal.count()).toBe(0);
  });

  test("a modal belongs to one person, and Esc closes it", async () => {
    await element("reject").click();
    await page.getByTestId("modal").waitFor();
    const bob = await stage.open("U0BOB0001");
    expect(await bob.getByTestId("modal").count()).toBe(0);
    await bob.context().close();
    await page.keyboard.press("Escape");
    await page.getByTestId("modal").waitFor({ state: "detached" });
    expect(await page.getByTestId("modal").count()).toBe(0);
  });

  test("the thread shows the reply, and its file can be looked into and downloaded", async () => {
    await page.getByTestId("thread-summary").click();
    const thread = page.getByTestId("thread");
    await thread.getByText("backup proven").waitFor();
    await thread.getByRole("button", { name: "Preview" }).click();
    await thread.getByRole("cell", { name: "done" }).waitFor();
    const download = page.waitForEvent("download");
    await thread.getByRole("link", { name: /Download/ }).click();
    expect((await download).suggestedFilename()).toBe("KU-2026-0007.md");
    await page.getByTestId("close-thread").click();
  });

  test("every kind of control sends what was chosen", async () => {
    await run("gallery");
    await element("pick").selectOption("kong-2");
    await report('"value":"kong-2"').waitFor();
    await element("who").selectOption("U0BOB0001");
    await report('"selected_user":"U0BOB0001"').waitFor();
    await element("service").pressSequentially("bil");
    await page.locator("datalist option[value=BILLING]").waitFor({ state: "attached" });
    await element("service").fill("BILLING");
    await report('"value":"billing"').waitFor();
    await element("day").fill("2026-12-01");
    await report('"selected_date":"2026-12-01"').waitFor();
    await element("ticks").locator("input").first().check();
    await report('"value":"f1"').waitFor();
    expect(await page.locator(".unknown").count()).toBe(0);
  });

  test("as a screen reader, a card is its top-level text", async () => {
    await page.getByTestId("screen-reader").click();
    expect(await element("approve").count()).toBe(0);
    await page.locator(".spoken", { hasText: "step 9 of 14 waits for approval" }).waitFor();
    await page.getByTestId("screen-reader").click();
    expect(await element("approve").count()).toBe(1);
  });
});
