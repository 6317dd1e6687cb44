import { follow } from './api';
import type { Place } from './axis';
import { type LogEvent, lsn } from './event';
import { apply } from './fold';
import { type ClusterView, EMPTY } from './state';

/** Of the newest events so many are kept for the list. */
const RECENT_MAX = 400;

/** What the server cuts pauses to; see `Axis.ACTIVE` there. */
const IDLE_MICROS_MAX = 200_000;

export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

const LSN_FIELDS = ['commit_lsn', 'end_lsn', 'wal_insert_lsn', 'checkpoint_lsn'] as const;

/** The newest end of the log, as it grows: the state, the last events, and what is missing. */
export class Live {
  view: ClusterView = EMPTY;
  head: Place = { time: 0, active: 0, lsn: 0, sequence: 0 };
  connected = false;
  everConnected = false;
  readonly gaps: Gap[] = [];
  private events: LogEvent[] = [];
  private headAt = 0;
  private stop: (() => void) | undefined;

  constructor(private readonly changed: (event?: LogEvent) => void) {}

  /** Begins after an event with the state there. */
  start(url: string, head: Place, view: ClusterView): void {
    this.stop?.();
    this.head = head;
    this.headAt = performance.now();
    this.view = view;
    this.stop = follow(url, {
      onEvent: (event) => this.take(event),
      onSkipped: (from, to) => {
        this.gaps.push({ from, to, reason: 'not kept any more' });
        this.changed();
      },
      onConnected: (connected) => {
        this.connected = connected;
        this.everConnected ||= connected;
        this.changed();
      },
    });
  }

  close(): void {
    this.stop?.();
  }

  /** The newest events, the newest last. */
  recent(): readonly LogEvent[] {
    return this.events;
  }

  /** Where the end of the axis of time is: time goes on when nothing happens. */
  now(): number {
    const passed = this.connected ? (performance.now() - this.headAt) * 1000 : 0;
    return this.head.time + passed;
  }

  take(event: LogEvent): void {
    const { head } = this;
    if (event.sequence <= head.sequence) {
      return; // it came twice
    }
    if (head.sequence > 0 && event.sequence > head.sequence + 1) {
      this.gaps.push({ from: head.sequence + 1, to: event.sequence - 1, reason: 'missing' });
    }
    if (event.dropped !== undefined) {
      this.gaps.push({
        from: event.sequence,
        to: event.sequence,
        reason: `${event.dropped} events before it could not be kept`,
      });
    }
    const time = Math.max(head.time, event.time);
    const positions = LSN_FIELDS.map((name) => lsn(event.data[name]));
    this.head = {
      time,
      active: head.active + Math.min(time - head.time, IDLE_MICROS_MAX),
      lsn: Math.max(head.lsn, ...positions),
      sequence: event.sequence,
    };
    this.headAt = performance.now();
    this.view = apply(this.view, event);
    this.events.push(event);
    if (this.events.length > 2 * RECENT_MAX) {
      this.events = this.events.slice(-RECENT_MAX);
    }
    this.changed(event);
  }
}
