import { toInstant } from '../base/time';
import type { LogEvent } from './event';
import { born, type Changes, type ClusterView, inState, num, str, withProcess } from './state';

interface ParameterChange {
  readonly name: string;
  readonly new_value?: string;
}

function changed(
  before: Readonly<Record<string, string>>,
  event: LogEvent,
): Readonly<Record<string, string>> {
  const after = { ...before };
  for (const { name, new_value } of (event.data['parameters'] ?? []) as ParameterChange[]) {
    if (new_value === undefined) {
      delete after[name];
    } else {
      after[name] = new_value;
    }
  }
  return after;
}

function started(view: ClusterView, event: LogEvent): Changes {
  const at = toInstant(event.time);
  const { checkpoint_running: _checkpoint, recovery: _recovery, ...wal } = view.wal;
  // A new run has none of the processes, clients and addresses of the one before.
  return {
    postmaster: {
      pid: event.pid,
      state: 'PM_INIT',
      state_since: at,
      started_at: at,
      version: str(event, 'version'),
      server_version: str(event, 'server_version'),
      data_directory: str(event, 'data_directory'),
      listening: [],
      shared_memory_bytes: 0,
    },
    processes: new Map([[event.pid, born(event, 0)]]),
    totals: { ...view.totals, connections: 0 },
    wal,
  };
}

function stopped(view: ClusterView, event: LogEvent): Changes {
  const { shutdown_mode: _mode, ...before } = view.postmaster;
  const mode = event.data['mode'];
  return {
    postmaster: {
      ...before,
      state: 'stopped',
      state_since: toInstant(event.time),
      ...(typeof mode === 'string' ? { shutdown_mode: mode } : {}),
      listening: [],
      shared_memory_bytes: 0,
    },
    processes: new Map(),
    totals: { ...view.totals, connections: 0 },
  };
}

export function foldPostmaster(view: ClusterView, event: LogEvent): Changes {
  const { postmaster } = view;
  switch (event.type) {
    case 'postmaster.started':
      return started(view, event);
    case 'postmaster.state_changed': {
      const state = str(event, 'to_state');
      return {
        postmaster: { ...postmaster, state, state_since: toInstant(event.time) },
        ...(state === 'PM_RUN' ? withProcess(view, event, inState(event, 'ready')) : {}),
      };
    }
    case 'postmaster.config_loaded':
      return { parameters: changed({}, event) };
    case 'postmaster.config_reloaded':
      return { parameters: changed(view.parameters, event) };
    case 'postmaster.listening': {
      const address = `${str(event, 'address')}:${num(event, 'port')}`;
      return { postmaster: { ...postmaster, listening: [...postmaster.listening, address] } };
    }
    case 'postmaster.shared_memory_initialized':
      return { postmaster: { ...postmaster, shared_memory_bytes: num(event, 'total_bytes') } };
    case 'postmaster.shutdown_requested':
      return { postmaster: { ...postmaster, shutdown_mode: str(event, 'mode') } };
    case 'postmaster.stopped':
      return stopped(view, event);
    default:
      return {};
  }
}
