import { toInstant } from '../base/time';
import type { LogEvent } from './event';
import { foldPostmaster } from './foldPostmaster';
import {
  born,
  type Changes,
  type ClusterView,
  inState,
  later,
  num,
  present,
  str,
  withProcess,
} from './state';

/** The cluster after one more event: what `Fold` does on the server, in the same words. */
export function apply(view: ClusterView, event: LogEvent): ClusterView {
  const counted: ClusterView = {
    ...view,
    sequence: event.sequence,
    time: toInstant(event.time),
    event_counts: { ...view.event_counts, [event.type]: (view.event_counts[event.type] ?? 0) + 1 },
    totals:
      event.dropped === undefined
        ? view.totals
        : { ...view.totals, dropped: view.totals.dropped + event.dropped },
  };
  return present({ ...counted, ...changes(counted, event) });
}

function changes(view: ClusterView, event: LogEvent): Changes {
  switch (event.type.slice(0, event.type.indexOf('.'))) {
    case 'postmaster':
      return foldPostmaster(view, event);
    case 'process':
      return process(view, event);
    case 'connection':
      return connection(view, event);
    case 'transaction':
      return transaction(view, event);
    case 'wal':
      return wal(view, event);
    case 'checkpoint':
      return checkpoint(view, event);
    case 'vacuum':
      return vacuum(view, event);
    case 'recovery':
      return recovery(view, event);
    case 'lock':
      return lock(view, event);
    default:
      return sums(view, event);
  }
}

/** What is only added up, or kept as it came. */
function sums(view: ClusterView, event: LogEvent): Changes {
  const { totals } = view;
  switch (event.type) {
    case 'statement.completed':
      return { totals: { ...totals, statement_rows: totals.statement_rows + num(event, 'rows') } };
    case 'buffer.evicted_dirty':
      return {
        totals: {
          ...totals,
          buffers_backend: totals.buffers_backend + num(event, 'buffers_backend'),
        },
      };
    case 'stats.reported': {
      const { pid: _pid, backend_type: _type, ...stats } = event.data;
      const insert = later(str(event, 'wal_insert_lsn'), view.wal.flush_lsn);
      return { stats, wal: { ...view.wal, insert_lsn: insert } };
    }
    default:
      return {};
  }
}

function process(view: ClusterView, event: LogEvent): Changes {
  switch (event.type) {
    case 'process.forked':
      return {
        processes: new Map(view.processes).set(event.pid, born(event, num(event, 'parent_pid'))),
      };
    case 'process.ready':
      return withProcess(view, event, inState(event, 'ready'));
    case 'process.restarted':
      return withProcess(view, event, { replaces_pid: num(event, 'replaces_pid') });
    case 'process.terminated':
      return withProcess(view, event, inState(event, 'terminating'));
    case 'process.exited':
    case 'process.crashed':
    case 'process.lost': {
      const processes = new Map(view.processes);
      processes.delete(event.pid);
      return { processes, ...disconnected(view, event) };
    }
    default:
      return {};
  }
}

/** One client fewer, if this one was let in. */
function disconnected(view: ClusterView, event: LogEvent): Changes {
  if (view.processes.get(event.pid)?.usename === undefined) {
    return {};
  }
  const connections = Math.max(0, view.totals.connections - 1);
  return { totals: { ...view.totals, connections } };
}

function connection(view: ClusterView, event: LogEvent): Changes {
  const { data } = event;
  switch (event.type) {
    case 'connection.received':
      return withProcess(view, event, {
        client_addr: data['client_addr'] as string | undefined,
        client_port: data['client_port'] as number | undefined,
      });
    case 'connection.authorized': {
      const before = view.processes.get(event.pid);
      const isNew = before !== undefined && before.usename === undefined;
      const connections = view.totals.connections + (isNew ? 1 : 0);
      return {
        totals: { ...view.totals, connections },
        ...withProcess(view, event, {
          usename: str(event, 'usename'),
          datname: str(event, 'datname'),
          application_name: data['application_name'] as string | undefined,
        }),
      };
    }
    case 'connection.closed':
      return { ...disconnected(view, event), ...withProcess(view, event, { usename: null }) };
    default:
      return {};
  }
}

