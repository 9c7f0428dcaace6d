import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { browserIsMissing, setStage } from "./page-stage.ts";
import type { Stage } from "./page-stage.ts";

const plain = (text: string) => ({ type: "plain_text", text });
const blocks = [
  { type: "section", text: { type: "mrkdwn", text: "*Step 9* waits for you" } },
  {
    type: "actions",
    elements: [
      {
        type: "button",
        action_id: "approve",
        value: "9",
        text: plain("Approve"),
        confirm: {
          title: plain("Approve step 9?"),
          text: plain("It cannot be undone."),
          confirm: plain("Do it"),
          deny: plain("Not now"),
        },
      },
      { type: "button", action_id: "reject", value: "9", text: plain("Reject") },
    ],
  },
];

describe.skipIf(browserIsMissing())("direct messages of the app on the practice page", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await setStage();
  });

  afterAll(() => stage[Symbol.asyncDispose]());

  async function tell(user: string, body: object): Promise<void> {
    const response = await fetch(`${stage.address}/api/chat.postMessage`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${CREDENTIALS.bot_token}` },
      body: JSON.stringify({ channel: user, ...body }),
    });
    expect(await response.json()).toMatchObject({ ok: true });
  }

  test("the conversation appears in the side bar with what is unread, and reading it takes the mark away", async () => {
    const page = await stage.open("U0CAROL01");
    const entry = page.locator("[data-channel=D0CAROL01]");
    expect(await entry.count()).toBe(0);
    await tell("U0CAROL01", { text: "Step 9 waits for you", blocks });
    await tell("U0CAROL01", { text: "A reminder" });
    await expect.poll(() => entry.locator(".count").textContent()).toBe("2");
    expect(await entry.getAttribute("class")).toContain("unread");
    await entry.click();
    await page.getByText("A reminder").waitFor();
    await entry.locator(".count").waitFor({ state: "detached" });
    await page.close();
  });

  test("buttons ask for confirmation and reach the app from there, and modals open", async () => {
    const page = await stage.open("U0DAVE001");
    await tell("U0DAVE001", { text: "Step 9 waits for you", blocks });
    await page.locator("[data-channel=D0DAVE001]").click();
    await page.locator("[data-action-id=approve]").click();
    expect(await page.locator(".message.ephemeral").count()).toBe(0);
    await page.getByRole("dialog").getByRole("button", { name: "Do it" }).click();
    await page.locator(".message.ephemeral", { hasText: "approve" }).waitFor();
    await page.locator("[data-action-id=reject]").click();
    await page.getByRole("dialog").getByText("Reason").first().waitFor();
    await page.close();
  });

  test("nobody else sees it, also not by its address", async () => {
    await tell("U0ERIN001", { text: "A secret of erin" });
    const page = await stage.open("U0BOB0001");
    expect(await page.locator("[data-channel=D0ERIN001]").count()).toBe(0);
    await page.goto(`${stage.address}/?as=U0BOB0001#D0ERIN001`);
    await page.getByText("is not a member of").waitFor();
    expect(await page.getByText("A secret of erin").count()).toBe(0);
    await page.close();
  });
});
