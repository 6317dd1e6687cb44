import type { Axis } from './axis';

/** Speeds that the page offers. */
export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50, 100] as const;

export type Mode = 'live' | 'paused' | 'playing';

/** How far an axis goes in a second at normal speed: on those of time a second of it. */
const PER_SECOND: Readonly<Record<Axis, number>> = {
  time: 1e6,
  active: 1e6,
  lsn: 64 << 10,
  sequence: 20,
};

/**
 * Where on the log the page is. Live it follows the newest event; paused it stands still; playing it
 * moves with the clock, `speed` times as fast, and becomes live at the end.
 */
export class Player {
  mode: Mode = 'live';
  speed = 1;
  private position = 0;
  private lastTick = 0;

  /** The coordinate that is shown. */
  at(head: number): number {
    return this.mode === 'live' ? head : Math.min(this.position, head);
  }

  /** Goes to a coordinate and stays there. */
  scrub(to: number): void {
    this.position = to;
    this.mode = 'paused';
  }

  pause(head: number): void {
    this.position = this.at(head);
    this.mode = 'paused';
  }

  play(head: number, now: number): void {
    this.position = this.at(head);
    this.mode = 'playing';
    this.lastTick = now;
  }

  live(): void {
    this.mode = 'live';
  }

  /** Moves on; `now` is in milliseconds. */
  tick(head: number, now: number, axis: Axis): void {
    if (this.mode !== 'playing') {
      return;
    }
    this.position += ((now - this.lastTick) / 1000) * PER_SECOND[axis] * this.speed;
    this.lastTick = now;
    if (this.position >= head) {
      this.mode = 'live';
    }
  }
}
