import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { browserIsMissing, setStage } from "./page-stage.ts";
import type { Stage } from "./page-stage.ts";

describe.skipIf(browserIsMissing())("the composer of the practice page", () => {
  let stage: Stage;
  let page: Page;

  beforeAll(async () => {
    stage = await setStage();
    page = await stage.open("U0ALICE01");
  });

  afterAll(() => stage[Symbol.asyncDispose]());

  async function send(line: string): Promise<void> {
    await page.getByTestId("composer").fill(line);
    await page.getByTestId("composer").press("Enter");
  }

  test("an empty channel says what to type first and puts it in", async () => {
    await page.goto(`${stage.address}/?as=U0ALICE01#C0LEGACY1`);
    await page.getByTestId("take-offer").click();
    await expect.poll(() => page.getByTestId("composer").inputValue()).toBe("/kong-upgrade plan legacy --to 3.4.2");
    await page.goto(`${stage.address}/?as=U0ALICE01#C0PRACTCE`);
    // Only then is it the composer of the other channel.
    await expect.poll(() => page.getByTestId("composer").inputValue()).toBe("");
  });

  test("a typed slash completes to the command and then to its words", async () => {
    const composer = page.getByTestId("composer");
    await composer.pressSequentially("/ko");
    await composer.press("Enter");
    expect(await composer.inputValue()).toBe("/kong-upgrade ");
    await composer.pressSequentially("p");
    await composer.press("ArrowDown");
    await composer.press("Tab");
    expect(await composer.inputValue()).toBe("/kong-upgrade pause ");
    await composer.fill("");
  });

  test("the answer to a command is shown to its sender alone and is gone after a reload", async () => {
    await send("/kong-upgrade bogus");
    const answer = page.locator(".message.ephemeral", { hasText: "There is no word bogus" });
    await answer.waitFor();
    expect(await answer.textContent()).toContain("Only visible to you");
    await page.reload();
    await page.getByTestId("composer").waitFor();
    expect(await answer.count()).toBe(0);
  });

  test("a command that the app does not acknowledge in time shows Slack's words", async () => {
    await send("/kong-upgrade slow");
    await page.getByTestId("composer-notice").waitFor();
    expect(await page.getByTestId("composer-notice").textContent()).toContain(
      "/kong-upgrade failed because the app did not respond.",
    );
  });

  test("arrow-up brings back what was sent", async () => {
    await send("first line");
    await send("second line");
    const composer = page.getByTestId("composer");
    await composer.press("ArrowUp");
    expect(await composer.inputValue()).toBe("second line");
    await composer.press("ArrowUp");
    expect(await composer.inputValue()).toBe("first line");
    await composer.fill("");
  });

  test("typed markup is text, typed names are mentions that notify and are counted", async () => {
    const carol = page.locator("[data-user=U0CAROL01]");
    const waiting = async (): Promise<number> => Number((await carol.locator(".count").allTextContents())[0] ?? "0");
    const before = await waiting();
    await send("hey @carol: <script>alert(1)</script> <!channel> *bold*");
    const message = page.locator(".message", { hasText: "hey @carol" });
    await message.waitFor();
    expect(await message.locator(".content .text").innerText()).toBe(
      "hey @carol: <script>alert(1)</script> <!channel> bold",
    );
    expect(await message.locator("[data-mention=U0CAROL01]").count()).toBe(1);
    expect(await message.locator(".mention-all").count()).toBe(0);
    await expect.poll(waiting).toBe(before + 1);
  });

  test("what the bot posts with a channel mention is marked as notifying everybody", async () => {
    await send("/kong-upgrade say beware @here");
    const message = page.locator(".message", { hasText: "beware" });
    await message.waitFor();
    expect(await message.locator(".mention-all").textContent()).toBe("@here");
  });

  test("a reply goes into the thread, and a command in a thread is refused as Slack refuses it", async () => {
    await send("a question");
    const parent = page.locator("[data-testid=channel] .message", { hasText: "a question" });
    await parent.hover();
    await parent.getByTestId("reply").click();
    await page.getByTestId("thread-composer").fill("an answer");
    await page.getByTestId("thread-composer").press("Enter");
    await page.getByTestId("thread").locator(".message", { hasText: "an answer" }).waitFor();
    expect(await parent.getByTestId("thread-summary").textContent()).toContain("1 reply");
    await page.getByTestId("thread-composer").fill("/kong-upgrade status");
    await page.getByTestId("thread-send").click();
    expect(await page.getByTestId("thread").getByTestId("composer-notice").textContent()).toContain(
      "not supported in threads",
    );
    await page.getByTestId("thread-composer").press("Escape");
    await page.getByTestId("thread").waitFor({ state: "detached" });
  });

  test("somebody who reads further up stays there and is told of new messages", async () => {
    for (let n = 0; n < 25; n += 1) {
      const body = { user: "U0BOB0001", channel: "C0PRACTCE", text: `line ${n}` };
      const headers = { "content-type": "application/json" };
      await fetch(`${stage.address}/practice/messages`, { method: "POST", headers, body: JSON.stringify(body) });
    }
    await page.locator(".message", { hasText: "line 24" }).waitFor();
    const list = page.getByRole("log");
    await list.press("Home");
    // The browser scrolls smoothly, so the end of the movement is waited for.
    await expect.poll(async () => (await page.locator(".day").first().boundingBox())?.y ?? -1).toBeGreaterThan(0);
    const body = JSON.stringify({ user: "U0BOB0001", channel: "C0PRACTCE", text: "news" });
    await fetch(`${stage.address}/practice/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const pill = page.locator(".new-messages");
    await pill.waitFor();
    expect(await pill.textContent()).toContain("1 new");
    await pill.click();
    await pill.waitFor({ state: "detached" });
  });
});
