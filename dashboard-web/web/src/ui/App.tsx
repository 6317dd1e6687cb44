import { useEffect, useReducer, useState } from 'preact/hooks';
import type { Store } from '../core/store';
import { Controls } from './Controls';
import { Counters } from './Counters';
import { Inspector } from './Inspector';
import { ProcessTree } from './ProcessTree';
import { Timeline } from './Timeline';

/** Shows the store again when it changed, at most once a frame. */
function useStore(store: Store): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    let frame = 0;
    const unsubscribe = store.subscribe(() => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        again(undefined);
      });
    });
    return () => {
      cancelAnimationFrame(frame);
      unsubscribe();
    };
  }, [store]);
}

function isTyping(event: KeyboardEvent): boolean {
  return event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
}

export function App({ store }: { store: Store }) {
  useStore(store);
  const [oracle, setOracle] = useState(true);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }
      if (event.key === ' ') {
        event.preventDefault();
        if (store.player.mode === 'paused') {
          store.player.play(store.newest, performance.now());
        } else {
          store.player.pause(store.newest);
        }
      } else if (event.key === ',') {
        store.step(-1);
      } else if (event.key === '.') {
        store.step(1);
      } else if (event.key === 'Escape') {
        store.selected = undefined;
      } else {
        return;
      }
      store.changed();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [store]);

  const view = store.view();
  return (
    <div class="app">
      <header>
        <h1>
          <span class="pulse" /> Lifeline
        </h1>
        <span class={`badge ${view.postmaster === 'PM_RUN' ? 'good' : 'warn'}`}>{view.postmaster}</span>
        {view.version !== undefined && <span class="version">PostgreSQL {view.version}</span>}
        <span class="spacer" />
        <label class="toggle">
          <input type="checkbox" checked={oracle} onChange={(e) => setOracle(e.currentTarget.checked)} />
          Oracle names
        </label>
        <label class="toggle">
          <input
            type="checkbox"
            checked={store.showEnded}
            onChange={(e) => {
              store.showEnded = e.currentTarget.checked;
              store.changed();
            }}
          />
          Ended lanes
        </label>
        <span class={store.connected ? 'link on' : 'link'} data-testid="connection">
          {store.connected ? 'connected' : 'connecting …'}
        </span>
      </header>
      {store.failure !== undefined && <p class="failure">The event log cannot be read: {store.failure}</p>}
      {store.gaps.length > 0 && (
        <p class="failure">
          {store.gaps.length === 1 ? 'A gap' : `${store.gaps.length} gaps`} in the log: events{' '}
          {store.gaps.map((g) => `${g.from}–${g.to}`).join(', ')} are not kept any more.
        </p>
      )}
      <Counters store={store} />
      <main>
        <ProcessTree
          view={view}
          oracle={oracle}
          onSelect={(pid) => {
            const event = store.history.all
              .slice(0, store.nowIndex() + 1)
              .findLast((e) => e.pid === pid);
            store.selected = event;
            store.changed();
          }}
        />
        <div class="stage">
          <Timeline store={store} />
          <Controls store={store} />
        </div>
        <Inspector store={store} />
      </main>
    </div>
  );
}
