import { micros, type Micros } from '../base/time';
import * as api from './api';
import type { LogEvent } from './event';
import { History } from './history';
import { Lanes } from './lanes';
import { Player } from './player';
import { type ClusterView, fromServer } from './state';

/** So many of the newest events are loaded when the page opens. */
const LOAD_MAX = 100_000;
const PAGE = 10_000;

/** A part of the timeline that is drawn. */
export interface Viewport {
  from: Micros;
  to: Micros;
}

/** What the page knows and where it stands. The widgets read it in the frame loop. */
export class Store {
  cluster: api.Cluster | undefined;
  history = new History();
  lanes = new Lanes();
  readonly player = new Player();
  readonly gaps: Array<{ from: number; to: number }> = [];
  connected = false;
  loading = true;
  failure: string | undefined;
  selected: LogEvent | undefined;
  showEnded = true;
  viewport: Viewport | undefined;

  /** Whether the view follows the newest event, rather than stay where the reader put it. */
  following = true;

  private listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.listeners) {
      listener();
    }
  }

  async open(): Promise<void> {
    try {
      const [cluster] = await api.clusters();
      if (!cluster) {
        throw new Error('there is no cluster to show');
      }
      this.cluster = cluster;
      const from = Math.max(cluster.first_sequence, cluster.last_sequence - LOAD_MAX + 1);
      if (from > 1) {
        const before = await api.state(cluster.system_identifier, from - 1);
        this.history = new History(fromServer(before as Parameters<typeof fromServer>[0]));
      }
      await this.load(cluster.system_identifier, from, cluster.last_sequence);
      this.loading = false;
      this.stream(cluster.system_identifier, (this.history.last?.sequence ?? from - 1) + 1);
    } catch (error) {
      this.loading = false;
      this.failure = error instanceof Error ? error.message : String(error);
    }
    this.changed();
  }

  private async load(cluster: string, from: number, to: number): Promise<void> {
    let next = from;
    while (next <= to) {
      const page = await api.events(cluster, next, PAGE);
      const last = page.at(-1);
      if (!last) {
        return;
      }
      page.forEach((event) => this.append(event));
      next = last.sequence + 1;
      this.changed();
    }
  }

  private stream(cluster: string, from: number): void {
    api.follow(cluster, from, {
      onEvent: (event) => {
        this.append(event);
        this.changed();
      },
      onSkipped: (first, last) => {
        this.gaps.push({ from: first, to: last });
        this.changed();
      },
      onConnected: (connected) => {
        this.connected = connected;
        this.changed();
      },
    });
  }

  private append(event: LogEvent): void {
    const last = this.history.last;
    if (last && event.sequence > last.sequence + 1) {
      this.gaps.push({ from: last.sequence + 1, to: event.sequence - 1 });
    }
    if (this.history.append(event)) {
      this.lanes.append(event);
    }
  }

  get newest(): Micros {
    return this.history.last?.time ?? micros(0);
  }

  get oldest(): Micros {
    return this.history.first?.time ?? micros(0);
  }

  /** The instant that is shown. */
  now(): Micros {
    return this.player.at(this.newest);
  }

  /** The index of the last event at the shown instant. */
  nowIndex(): number {
    return this.player.mode === 'live'
      ? this.history.length - 1
      : this.history.indexAt(this.now());
  }

  view(): ClusterView {
    return this.history.stateAt(this.nowIndex());
  }

  /** Goes one event back or on. */
  step(by: 1 | -1): void {
    const event = this.history.at(Math.max(0, this.nowIndex() + by));
    if (event) {
      this.player.scrub(event.time);
      this.player.pause(this.newest);
      this.player.scrub(event.time);
      this.selected = event;
    }
    this.changed();
  }
}
