import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { browserIsMissing, setStage } from "./page-stage.ts";
import type { Stage } from "./page-stage.ts";

describe.skipIf(browserIsMissing())("people, places and tools of the practice page", () => {
  let stage: Stage;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    stage = await setStage();
    page = await stage.open("U0ALICE01");
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) complaints.push(message.text());
    });
    await page.reload();
    await page.getByTestId("composer").waitFor();
  });

  beforeEach(async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await become("U0ALICE01");
    await page.locator("[data-channel=C0PRACTCE]").click();
    await page.getByTestId("composer").waitFor();
  });

  afterAll(() => stage[Symbol.asyncDispose]());

  async function become(user: string): Promise<void> {
    await page.locator(`[data-user=${user}]`).click();
    await page.locator(`[data-user=${user}][aria-pressed=true]`).waitFor();
  }

  async function marks(user: string): Promise<string> {
    return (await page.locator(`[data-user=${user}]`).textContent()) ?? "";
  }

  test("the banner says that this is not Slack", async () => {
    expect(await page.getByRole("banner").textContent()).toContain("PRACTICE — a simulator, not Slack");
    expect(await page.getByTestId("bot-status").textContent()).toContain("kong-upgrade");
  });

  test("everybody wears what matters for an approval, and the imitator their real id", async () => {
    expect(await marks("U0ALICE01")).toContain("on-call");
    expect(await marks("U0CAROL01")).toContain("approver");
    expect(await marks("U0GUEST01")).toContain("guest");
    expect(await marks("U0EVE0X01")).toContain("external");
    expect(await marks("U0DORA001")).toContain("deactivated");
    expect(await marks("U0MALLO01")).toContain("imitator · U0MALLO01");
    expect(await marks("U0IVAN001")).toContain("@dba@sre-leads");
    expect(await marks("U0KARL001")).toContain("@dbaguest");
    expect(await marks("U0LENA001")).toContain("@dbadeactivated");
    expect(await marks("U0MARTA02")).toContain("second account");
    expect(await marks("U0OTTO001")).toContain("break-glass");
  });

  test("the acting person survives a reload, and a message is theirs", async () => {
    await become("U0BOB0001");
    await page.reload();
    await page.locator("[data-user=U0BOB0001][aria-pressed=true]").waitFor();
    await page.getByTestId("composer").fill("bob was here");
    await page.getByTestId("composer").press("Enter");
    const message = page.locator(".message", { hasText: "bob was here" });
    await message.waitFor();
    expect(await message.getAttribute("data-author")).toBe("U0BOB0001");
  });

  test("an outsider sees only the channel that they share", async () => {
    await become("U0EVE0X01");
    const refusal = page.getByText("is not a member of");
    await refusal.first().waitFor();
    expect(await refusal.count()).toBe(1);
    await page.locator("[data-channel=C0SHARED1]").click();
    await page.getByTestId("composer").fill("/kong-upgrade status");
    await page.getByTestId("composer").press("Enter");
    await page.getByTestId("composer-notice").waitFor();
    expect(await page.getByTestId("composer-notice").textContent()).toContain("is not a valid command");
  });

  test("a mention in another channel is counted there until the person looks", async () => {
    await page.locator("[data-channel=C0GENERAL]").click();
    const body = JSON.stringify({ user: "U0BOB0001", channel: "C0PRACTCE", text: "over here @alice" });
    await fetch(`${stage.address}/practice/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const entry = page.locator("[data-channel=C0PRACTCE]");
    await entry.locator(".count").waitFor();
    expect(await entry.locator(".count").textContent()).toBe("1");
    await entry.click();
    await entry.locator(".count").waitFor({ state: "detached" });
  });

  test("App Home is what the bot published for this person", async () => {
    await page.getByTestId("open-home").click();
    await page.getByTestId("home").locator("[data-action-id=refresh]").waitFor();
    expect(await page.getByTestId("home").textContent()).toContain("@alice, 1 approval waits");
  });

  test("the inspector shows calls with status and bodies, without tokens", async () => {
    await page.getByTestId("open-inspector").click();
    const inspector = page.getByTestId("inspector");
    await inspector.getByRole("searchbox").fill("auth.test");
    await inspector.locator("[data-traffic]").first().click();
    await inspector.locator(".json").first().waitFor();
    const shown = (await inspector.textContent()) ?? "";
    expect(shown).toContain("auth.test");
    expect(shown).not.toMatch(/xox[bp]-|xapp-/);
    await page.getByTestId("open-inspector").click();
  });

  test("without a socket the page says so, and a command answers dispatch_failed", async () => {
    await page.getByTestId("open-faults").click();
    await page.locator("[data-fault=no_socket]").click();
    await page.getByTestId("bot-status").getByText("not connected").waitFor();
    await page.getByTestId("composer").fill("/kong-upgrade status");
    await page.getByTestId("composer").press("Enter");
    await page.getByTestId("composer-notice").getByText("dispatch_failed").waitFor();
    await page.locator("[data-fault=reset]").click();
    await page.locator("[data-fault=no_socket][aria-pressed=false]").waitFor();
    await page.getByTestId("open-faults").click();
    expect(await page.getByTestId("faults").count()).toBe(0);
    await page.getByTestId("bot-status").getByText("connected (1)").waitFor();
  });

  test("every place is drawn without a script error and within the content policy", async () => {
    await page.getByTestId("open-faults").click();
    await page.getByTestId("open-inspector").click();
    await page.getByTestId("open-inspector").click();
    for (const channel of ["C0LEGACY1", "C0SHARED1", "C0GENERAL"]) {
      await page.locator(`[data-channel=${channel}]`).click();
      await page.locator(`[data-channel=${channel}][aria-current=page]`).waitFor();
    }
    await become("U0DORA001");
    expect(complaints).toEqual([]);
  });

  test("somebody is made a guest, and the app is installed in a whole organisation", async () => {
    await page.getByTestId("open-faults").click();
    await page.getByLabel("Person for faults").selectOption("U0FRANK01");
    await page.getByLabel("Kind of person").selectOption("single_channel_guest");
    await page.locator("[data-user=U0FRANK01]", { hasText: "single-channel guest" }).waitFor();
    await page.getByLabel("Kind of person").selectOption("member");
    await page.getByLabel("Installation").selectOption("org");
    await page.getByText("Installed in a whole Grid: done.").waitFor();
    expect(await page.getByLabel("Installation").inputValue()).toBe("org");
    await page.getByLabel("Installation").selectOption("none");
    await page.getByTestId("open-faults").click();
  });

  test("at 800 pixels nothing sticks out of the window", async () => {
    await page.setViewportSize({ width: 800, height: 700 });
    for (const part of [page.getByTestId("open-faults"), page.getByTestId("send")]) {
      const box = await part.boundingBox();
      expect((box?.x ?? 800) + (box?.width ?? 0)).toBeLessThanOrEqual(800);
    }
  });
});
