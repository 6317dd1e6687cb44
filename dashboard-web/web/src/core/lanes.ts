import type { Micros } from '../base/time';
import type { LogEvent } from './event';
import { kindOf } from './processes';

/** Something that lasts: from its begin to its end, or still open. */
export interface Slice {
  readonly from: Micros;
  to: Micros | undefined;
  readonly label: string;
  readonly kind: 'checkpoint' | 'recovery' | 'vacuum' | 'session' | 'state';
}

/** The line of one process. */
export interface Lane {
  readonly pid: number;
  readonly processType: string;
  readonly born: Micros;
  died: Micros | undefined;
  /** How it ended: badly, or not at all as far as is known. */
  end: 'alive' | 'exited' | 'crashed' | 'lost';
  readonly events: LogEvent[];
  readonly slices: Slice[];
}

const OPENS: Readonly<Record<string, Slice['kind']>> = {
  'checkpoint.started': 'checkpoint',
  'recovery.started': 'recovery',
  'vacuum.started': 'vacuum',
  'connection.authorized': 'session',
  'postmaster.state_changed': 'state',
};

const CLOSES: Readonly<Record<string, Slice['kind']>> = {
  'checkpoint.completed': 'checkpoint',
  'checkpoint.skipped': 'checkpoint',
  'recovery.completed': 'recovery',
  'vacuum.completed': 'vacuum',
  'vacuum.cancelled': 'vacuum',
  'connection.closed': 'session',
};

const ENDS: Readonly<Record<string, Lane['end']>> = {
  'process.exited': 'exited',
  'process.crashed': 'crashed',
  'process.lost': 'lost',
  'postmaster.stopped': 'exited',
};

/** The lanes of the timeline, grown event by event. A pid that is used again is another lane. */
export class Lanes {
  readonly all: Lane[] = [];
  private readonly alive = new Map<number, Lane>();
  private readonly unborn = new Map<string, Lane>();
  private sorted: Lane[] | undefined;

  append(event: LogEvent): void {
    if (event.pid === 0) {
      this.appendUnborn(event);
      return;
    }
    let lane = this.alive.get(event.pid);
    const birth = event.type === 'process.forked' || event.type === 'postmaster.started';
    if (!lane || lane.processType !== event.processType || birth) {
      lane = this.begin(event);
    }
    lane.events.push(event);
    this.slices(lane, event);
    const end = ENDS[event.type];
    if (end) {
      this.finish(lane, event.time, end);
    }
  }

  /**
   * Pid 0 is work that is done before its process is forked, such as the checkpoint at the end of
   * recovery. Nobody lives or is lost there: such a lane lasts from its first event to its last.
   */
  private appendUnborn(event: LogEvent): void {
    let lane = this.unborn.get(event.processType);
    if (!lane) {
      lane = newLane(event);
      this.unborn.set(event.processType, lane);
      this.add(lane);
    }
    lane.events.push(event);
    this.slices(lane, event);
    lane.died = event.time;
    lane.end = 'exited';
  }

  /** In the order in which they are drawn: by kind, then by birth. */
  ordered(): readonly Lane[] {
    this.sorted ??= [...this.all].sort(
      (a, b) =>
        kindOf(a.processType).rank - kindOf(b.processType).rank ||
        a.born - b.born ||
        a.pid - b.pid,
    );
    return this.sorted;
  }

  private begin(event: LogEvent): Lane {
    const before = this.alive.get(event.pid);
    if (before && before.end === 'alive') {
      this.finish(before, event.time, 'lost');
    }
    const lane = newLane(event);
    this.alive.set(event.pid, lane);
    this.add(lane);
    return lane;
  }

  private add(lane: Lane): void {
    this.all.push(lane);
    this.sorted = undefined;
  }

  private finish(lane: Lane, at: Micros, end: Lane['end']): void {
    lane.died = at;
    lane.end = end;
    for (const slice of lane.slices) {
      slice.to ??= at;
    }
    this.alive.delete(lane.pid);
  }

  private slices(lane: Lane, event: LogEvent): void {
    const closes = CLOSES[event.type] ?? (OPENS[event.type] === 'state' ? 'state' : undefined);
    if (closes) {
      const open = lane.slices.findLast((s) => s.kind === closes && s.to === undefined);
      if (open) {
        open.to = event.time;
      }
    }
    const opens = OPENS[event.type];
    if (opens) {
      lane.slices.push({ from: event.time, to: undefined, kind: opens, label: label(event) });
    }
  }
}

function newLane(event: LogEvent): Lane {
  return {
    pid: event.pid,
    processType: event.processType,
    born: event.time,
    died: undefined,
    end: 'alive',
    events: [],
    slices: [],
  };
}

function label(event: LogEvent): string {
  const field = (name: string) => String(event.data[name] ?? '');
  switch (event.type) {
    case 'checkpoint.started':
      return `checkpoint: ${field('reason')}`;
    case 'recovery.started':
      return `redo from ${field('redo_lsn')}`;
    case 'vacuum.started':
      return `vacuum ${field('schemaname')}.${field('relname')}`;
    case 'connection.authorized':
      return `${field('usename')}@${field('datname')} ${field('application_name')}`.trim();
    case 'postmaster.state_changed':
      return field('to_state');
    default:
      return event.type;
  }
}
