import type { LogEvent } from './event';
import { History } from './history';
import { type ClusterView, fromServer, type ServerState } from './state';

/** Events of a block: so many are folded in the browser, from a state that the server tells. */
const BLOCK = 400;
const BLOCKS_MAX = 12;

interface Source {
  state(sequence: number): Promise<ServerState>;
  events(from: number, limit: number): Promise<LogEvent[]>;
}

/**
 * The cluster's state at any event: of the part of the log that is looked at, block by block, the
 * state before it and its events. What is not there yet is fetched, one block at a time.
 */
export class Instants {
  private readonly blocks = new Map<number, History>();
  private fetching: number | undefined;
  private wanted: number | undefined;

  constructor(
    private readonly source: Source,
    private readonly arrived: () => void,
  ) {}

  private static blockOf(sequence: number): number {
    return Math.floor((sequence - 1) / BLOCK);
  }

  /** The block of events around one, if it is there; it is fetched if it is not. */
  around(sequence: number): History | undefined {
    const number = Instants.blockOf(Math.max(1, sequence));
    const block = this.blocks.get(number);
    const whole = block && (block.last?.sequence ?? 0) >= Math.min((number + 1) * BLOCK, sequence);
    if (whole) {
      // The least recently used is the first that goes.
      this.blocks.delete(number);
      this.blocks.set(number, block);
      return block;
    }
    this.fetch(number);
    return undefined;
  }

  /** The state after an event, if what it takes is there. */
  at(sequence: number): ClusterView | undefined {
    const block = this.around(sequence);
    return block?.stateAt(block.indexUpTo(sequence));
  }

  private fetch(number: number): void {
    if (this.fetching !== undefined) {
      this.wanted = number;
      return;
    }
    this.fetching = number;
    const first = number * BLOCK + 1;
    Promise.all([this.source.state(first - 1), this.source.events(first, BLOCK)])
      .then(([before, events]) => {
        const block = new History(fromServer(before));
        events.forEach((event) => block.append(event));
        this.blocks.set(number, block);
        for (const old of this.blocks.keys()) {
          if (this.blocks.size <= BLOCKS_MAX) {
            break;
          }
          this.blocks.delete(old);
        }
      })
      .catch(() => {
        // Asked for again when it is wanted again; the connection says what is wrong.
      })
      .finally(() => {
        this.fetching = undefined;
        const next = this.wanted;
        this.wanted = undefined;
        if (next !== undefined && next !== number) {
          this.fetch(next);
        }
        this.arrived();
      });
  }
}
