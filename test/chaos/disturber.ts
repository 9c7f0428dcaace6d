import { setTimeout as delay } from "node:timers/promises";
import { replicas, runners, linkNames } from "./disturbances.ts";
import type { Disturbance, Victim } from "./disturbances.ts";
import { isBelow, seeProcesses, signal, signalOf } from "./world/process-tree.ts";
import { stepProcesses } from "./world/step-processes.ts";
import type { World } from "./world/world.ts";

const maxTries = 5;

/** Does to the world what was planned, and undoes what lasts. */
export class Disturber {
  readonly #world: World;
  readonly #ending = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #problems: unknown[] = [];
  #gateways = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Begins it; what lasts ends by itself. A victim that is not there suffers nothing. */
  begin(disturbance: Disturbance): void {
    const work = this.#apply(disturbance)
      .catch((error: unknown) => void this.#problems.push(error))
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  /** Ends whatever still lasts. @throws Error when a disturbance could not be done or undone */
  async heal(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#running);
    if (this.#problems.length > 0)
      throw new AggregateError(this.#problems, "not everything could be disturbed or healed");
    const { links, postgres, redis, crew, machines, sites } = this.#world;
    for (const name of linkNames) links[name].set({ kind: "open" });
    await this.#tellSlack({ reset: true });
    for (const name of [...replicas, ...runners]) {
      send(crew[name].pid(), "SIGCONT");
      machines[name].setClock(0);
      machines[name].fillDisk(false);
    }
    await Promise.all([postgres.wake(), redis?.wake()]);
    for (const site of sites) for (const [number] of site.nodes.entries()) await site.gateway(number, "wake");
  }

  async #apply(disturbance: Disturbance): Promise<void> {
    const { links, redis, crew, machines } = this.#world;
    switch (disturbance.kind) {
      case "kill":
        return this.#do(disturbance.victim, "kill");
      case "drain":
        return send(crew[disturbance.victim].pid(), "SIGTERM");
      case "stop": {
        const gateway = this.#gateways;
        await this.#do(disturbance.victim, "stop");
        await this.#last(disturbance.forMs);
        this.#gateways = gateway;
        return this.#do(disturbance.victim, "wake");
      }
      case "partition":
      case "slow": {
        const link = links[disturbance.link];
        link.set(
          disturbance.kind === "slow" ? { kind: "slow", delayMs: disturbance.delayMs } : { kind: disturbance.how },
        );
        await this.#last(disturbance.forMs);
        return link.set({ kind: "open" });
      }
      case "redis":
        return disturbance.what === "flush" ? redis?.flush() : redis?.snapshot();
      case "clock":
        machines[disturbance.victim].setClock(disturbance.byMs);
        await this.#last(disturbance.forMs);
        return machines[disturbance.victim].setClock(0);
      case "disk":
        machines[disturbance.victim].fillDisk(true);
        await this.#last(disturbance.forMs);
        return machines[disturbance.victim].fillDisk(false);
      case "reboot":
        return this.#reboot(disturbance.victim, disturbance.forMs);
      case "slack":
        await this.#tellSlack(disturbance.fault);
        if (disturbance.forMs === undefined) return;
        await this.#last(disturbance.forMs);
        await this.#tellSlack({ reset: true });
    }
  }

  /** On a machine that is very busy the practice workspace may not answer within its time either. */
  async #tellSlack(faults: Readonly<Record<string, unknown>>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#world.people.faults(faults);
      } catch (error) {
        if (tries === maxTries) throw error;
      }
    }
  }

  /** Each runner has a machine of its own, with all that it has started; what others run goes on. */
  async #reboot(victim: (typeof runners)[number], forMs: number): Promise<void> {
    const { crew, machines } = this.#world;
    crew[victim].hold(true);
    // It must start nothing between the look and the kill.
    send(crew[victim].pid(), "SIGSTOP");
    const [all, ofSteps] = await Promise.all([seeProcesses(), stepProcesses(this.#world)]);
    const others = runners.flatMap((each) => (each === victim ? [] : [crew[each].pid()]));
    const mine = ofSteps.filter(({ pid }) => !others.some((other) => other !== undefined && isBelow(pid, other, all)));
    for (const pid of [crew[victim].pid(), ...mine.map((each) => each.pid)]) send(pid, "SIGKILL");
    machines[victim].boot();
    await this.#last(forMs);
    crew[victim].hold(false);
  }

  async #do(victim: Victim, what: "kill" | "stop" | "wake"): Promise<void> {
    const { postgres, redis, crew } = this.#world;
    switch (victim) {
      case "postgres":
        return postgres[what]();
      case "redis":
        return redis?.[what]();
      case "gateway":
        return this.#doToGateway(what);
      case "command": {
        const [found] = await stepProcesses(this.#world);
        return send(found?.pid, "SIGKILL");
      }
      default:
        return send(crew[victim].pid(), signalOf[what]);
    }
  }

  async #doToGateway(what: "kill" | "stop" | "wake"): Promise<void> {
    const all = this.#world.sites.flatMap((site) => site.nodes.map((_, number) => ({ site, number })));
    const chosen = all[this.#gateways % all.length];
    this.#gateways += 1;
    await chosen?.site.gateway(chosen.number, what);
  }

  async #last(forMs: number): Promise<void> {
    await delay(forMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
  }
}

function send(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid !== undefined) signal(pid, name);
}
