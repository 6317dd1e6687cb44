import { useEffect, useRef, useState } from 'preact/hooks';
import { grouped } from '../base/format';
import { clockText, micros } from '../base/time';
import type { ChainView } from '../core/api';
import type { Viewport } from '../core/axis';
import type { Store } from '../core/store';
import { paletteOf } from '../draw/palette';
import { Scene } from '../draw/scene';

/** Where in the view the event stands at which both stretches are aligned. */
const ALIGNED_AT = 0.6;

export function viewAround(at: number, span: number): Viewport {
  return { from: at - span * ALIGNED_AT, to: at + span * (1 - ALIGNED_AT) };
}

/** The chain of the event to compare with. */
function useOther(store: Store): ChainView | undefined {
  const [other, setOther] = useState<ChainView>();
  useEffect(() => {
    const sequence = store.compareWith;
    if (sequence !== undefined) {
      void store.api.chain(sequence).then(setOther, () => setOther(undefined));
    }
  }, [store, store.compareWith]);
  return store.compareWith === undefined ? undefined : other;
}

/** The same store, seen through another window. */
function through(store: Store, chain: ChainView): Store {
  const span = store.view.to - store.view.from;
  return Object.create(store, {
    view: { value: viewAround(chain.tick[store.axis], span) },
    chain: { value: chain },
    selected: { value: chain.tick.sequence },
    range: { value: undefined },
  }) as Store;
}

/** Two stretches of the log, one above the other, aligned at an event each; they zoom together. */
export function CompareStage({ store }: { store: Store }) {
  const other = useOther(store);
  const { chain } = store;
  if (!chain || !other) {
    return null;
  }
  return (
    <div class="compare" data-testid="compare">
      <Stretch store={store} chain={other} name="A" />
      <Stretch store={store} chain={chain} name="B" />
    </div>
  );
}

function Stretch({ store, chain, name }: { store: Store; chain: ChainView; name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    const { overview } = store;
    if (!element || !context || !overview) {
      return undefined;
    }
    const palette = paletteOf(element.parentElement ?? element, overview.groups, overview.kinds);
    let frame = 0;
    let drawn = '';
    const draw = () => {
      frame = requestAnimationFrame(draw);
      const { clientWidth: w, clientHeight: h } = element;
      const seen = `${store.view.to - store.view.from} ${w} ${h} ${store.tiles.idle} ${store.live.head.sequence}`;
      if (seen === drawn || w < 200 || h < 60) {
        return;
      }
      drawn = seen;
      element.width = Math.round(w * devicePixelRatio);
      element.height = Math.round(h * devicePixelRatio);
      new Scene(through(store, chain), context).draw(w, h, devicePixelRatio, palette, 0);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [store, chain]);
  return (
    <figure>
      <figcaption>
        <b>{name}</b> {chain.event.type} #{chain.tick.sequence}{' '}
        {clockText(micros(chain.tick.time), 1e6)}
      </figcaption>
      <canvas ref={canvas} aria-label={`Stretch ${name}`} role="img" />
    </figure>
  );
}

interface Difference {
  readonly name: string;
  readonly a: string;
  readonly b: string;
  readonly change: string;
  /** Whether it is worth a look: another text, or a number that is another by a tenth. */
  readonly notable: boolean;
}

function changeText(change: number): string {
  if (change === 0 || !Number.isFinite(change)) {
    return change === 0 ? '' : 'new';
  }
  return change >= 2
    ? `× ${(change + 1).toFixed(change < 9 ? 1 : 0)}`
    : `${change > 0 ? '+' : ''}${(100 * change).toFixed(0)} %`;
}

/** Who it happened to is not a difference. */
const WHO = new Set(['pid', 'backend_type']);

export function differences(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): Difference[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((n) => !WHO.has(n));
  return names.map((name) => {
    const [x, y] = [a[name], b[name]];
    if (typeof x === 'number' && typeof y === 'number') {
      const change = x === 0 ? (y === 0 ? 0 : Number.POSITIVE_INFINITY) : (y - x) / Math.abs(x);
      return { name, a: grouped(x), b: grouped(y), change: changeText(change), notable: Math.abs(change) >= 0.1 };
    }
    const text = (value: unknown) =>
      value === undefined ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value);
    return { name, a: text(x), b: text(y), change: '', notable: text(x) !== text(y) };
  });
}

/** What of two events, and of what happened around them, is not the same. */
export function ComparePanel({ store }: { store: Store }) {
  const other = useOther(store);
  const { chain } = store;
  const [counts, setCounts] = useState<[Record<string, number>, Record<string, number>]>([{}, {}]);
  const span = store.view.to - store.view.from;
  useEffect(() => {
    if (!chain || !other) {
      return;
    }
    const around = async (one: ChainView) => {
      const view = viewAround(one.tick[store.axis], span);
      const [from, to] = await Promise.all([
        store.api.locate(store.axis, view.from),
        store.api.locate(store.axis, view.to),
      ]);
      return store.api.counts(from.sequence, to.sequence);
    };
    void Promise.all([around(other), around(chain)]).then(setCounts, () => {});
  }, [store, chain, other, span]);
  if (!chain || !other) {
    return (
      <p class="empty">
        Select an event, a checkpoint or a crash perhaps, and choose “Compare with the last”. Both
        stretches are then drawn one above the other, aligned at these events.
      </p>
    );
  }
  const [inA, inB] = counts;
  return (
    <>
      <section aria-label="Differences of the events">
        <h2>
          {chain.event.type}: #{other.tick.sequence} and #{chain.tick.sequence}
          <span class="spacer" />
          <button
            type="button"
            onClick={() => {
              store.compareWith = undefined;
              store.panel = 'event';
              store.changed();
            }}
          >
            Done
          </button>
        </h2>
        <Differences rows={differences(other.event.data, chain.event.data)} id="differences" />
      </section>
      <section aria-label="Differences of what happened">
        <h2>Events in both stretches</h2>
        <Differences
          rows={differences(inA, inB).map((row) => ({ ...row, a: row.a === '–' ? '0' : row.a, b: row.b === '–' ? '0' : row.b }))}
          id="count-differences"
        />
      </section>
    </>
  );
}

function Differences({ rows, id }: { rows: readonly Difference[]; id: string }) {
  return (
    <table data-testid={id}>
      <thead>
        <tr>
          <th scope="col" />
          <th scope="col">A</th>
          <th scope="col">B</th>
          <th scope="col" />
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, a, b, change, notable }) => (
          <tr key={name} class={notable ? 'notable' : ''}>
            <th scope="row">{name.replaceAll('_', '_\u200b').replaceAll('.', '.\u200b')}</th>
            <td>{a}</td>
            <td>{b}</td>
            <td>{change}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
