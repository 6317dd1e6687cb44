import { bytesText, grouped } from '../base/format';
import { clockText, durationText, parseInstant } from '../base/time';
import { number } from '../core/event';
import { kindOf } from '../core/processes';
import type { ClusterView, ProcessView } from '../core/state';
import type { Store } from '../core/store';

/** The cluster as it was at the instant at which the page stands. */
export function NowPanel({ store }: { store: Store }) {
  const state = store.state();
  if (!state) {
    return <p class="empty">Reading the log …</p>;
  }
  return (
    <>
      <Processes store={store} state={state} />
      <Locks state={state} />
      <Wal state={state} />
      <Buffers state={state} />
      <Parameters state={state} />
    </>
  );
}

const processesOf = (state: ClusterView): ProcessView[] =>
  [...state.processes.values()].sort(
    (a, b) => kindOf(a.backend_type).rank - kindOf(b.backend_type).rank || a.pid - b.pid,
  );

/** Lists stay short: beyond this the count says it. */
const SHOWN_MAX = 60;

function Processes({ store, state }: { store: Store; state: ClusterView }) {
  const all = processesOf(state);
  const sessions = all.filter((p) => p.usename !== undefined).length;
  return (
    <section aria-label="Processes">
      <h2>
        Processes <span class="count">{all.length}</span>
        <span class="spacer" />
        <span class="count" data-testid="counter-sessions">
          {sessions} {sessions === 1 ? 'connection' : 'connections'}
        </span>
        <label class="toggle">
          <input
            type="checkbox"
            data-testid="oracle"
            checked={store.oracle}
            onChange={(e) => {
              store.oracle = e.currentTarget.checked;
              store.changed();
            }}
          />
          Oracle names
        </label>
      </h2>
      {all.length === 0 && <p class="empty">No process is alive at this instant.</p>}
      <ul class="tree" data-testid="process-tree">
        {all.slice(0, SHOWN_MAX).map((process) => (
          <li key={process.pid} class={process.parent_pid === 0 ? '' : 'child'}>
            <ProcessRow process={process} store={store} />
          </li>
        ))}
      </ul>
      {all.length > SHOWN_MAX && <p class="empty">and {all.length - SHOWN_MAX} more</p>}
    </section>
  );
}

function ProcessRow({ process, store }: { process: ProcessView; store: Store }) {
  const kind = kindOf(process.backend_type);
  const session =
    process.usename === undefined
      ? undefined
      : `${process.usename}@${process.datname ?? ''} ${process.application_name ?? ''}`;
  const note = process.waiting_for === undefined ? (process.activity ?? session) : undefined;
  return (
    <button
      type="button"
      class={`process ${process.state}`}
      data-type={process.backend_type}
      data-pid={process.pid}
      title={kind.story}
      onClick={() => void store.show(process.last_sequence)}
    >
      <span class="dot" />
      <span class="name">{process.backend_type}</span>
      <span class="pid">{process.pid}</span>
      {store.oracle && kind.oracle !== undefined && <span class="oracle">{kind.oracle}</span>}
      {store.oracle && <span class="note">{kind.purpose}</span>}
      {note !== undefined && <span class="note">{note}</span>}
      {process.waiting_for !== undefined && <span class="note waits">waits for {process.waiting_for}</span>}
    </button>
  );
}

function Locks({ state }: { state: ClusterView }) {
  const waiting = processesOf(state).filter((p) => p.waiting_for !== undefined);
  return (
    <section aria-label="Locks">
      <h2>
        Lock waits <span class="count">{waiting.length}</span>
      </h2>
      {waiting.length > 0 && (
        <ul data-testid="locks">
          {waiting.slice(0, SHOWN_MAX).map((p) => (
            <li key={p.pid} class="pair">
              <span>pid {p.pid}</span>
              <span>{p.waiting_for}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Facts({ facts, id }: { facts: ReadonlyArray<readonly [string, string | undefined]>; id: string }) {
  return (
    <dl data-testid={id}>
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <>
            <dt key={`${name}-name`}>{name}</dt>
            <dd key={name}>{value}</dd>
          </>
        ))}
    </dl>
  );
}

function Wal({ state }: { state: ClusterView }) {
  const { wal, totals } = state;
  const last = wal.last_checkpoint;
  const running = wal.checkpoint_running;
  return (
    <section aria-label="Write-ahead log">
      <h2>Write-ahead log</h2>
      <Facts
        id="wal"
        facts={[
          ['inserted to', wal.insert_lsn],
          ['flushed to', wal.flush_lsn],
          ['segment', wal.wal_file],
          ['archived', wal.last_archived],
          ['flushed in all', bytesText(totals.wal_bytes)],
          [
            'checkpoint',
            running
              ? `running: ${running.reason}, since ${clockText(parseInstant(running.since), 1e6)}`
              : last
                ? `${clockText(parseInstant(last.completed_at), 1e6)} ${last.reason}, ${grouped(last.buffers_written)} buffers in ${durationText(last.total_ms * 1000)}`
                : undefined,
          ],
          ['redo', wal.recovery && `at ${wal.recovery.current_lsn}, ${grouped(wal.recovery.records)} records`],
        ]}
      />
    </section>
  );
}

function Buffers({ state }: { state: ClusterView }) {
  const { stats, totals } = state;
  const hit = number(stats?.['blks_hit']);
  const read = number(stats?.['blks_read']);
  const dirty = stats?.['buffers_dirty'];
  return (
    <section aria-label="Buffer pool">
      <h2>Buffer pool</h2>
      <Facts
        id="buffers"
        facts={[
          ['shared memory', bytesText(state.postmaster.shared_memory_bytes)],
          ['dirty now', dirty === undefined ? undefined : `${grouped(number(dirty))} pages`],
          ['hit, last report', hit + read === 0 ? '–' : `${((100 * hit) / (hit + read)).toFixed(1)} %`],
          ['written by checkpoints', grouped(totals.buffers_written)],
          ['written by sessions', grouped(totals.buffers_backend)],
        ]}
      />
    </section>
  );
}

function Parameters({ state }: { state: ClusterView }) {
  const entries = Object.entries(state.parameters).sort(([a], [b]) => a.localeCompare(b));
  return (
    <section aria-label="Parameters">
      <details>
        <summary>
          Parameters set <span class="count">{entries.length}</span>
        </summary>
        <Facts id="parameters" facts={entries} />
      </details>
      <Facts
        id="totals"
        facts={[
          ['events', grouped(state.sequence)],
          ['crashes', grouped(state.event_counts['process.crashed'] ?? 0)],
          ['commits', grouped(state.event_counts['transaction.committed'] ?? 0)],
          ['dropped events', state.totals.dropped > 0 ? grouped(state.totals.dropped) : undefined],
        ]}
      />
    </section>
  );
}