function transaction(view: ClusterView, event: LogEvent): Changes {
  const at = event.data['commit_lsn'] ?? event.data['prepare_lsn'];
  return typeof at === 'string'
    ? { wal: { ...view.wal, insert_lsn: later(view.wal.insert_lsn, at) } }
    : {};
}

function wal(view: ClusterView, event: LogEvent): Changes {
  switch (event.type) {
    case 'wal.flushed': {
      const flushed = later(view.wal.flush_lsn, str(event, 'end_lsn'));
      return {
        wal: {
          ...view.wal,
          flush_lsn: flushed,
          insert_lsn: later(view.wal.insert_lsn, flushed),
        },
        totals: {
          ...view.totals,
          wal_bytes: view.totals.wal_bytes + num(event, 'wal_bytes'),
          group_commits: view.totals.group_commits + num(event, 'commits'),
        },
      };
    }
    case 'wal.segment_switched':
      return { wal: { ...view.wal, wal_file: str(event, 'wal_file') } };
    case 'wal.segment_archived':
      return { wal: { ...view.wal, last_archived: str(event, 'wal_file') } };
    default:
      return {};
  }
}

function checkpoint(view: ClusterView, event: LogEvent): Changes {
  const at = toInstant(event.time);
  const { checkpoint_running: _running, ...idle } = view.wal;
  switch (event.type) {
    case 'checkpoint.started': {
      const reason = str(event, 'reason');
      return {
        wal: {
          ...view.wal,
          checkpoint_running: { reason, since: at, redo_lsn: str(event, 'redo_lsn') },
        },
        ...withProcess(view, event, { activity: `checkpoint: ${reason}` }),
      };
    }
    case 'checkpoint.completed':
      return {
        wal: {
          ...idle,
          last_checkpoint: {
            reason: str(event, 'reason'),
            completed_at: at,
            checkpoint_lsn: str(event, 'checkpoint_lsn'),
            redo_lsn: str(event, 'redo_lsn'),
            buffers_written: num(event, 'buffers_written'),
            total_ms: num(event, 'total_ms'),
          },
        },
        totals: {
          ...view.totals,
          buffers_written: view.totals.buffers_written + num(event, 'buffers_written'),
        },
        ...withProcess(view, event, { activity: null }),
      };
    default:
      return { wal: idle, ...withProcess(view, event, { activity: null }) };
  }
}

function vacuum(view: ClusterView, event: LogEvent): Changes {
  switch (event.type) {
    case 'vacuum.worker_launched':
      return withProcess(view, event, {
        usename: null,
        datname: str(event, 'datname'),
        application_name: null,
      });
    case 'vacuum.started':
      return withProcess(view, event, {
        activity: `vacuum: ${str(event, 'schemaname')}.${str(event, 'relname')}`,
      });
    case 'vacuum.completed':
      return {
        totals: {
          ...view.totals,
          tuples_removed: view.totals.tuples_removed + num(event, 'tuples_removed'),
        },
        ...withProcess(view, event, { activity: null }),
      };
    case 'vacuum.cancelled':
      return withProcess(view, event, { activity: null });
    default:
      return {};
  }
}

function recovery(view: ClusterView, event: LogEvent): Changes {
  const { recovery: running, ...without } = view.wal;
  switch (event.type) {
    case 'recovery.started': {
      const redo = str(event, 'redo_lsn');
      return {
        wal: {
          ...view.wal,
          recovery: {
            reason: str(event, 'reason'),
            since: toInstant(event.time),
            redo_lsn: redo,
            current_lsn: redo,
            records: 0,
          },
        },
        ...withProcess(view, event, { activity: `redo from ${redo}` }),
      };
    }
    case 'recovery.progressed':
      return running === undefined
        ? {}
        : {
            wal: {
              ...view.wal,
              recovery: {
                ...running,
                current_lsn: str(event, 'current_lsn'),
                records: num(event, 'records'),
              },
            },
          };
    case 'recovery.completed': {
      // What lay behind the end of redo is gone, so the positions may go back here.
      const end = str(event, 'end_lsn');
      return {
        wal: { ...without, insert_lsn: end, flush_lsn: end },
        ...withProcess(view, event, { activity: null }),
      };
    }
    default:
      return {};
  }
}

function lock(view: ClusterView, event: LogEvent): Changes {
  return withProcess(view, event, {
    waiting_for:
      event.type === 'lock.waiting' ? `${str(event, 'mode')} on ${str(event, 'target')}` : null,
  });
}
