import type { GatewayTables, ServiceRow } from "./gateway-tables.ts";

/** One address a request can be sent to. */
export interface Peer {
  readonly host: string;
  readonly port: number;
}

/** Chooses peers by weight: the targets of the upstream that the service's host names, or the host itself. */
export class PeerChoice {
  readonly #turns = new Map<string, number>();

  /** Peers to try, first choice first; empty when the upstream has no target. Health checks are not simulated. */
  peers(service: ServiceRow, tables: GatewayTables): readonly Peer[] {
    const upstream = tables.upstreams.find((one) => one.name === service.host);
    if (upstream === undefined) return service.host === null ? [] : [{ host: service.host, port: service.port ?? 80 }];
    const targets = tables.targets.filter((target) => target.upstream_id === upstream.id);
    const total = targets.reduce((sum, target) => sum + target.weight, 0);
    const turn = (this.#turns.get(upstream.id) ?? 0) + 1;
    if (this.#turns.size > maxUpstreams) this.#turns.clear();
    this.#turns.set(upstream.id, turn);
    // The golden ratio spreads the turns evenly over the weights without keeping a schedule.
    let place = ((turn * 0.618_033_988_75) % 1) * total;
    const first = targets.find((target) => (place -= target.weight) < 0) ?? targets[0];
    const others = targets.filter((target) => target !== first);
    return [...(first === undefined ? [] : [first]), ...others].map(({ target }) => peerOf(target));
  }
}

const maxUpstreams = 1_000;

function peerOf(target: string): Peer {
  const colon = target.lastIndexOf(":");
  return colon < 0
    ? { host: target, port: 8_000 }
    : { host: target.slice(0, colon), port: Number(target.slice(colon + 1)) };
}
