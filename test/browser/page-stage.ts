import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { startWorkspace } from "#practice/slack/server.ts";
import { startBot } from "./page-bot.ts";

const executablePath = "/usr/bin/chromium";

/** Whether the page can be tested here; where it can not, stderr says what to install, and in CI that is a failure. */
export function browserIsMissing(): boolean {
  if (existsSync(executablePath)) return false;
  const message = `${executablePath} is missing, so the page is not tested here: apt-get install -y chromium\n`;
  if (process.env["CI"] === "true") throw new Error(message);
  process.stderr.write(message);
  return true;
}

/** A browser that asks nobody on the network for anything. */
export function launchBrowser(): Promise<Browser> {
  const args = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run"];
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath, args: [...args, ...quiet] });
}

const manifest = `
display_information: { name: kong-upgrade }
features:
  app_home: { home_tab_enabled: true, messages_tab_enabled: true }
  slash_commands:
    - { command: /kong-upgrade, description: Upgrade Kong safely, usage_hint: "help | plan <environment> --to <version> | pause | status", should_escape: true }
oauth_config:
  scopes: { bot: [chat:write, commands, users:read, files:write, files:read, channels:read, channels:history] }
settings:
  event_subscriptions: { bot_events: [app_home_opened] }
  interactivity: { is_enabled: true }
  socket_mode_enabled: true
`;

/** A workspace with its bot and a browser; \`open\` shows the page to one person in a browser of their own. */
export type Stage = AsyncDisposable & {
  readonly address: string;
  readonly open: (user: string, size?: { readonly width: number; readonly height: number }) => Promise<Page>;
};

/** Starts everything that a test of the page needs. */
export async function setStage(): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "practice-page-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const manifestPath = join(folder, "manifest.yml");
  await writeFile(manifestPath, manifest);
  const workspace = await startWorkspace({
    port: 0,
    manifestPath,
    appDelivery: { kind: "socket" },
    rateLimits: "off",
  });
  stack.defer(() => workspace.stop());
  stack.use(await startBot(workspace.slackApiUrl));
  const browser = await launchBrowser();
  stack.defer(() => browser.close());
  const open: Stage["open"] = async (user, size = { width: 1280, height: 800 }) => {
    const context = await browser.newContext({ viewport: size });
    // It ends what hangs, and is no bound of speed.
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    await page.goto(`${workspace.address}/?as=${user}#C0PRACTCE`);
    await page.getByTestId("composer").waitFor();
    return page;
  };
  const opened = stack.move();
  return { address: workspace.address, open, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
