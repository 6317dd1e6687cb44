import { clockText } from '../base/time';
import type { Store } from '../core/store';
import { sessions } from '../core/state';

/** An LSN as PostgreSQL writes it. */
const lsnText = (lsn: number): string =>
  `${Math.floor(lsn / 2 ** 32).toString(16).toUpperCase()}/${(lsn % 2 ** 32).toString(16).toUpperCase()}`;

const grouped = (n: number): string => n.toLocaleString('en-US');

/** The cluster in figures at the shown instant. */
export function Counters({ store }: { store: Store }) {
  const view = store.view();
  const second = store.history.indexAt((store.now() - 1_000_000) as typeof store.newest);
  const rate = view.commits - store.history.stateAt(second).commits;
  // The view above is asked for again by others: keep it the cached one.
  store.view();
  const figures: Array<[string, string, string]> = [
    ['state', 'State', view.postmaster],
    ['sessions', 'Sessions', grouped(sessions(view))],
    ['processes', 'Processes', grouped(view.processes.size)],
    ['commits', 'Commits / s', grouped(Math.max(0, rate))],
    ['wal', 'WAL flushed to', view.flushLsn === 0 ? '–' : lsnText(view.flushLsn)],
    [
      'checkpoint',
      'Last checkpoint',
      view.checkpoint !== undefined
        ? `running: ${view.checkpoint}`
        : view.lastCheckpoint
          ? `${clockText(view.lastCheckpoint.at, 1e6)} ${view.lastCheckpoint.reason}`
          : '–',
    ],
    ['crashes', 'Crashes', grouped(view.crashes)],
    ['events', 'Events', grouped(view.sequence)],
  ];
  return (
    <dl class="counters">
      {figures.map(([id, label, value]) => (
        <div key={id} data-testid={`counter-${id}`} class={id === 'crashes' && view.crashes > 0 ? 'bad' : ''}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
