import type { Micros } from '../base/time';
import type { LogEvent } from './event';
import { apply } from './fold';
import { type ClusterView, EMPTY } from './state';

/** A state is kept for every so many events, so that any other is a short fold away. */
const STRIDE = 256;

/** The events that the page has, dense and in order, and the cluster's state at each of them. */
export class History {
  private readonly events: LogEvent[] = [];
  private readonly kept: ClusterView[];
  private cachedIndex = -1;
  private cached: ClusterView;

  /** @param before the state before the first event */
  constructor(private readonly before: ClusterView = EMPTY) {
    this.kept = [before];
    this.cached = before;
  }

  get length(): number {
    return this.events.length;
  }

  get all(): readonly LogEvent[] {
    return this.events;
  }

  get first(): LogEvent | undefined {
    return this.events[0];
  }

  get last(): LogEvent | undefined {
    return this.events.at(-1);
  }

  /** Appends an event; one that is there already is ignored, so a stream may overlap. */
  append(event: LogEvent): boolean {
    const last = this.last;
    if (last && event.sequence <= last.sequence) {
      return false;
    }
    const index = this.events.push(event) - 1;
    if (this.cachedIndex === index - 1) {
      this.cached = apply(this.cached, event);
      this.cachedIndex = index;
    }
    if ((index + 1) % STRIDE === 0) {
      this.kept.push(this.stateAt(index));
    }
    return true;
  }

  at(index: number): LogEvent | undefined {
    return this.events[index];
  }

  /** The index of the event of this sequence, -1 where the page has it not. */
  indexOf(sequence: number): number {
    const index = this.search((event) => event.sequence < sequence);
    return this.events[index]?.sequence === sequence ? index : -1;
  }

  /** The index of the last event up to a sequence; -1 before the first. */
  indexUpTo(sequence: number): number {
    return this.search((event) => event.sequence <= sequence) - 1;
  }

  /** The index of the last event up to an instant; -1 before the first. */
  indexAt(time: Micros): number {
    return this.search((event) => event.time <= time) - 1;
  }

  /** The state after the event of this index; before the first one for -1. */
  stateAt(index: number): ClusterView {
    if (index === this.cachedIndex) {
      return this.cached;
    }
    if (index < 0) {
      return this.before;
    }
    const slot = Math.min(Math.floor((index + 1) / STRIDE), this.kept.length - 1);
    let view = this.kept[slot] ?? this.before;
    let next = slot * STRIDE;
    if (this.cachedIndex < index && this.cachedIndex + 1 > next) {
      view = this.cached;
      next = this.cachedIndex + 1;
    }
    for (; next <= index; next++) {
      const event = this.events[next];
      if (event) {
        view = apply(view, event);
      }
    }
    this.cached = view;
    this.cachedIndex = index;
    return view;
  }

  /** How many events from the start satisfy the condition, which holds for a prefix of them. */
  private search(condition: (event: LogEvent) => boolean): number {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const event = this.events[middle];
      if (event && condition(event)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
