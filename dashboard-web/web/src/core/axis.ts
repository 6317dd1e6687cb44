/** What the timeline runs along; see the server's `Axis`. */
export const AXES = ['time', 'active', 'lsn', 'sequence'] as const;

export type Axis = (typeof AXES)[number];

export const AXIS_NAMES: Readonly<Record<Axis, { name: string; purpose: string }>> = {
  time: { name: 'Time', purpose: 'the clock' },
  active: { name: 'No idle', purpose: 'the clock, pauses cut short' },
  lsn: { name: 'WAL', purpose: 'positions in the write-ahead log' },
  sequence: { name: 'Events', purpose: 'one step for each event' },
};

/** Where an event stands on each axis. */
export interface Place {
  readonly time: number;
  readonly active: number;
  readonly lsn: number;
  readonly sequence: number;
}

export const isAxis = (name: string): name is Axis => (AXES as readonly string[]).includes(name);

/** A part of an axis. */
export interface Viewport {
  readonly from: number;
  readonly to: number;
}

/** So little is shown at the least. */
const SPAN_MIN: Readonly<Record<Axis, number>> = { time: 50, active: 50, lsn: 64, sequence: 8 };

export const spanMin = (axis: Axis): number => SPAN_MIN[axis];

/** The same part, `factor` times as wide, with what is at `fixed` left where it is. */
export function zoomed(view: Viewport, factor: number, fixed: number, axis: Axis): Viewport {
  const span = view.to - view.from;
  const wanted = Math.max(SPAN_MIN[axis], span * factor);
  const share = (fixed - view.from) / span;
  const from = fixed - wanted * share;
  return { from, to: from + wanted };
}

/** Moved by a share of its width. */
export function panned(view: Viewport, share: number): Viewport {
  const by = (view.to - view.from) * share;
  return { from: view.from + by, to: view.to + by };
}

/** With some air at both ends. */
export function fitted(from: number, to: number, axis: Axis): Viewport {
  const span = Math.max(SPAN_MIN[axis] * 4, to - from);
  return { from: from - span * 0.03, to: to + span * 0.06 };
}
