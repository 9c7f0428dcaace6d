import type { Upgrade } from "#src/upgrade/state.ts";
import type { Story } from "./story.ts";

/** What every message of a thread may rest on, by name; hardly any event changes it. */
export type Ground = Readonly<Record<string, unknown>>;

/**
 * Everything of an upgrade but what changes with the steps: that is shown by the card, by the attempt whose turn it is, and
 * by prompts that know themselves whether they still ask. What a new field of the state means for old messages is not known
 * here, so it belongs to the ground.
 */
export function groundOf({ upgrade, attempts }: Story): Ground {
  return { ...lastingPartOf(upgrade), replacements: attempts.replacements };
}

export function isSameGround(before: Ground, now: Ground): boolean {
  const names = Object.keys(now);
  return names.length === Object.keys(before).length && names.every((name) => Object.is(before[name], now[name]));
}

function lastingPartOf(upgrade: Upgrade): Ground {
  const { version: _version, updatedAt: _updatedAt, ...rest } = upgrade;
  if (rest.status !== "active") return rest;
  const {
    flow: _flow,
    alarm: _alarm,
    heldBack: _heldBack,
    drift: _drift,
    lookFailure: _lookFailure,
    isDriftSuspected: _isDriftSuspected,
    seenUnchanged: _seenUnchanged,
    baseline: _baseline,
    backedUp: _backedUp,
    forward,
    rollback,
    ...lasting
  } = rest;
  return { ...lasting, forward: forward.plan, rollback: rollback?.plan };
}
