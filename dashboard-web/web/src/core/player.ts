import { type Micros, micros } from '../base/time';

/** Speeds that the page offers. */
export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50, 100] as const;

export type Mode = 'live' | 'paused' | 'playing';

/**
 * Where on the log the page is. Live it follows the newest event; paused it stands still; playing it
 * moves with the clock, `speed` times as fast, and becomes live at the end.
 */
export class Player {
  mode: Mode = 'live';
  speed = 1;
  private position: Micros = micros(0);
  private lastTick = 0;

  /** The instant that is shown. */
  at(newest: Micros): Micros {
    return this.mode === 'live' ? newest : this.position;
  }

  scrub(to: Micros): void {
    this.position = to;
    if (this.mode === 'live') {
      this.mode = 'paused';
    }
  }

  pause(newest: Micros): void {
    this.position = this.at(newest);
    this.mode = 'paused';
  }

  play(newest: Micros, now: number): void {
    this.position = this.at(newest);
    this.mode = 'playing';
    this.lastTick = now;
  }

  live(): void {
    this.mode = 'live';
  }

  /** Moves on; `now` is in milliseconds. */
  tick(newest: Micros, now: number): void {
    if (this.mode !== 'playing') {
      return;
    }
    this.position = micros(this.position + (now - this.lastTick) * 1000 * this.speed);
    this.lastTick = now;
    if (this.position >= newest) {
      this.mode = 'live';
    }
  }
}
