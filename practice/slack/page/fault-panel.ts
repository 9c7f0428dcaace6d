import { h } from "preact";
import { armedFaults } from "./armed-faults.ts";
import { valueOf } from "./blocks/control-props.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { type Fields, flagAt, numberAt, textAt } from "./json.ts";
import { useViewer } from "./viewer.ts";
import { act } from "./workspace-api.ts";
import { ChannelFaults, InstallationFault, PersonFaults } from "./world-faults.ts";

type Fault = { readonly name: string; readonly why: string; readonly body: Fields };
type FaultGroup = { readonly title: string; readonly faults: readonly Fault[] };

const once: readonly FaultGroup[] = [
  {
    title: "Web API",
    faults: [
      {
        name: "Next call fails",
        why: "the next Web API call answers 500",
        body: { fail_next: { count: 1, status: 500 } },
      },
      {
        name: "Next three posts fail",
        why: "chat.postMessage answers 503 three times",
        body: { fail_next: { method: "chat.postMessage", count: 3, status: 503 } },
      },
      {
        name: "Lose next answer",
        why: "the next call is done, but its answer is lost",
        body: { lose_response_next: { count: 1 } },
      },
      {
        name: "Lose next post’s answer",
        why: "chat.postMessage is done, its answer is lost: does the bot post twice?",
        body: { lose_response_next: { method: "chat.postMessage", count: 1 } },
      },
    ],
  },
  {
    title: "Delivery",
    faults: [
      { name: "Drop sockets", why: "cuts every Socket Mode connection without a word", body: { drop_sockets: true } },
      {
        name: "Refresh sockets",
        why: "asks the app to reconnect, as Slack does every few hours",
        body: { refresh_sockets: true },
      },
      {
        name: "Deliver next twice",
        why: "the next click or command reaches the app two times",
        body: { duplicate_delivery_next: 1 },
      },
      { name: "Bad signature next", why: "the next HTTP delivery is signed wrongly", body: { bad_signature_next: 1 } },
      { name: "Replay last", why: "the last delivery is sent again", body: { replay_last: true } },
    ],
  },
];

const switches: readonly {
  readonly key: string;
  readonly name: string;
  readonly why: string;
  readonly on: unknown;
  readonly off: unknown;
}[] = [
  { key: "no_socket", name: "No socket", why: "no connection is accepted", on: true, off: false },
  { key: "revoke_token", name: "Token revoked", why: "every call answers token_revoked", on: true, off: false },
  { key: "slow_ms", name: "Slow network", why: "every call takes 2 s longer", on: 2000, off: 0 },
  { key: "delay_delivery_ms", name: "Late delivery", why: "deliveries reach the app 2.5 s late", on: 2500, off: 0 },
  { key: "clock_skew_s", name: "Clock skew", why: "signatures are 10 minutes old", on: -600, off: 0 },
];

/** Buttons for everything that can go wrong between Slack and an app. */
export function FaultPanel(): Markup {
  const { workspace, tell } = useViewer();
  const { faults } = workspace;
  const armed = armedFaults(workspace);
  const send = async (body: Fields, name: string, path = "faults"): Promise<void> => {
    const { problem } = await act(path, body);
    tell(problem === "" ? `${name}: done.` : problem);
  };
  const rates = textAt(faults, "rate_limits") || workspace.rateLimits || "real";
  return html`<div class="faults">
    <div class="drawer-head">
      <h2>Faults</h2>
      ${
        armed.length === 0
          ? html`<small>Whatever is switched on here happens to the app, not to you.</small>`
          : armed.map((text) => html`<span class="badge imitator">${text}</span>`)
      }
      <button type="button" class="button small" data-fault="reset" onClick=${() => send({ reset: true }, "Reset")}>
        All off
      </button>
    </div>
    <div class="fault-groups">
      ${once.map(
        ({ title, faults: list }) =>
          html`<fieldset>
            <legend>${title}</legend>
            ${list.map(
              ({ name, why, body }) =>
                html` <button
                  type="button"
                  class="button small"
                  title=${why}
                  data-fault=${Object.keys(body)[0]}
                  onClick=${() => send(body, name)}
                >
                  ${name}
                </button>`,
            )}
          </fieldset>`,
      )}
      <fieldset>
        <legend>Lasting</legend>
        ${switches.map(({ key, name, why, on, off }) => {
          const isOn = flagAt(faults, key) || numberAt(faults, key) !== 0;
          const change = (): Promise<void> => send({ [key]: isOn ? off : on }, `${name} ${isOn ? "off" : "on"}`);
          return html`<button
            type="button"
            class="toggle light"
            title=${why}
            aria-pressed=${isOn}
            data-fault=${key}
            onClick=${change}
          >
            ${name}
          </button>`;
        })}
        <label class="rate"
          >Rate limits
          <select
            class="select"
            aria-label="Rate limits"
            value=${rates}
            onChange=${(event: Event) => send({ rate_limits: valueOf(event) }, "Rate limits")}
          >
            ${["off", "real", "harsh"].map((mode) => html`<option value=${mode}>${mode}</option>`)}
          </select>
        </label>
        ${h(InstallationFault, { send })}
      </fieldset>
      ${h(ChannelFaults, { send })} ${h(PersonFaults, { send })}
    </div>
  </div>`;
}
