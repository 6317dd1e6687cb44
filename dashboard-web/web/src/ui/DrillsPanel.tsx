import { useEffect, useState } from 'preact/hooks';
import { durationText } from '../base/time';
import type { Drill, TickView } from '../core/api';
import type { Store } from '../core/store';
import { askToken, token } from './token';

/** A drill under way: which of the events that it should bring about have come. */
interface Run {
  readonly drill: Drill;
  readonly after: number;
  readonly came: ReadonlyMap<string, TickView>;
}

/** Faults on purpose, and the events that are expected of them. */
export function DrillsPanel({ store }: { store: Store }) {
  const [run, setRun] = useState<Run>();
  const [failure, setFailure] = useState<string>();
  const [victim, setVictim] = useState('');

  useEffect(() => {
    if (!run || run.came.size === run.drill.expected.length) {
      return;
    }
    const query = new URLSearchParams({ types: run.drill.expected.join(',') }).toString();
    void store.api
      .search(run.after, false, 200, query)
      .then(({ matches }) => setRun({ ...run, came: arrived(run.drill, matches) }))
      .catch(() => {});
  }, [store, run?.after, store.live.head.sequence]);

  const start = async (drill: Drill) => {
    setFailure(undefined);
    const secret = token() ?? (await askToken(store));
    if (secret === undefined) {
      return;
    }
    try {
      const pid = drill.takes_pid && victim !== '' ? { pid: Number(victim) } : {};
      const done = await store.api.post<{ after: number }>('drill', secret, {
        name: drill.name,
        ...pid,
      });
      store.goLive();
      setRun({ drill, after: done?.after ?? store.live.head.sequence, came: new Map() });
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };

  return (
    <>
      <section aria-label="Drills">
        <h2>Drills</h2>
        <p class="hint">
          What happens when something fails? Make it happen. A drill says on the log that it is one,
          so it never looks like an accident.
        </p>
        <label class="field">
          pid of the victim
          <input type="text" inputMode="numeric" placeholder="any" data-testid="victim" value={victim} onInput={(e) => setVictim(e.currentTarget.value.replace(/\D/g, ''))} />
        </label>
        <div class="drills">
          {store.actions.drills.map((drill) => (
            <button key={drill.name} type="button" class={drill.takes_pid ? 'danger' : ''} data-testid={`drill-${drill.name}`} onClick={() => void start(drill)}>
              {drill.title}
            </button>
          ))}
        </div>
        {store.actions.drills.length === 0 && <p class="empty">This page only reads.</p>}
        {failure !== undefined && <p class="failure">{failure}</p>}
      </section>
      {run && <Expected run={run} store={store} />}
    </>
  );
}

/** The first of each type; the state that counts is the last one. */
function arrived(drill: Drill, matches: readonly TickView[]): ReadonlyMap<string, TickView> {
  const came = new Map<string, TickView>();
  for (const type of drill.expected) {
    const all = matches.filter((match) => match.type === type);
    const one = type === 'postmaster.state_changed' ? afterRecovery(matches, all) : all[0];
    if (one) {
      came.set(type, one);
    }
  }
  return came;
}

/** Of the changes of state, the one after the recovery: sessions are accepted again. */
function afterRecovery(matches: readonly TickView[], all: readonly TickView[]): TickView | undefined {
  const recovered = matches.find((match) => match.type === 'recovery.completed');
  return recovered && all.find((match) => match.sequence > recovered.sequence);
}

function Expected({ run, store }: { run: Run; store: Store }) {
  const first = run.came.get(run.drill.expected[0] ?? '');
  return (
    <section aria-label="Expected events">
      <h2>
        {run.drill.title}: {run.came.size} of {run.drill.expected.length} expected events
      </h2>
      <ol class="expected" data-testid="expected">
        {run.drill.expected.map((type) => {
          const tick = run.came.get(type);
          return (
            <li key={type} class={tick ? 'came' : ''} data-type={type}>
              <button type="button" disabled={!tick} onClick={() => tick && void store.show(tick.sequence)}>
                <i />
                <span class="type">{type}</span>
                <span class="when">{tick && first ? `+${durationText(tick.time - first.time)}` : 'waiting'}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
