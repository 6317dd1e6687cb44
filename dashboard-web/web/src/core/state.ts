import type { Micros } from '../base/time';
import { parseInstant } from '../base/time';
import { type LogEvent, lsn, number, text } from './event';

export interface ProcessView {
  readonly pid: number;
  readonly type: string;
  readonly parent: number;
  readonly state: 'starting' | 'ready' | 'terminating';
  readonly since: Micros;
  readonly user?: string | undefined;
  readonly database?: string | undefined;
  readonly application?: string | undefined;
  readonly activity?: string | undefined;
}

/** The cluster at one instant: the same fold over the log that the server makes. */
export interface ClusterView {
  readonly sequence: number;
  readonly time: Micros | undefined;
  readonly postmaster: string;
  readonly version: string | undefined;
  readonly processes: ReadonlyMap<number, ProcessView>;
  readonly flushLsn: number;
  readonly walBytes: number;
  readonly commits: number;
  readonly checkpoint: string | undefined;
  readonly lastCheckpoint: { readonly at: Micros; readonly reason: string } | undefined;
  readonly crashes: number;
}

export const EMPTY: ClusterView = {
  sequence: 0,
  time: undefined,
  postmaster: 'stopped',
  version: undefined,
  processes: new Map(),
  flushLsn: 0,
  walBytes: 0,
  commits: 0,
  checkpoint: undefined,
  lastCheckpoint: undefined,
  crashes: 0,
};

type Changes = Partial<ClusterView>;

export const sessions = (view: ClusterView): number => {
  let count = 0;
  for (const process of view.processes.values()) {
    count += process.type === 'client backend' && process.user !== undefined ? 1 : 0;
  }
  return count;
};

function withProcess(view: ClusterView, pid: number, change: Partial<ProcessView>): Changes {
  const before = view.processes.get(pid);
  if (!before) {
    return {};
  }
  return { processes: new Map(view.processes).set(pid, { ...before, ...change }) };
}

function without(view: ClusterView, pid: number): Changes {
  const processes = new Map(view.processes);
  processes.delete(pid);
  return { processes };
}

function born(event: LogEvent, parent: number): ProcessView {
  return {
    pid: event.pid,
    type: event.processType,
    parent,
    state: 'starting',
    since: event.time,
  };
}

function changes(view: ClusterView, event: LogEvent): Changes {
  const { data, pid, time } = event;
  switch (event.type) {
    case 'postmaster.started':
      return {
        postmaster: 'PM_INIT',
        version: text(data['server_version']),
        processes: new Map([[pid, born(event, 0)]]),
        checkpoint: undefined,
      };
    case 'postmaster.state_changed': {
      const to = text(data['to_state']) ?? '';
      const ready = to === 'PM_RUN' ? withProcess(view, pid, { state: 'ready' }) : {};
      return { ...ready, postmaster: to };
    }
    case 'postmaster.stopped':
      return { postmaster: 'stopped', processes: new Map(), checkpoint: undefined };
    case 'process.forked': {
      const process = born(event, number(data['parent_pid']));
      return { processes: new Map(view.processes).set(pid, process) };
    }
    case 'process.ready':
      return withProcess(view, pid, { state: 'ready' });
    case 'process.terminated':
      return withProcess(view, pid, { state: 'terminating' });
    case 'process.crashed':
      return { ...without(view, pid), crashes: view.crashes + 1 };
    case 'process.exited':
    case 'process.lost':
      return without(view, pid);
    case 'connection.authorized':
      return withProcess(view, pid, {
        state: 'ready',
        user: text(data['usename']),
        database: text(data['datname']),
        application: text(data['application_name']),
      });
    case 'connection.closed':
      return withProcess(view, pid, { user: undefined });
    case 'wal.flushed':
      return {
        flushLsn: Math.max(view.flushLsn, lsn(data['end_lsn'])),
        walBytes: view.walBytes + number(data['wal_bytes']),
        commits: view.commits + number(data['commits']),
      };
    case 'checkpoint.started': {
      const reason = text(data['reason']) ?? '';
      return {
        ...withProcess(view, pid, { activity: `checkpoint: ${reason}` }),
        checkpoint: reason,
      };
    }
    case 'checkpoint.completed':
    case 'checkpoint.skipped': {
      const done = { ...withProcess(view, pid, { activity: undefined }), checkpoint: undefined };
      return event.type === 'checkpoint.skipped'
        ? done
        : { ...done, lastCheckpoint: { at: time, reason: text(data['reason']) ?? '' } };
    }
    case 'recovery.started':
      return withProcess(view, pid, { activity: `redo from ${text(data['redo_lsn']) ?? ''}` });
    case 'recovery.completed':
      return withProcess(view, pid, { activity: undefined });
    case 'vacuum.started':
      return withProcess(view, pid, {
        activity: `vacuum: ${text(data['schemaname']) ?? ''}.${text(data['relname']) ?? ''}`,
      });
    case 'vacuum.completed':
    case 'vacuum.cancelled':
      return withProcess(view, pid, { activity: undefined });
    default:
      return {};
  }
}

/** The cluster after one more event. */
export function apply(view: ClusterView, event: LogEvent): ClusterView {
  return { ...view, ...changes(view, event), sequence: event.sequence, time: event.time };
}

interface ServerState {
  sequence: number | string;
  time?: string;
  postmaster: { state: string; server_version?: string };
  processes: Array<Record<string, unknown>>;
  wal: Record<string, unknown>;
  totals: Record<string, unknown>;
  event_counts?: Record<string, number>;
}

/** Reads what `/api/v1/state` says. */
export function fromServer(json: ServerState): ClusterView {
  const processes = new Map<number, ProcessView>();
  for (const p of json.processes) {
    const pid = number(p['pid']);
    processes.set(pid, {
      pid,
      type: text(p['backend_type']) ?? '',
      parent: number(p['parent_pid']),
      state: (text(p['state'])?.toLowerCase() ?? 'ready') as ProcessView['state'],
      since: parseInstant(text(p['started_at']) ?? ''),
      user: text(p['usename']),
      database: text(p['datname']),
      application: text(p['application_name']),
      activity: text(p['activity']),
    });
  }
  return {
    ...EMPTY,
    sequence: Number(json.sequence),
    time: json.time === undefined ? undefined : parseInstant(json.time),
    postmaster: json.postmaster.state,
    version: json.postmaster.server_version,
    processes,
    flushLsn: lsn(json.wal['flush_lsn']),
    walBytes: number(json.totals['wal_bytes']),
    commits: number(json.totals['group_commits']),
    crashes: json.event_counts?.['process.crashed'] ?? 0,
  };
}
