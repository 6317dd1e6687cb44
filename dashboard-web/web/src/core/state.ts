import { toInstant } from '../base/time';
import { type LogEvent, lsn, number, text } from './event';

/** A process that is alive; as the server says it, so that both can be compared field by field. */
export interface ProcessView {
  readonly pid: number;
  readonly backend_type: string;
  readonly parent_pid: number;
  readonly state: 'starting' | 'ready' | 'terminating';
  readonly state_since: string;
  readonly started_at: string;
  readonly replaces_pid?: number;
  readonly usename?: string;
  readonly datname?: string;
  readonly application_name?: string;
  readonly client_addr?: string;
  readonly client_port?: number;
  readonly activity?: string;
  readonly waiting_for?: string;
  readonly last_sequence: number;
}

export interface PostmasterView {
  readonly pid: number;
  readonly state: string;
  readonly state_since?: string;
  readonly started_at?: string;
  readonly version?: string;
  readonly server_version?: string;
  readonly data_directory?: string;
  readonly shutdown_mode?: string;
  readonly listening: readonly string[];
  readonly shared_memory_bytes: number;
}

export interface WalView {
  readonly flush_lsn: string;
  readonly insert_lsn: string;
  readonly wal_file?: string;
  readonly last_archived?: string;
  readonly checkpoint_running?: { reason: string; since: string; redo_lsn: string };
  readonly last_checkpoint?: {
    reason: string;
    completed_at: string;
    checkpoint_lsn: string;
    redo_lsn: string;
    buffers_written: number;
    total_ms: number;
  };
  readonly recovery?: {
    reason: string;
    since: string;
    redo_lsn: string;
    current_lsn: string;
    records: number;
  };
}

export interface TotalsView {
  readonly connections: number;
  readonly wal_bytes: number;
  readonly group_commits: number;
  readonly statement_rows: number;
  readonly buffers_written: number;
  readonly buffers_backend: number;
  readonly tuples_removed: number;
  readonly dropped: number;
}

/** The cluster at one instant: the same fold over the log that the server makes. */
export interface ClusterView {
  readonly sequence: number;
  readonly time?: string;
  readonly postmaster: PostmasterView;
  readonly processes: ReadonlyMap<number, ProcessView>;
  readonly wal: WalView;
  readonly totals: TotalsView;
  readonly event_counts: Readonly<Record<string, number>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly stats?: Readonly<Record<string, unknown>>;
}

export const EMPTY: ClusterView = {
  sequence: 0,
  postmaster: { pid: 0, state: 'stopped', listening: [], shared_memory_bytes: 0 },
  processes: new Map(),
  wal: { flush_lsn: '0/0', insert_lsn: '0/0' },
  totals: {
    connections: 0,
    wal_bytes: 0,
    group_commits: 0,
    statement_rows: 0,
    buffers_written: 0,
    buffers_backend: 0,
    tuples_removed: 0,
    dropped: 0,
  },
  event_counts: {},
  parameters: {},
};

/** What `/api/v1/state` says. */
export type ServerState = Omit<ClusterView, 'processes'> & {
  readonly processes: readonly ProcessView[];
};

export const fromServer = (json: ServerState): ClusterView => ({
  ...json,
  processes: new Map(json.processes.map((process) => [process.pid, process])),
});

/** The reverse, for comparing. */
export const toServer = (view: ClusterView): ServerState => ({
  ...view,
  processes: [...view.processes.values()].sort((a, b) => a.pid - b.pid),
});

export type Changes = { -readonly [K in keyof ClusterView]?: ClusterView[K] };

/** Later of two LSNs. */
export const later = (a: string, b: string): string => (lsn(a) >= lsn(b) ? a : b);

/** An object without the fields that are undefined: absent is how the server says it too. */
export function present<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

/** Changes of a process; null takes a field away. */
export type ProcessChange = { [K in keyof ProcessView]?: ProcessView[K] | null | undefined };

export function withProcess(view: ClusterView, event: LogEvent, change: ProcessChange): Changes {
  const before = view.processes.get(event.pid);
  if (!before) {
    return {};
  }
  const after = { ...before, last_sequence: event.sequence } as Record<string, unknown>;
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === undefined) {
      delete after[name];
    } else {
      after[name] = value;
    }
  }
  return { processes: new Map(view.processes).set(event.pid, after as unknown as ProcessView) };
}

export function born(event: LogEvent, parent: number): ProcessView {
  const at = toInstant(event.time);
  return {
    pid: event.pid,
    backend_type: event.processType,
    parent_pid: parent,
    state: 'starting',
    state_since: at,
    started_at: at,
    last_sequence: event.sequence,
  };
}

export const inState = (event: LogEvent, state: ProcessView['state']): ProcessChange => ({
  state,
  state_since: toInstant(event.time),
});

export const str = (event: LogEvent, name: string): string => text(event.data[name]) ?? '';
export const num = (event: LogEvent, name: string): number => number(event.data[name]);
