import type { Panel, Store } from '../core/store';
import { ComparePanel } from './Compare';
import { DrillsPanel } from './DrillsPanel';
import { EventPanel } from './EventPanel';
import { ExportMenu } from './ExportMenu';
import { LogPanel } from './LogPanel';
import { NowPanel } from './NowPanel';
import { SqlPanel } from './SqlPanel';

const TABS: ReadonlyArray<readonly [Panel, string]> = [
  ['now', 'Cluster'],
  ['event', 'Event'],
  ['log', 'Log'],
  ['sql', 'SQL'],
  ['compare', 'Compare'],
  ['drills', 'Drills'],
];

export function SidePanel({ store, exportPicture }: { store: Store; exportPicture: () => void }) {
  return (
    <aside class="side">
      <div class="tabs" role="tablist">
        {TABS.map(([panel, name]) => (
          <button
            key={panel}
            type="button"
            role="tab"
            aria-selected={store.panel === panel}
            data-testid={`tab-${panel}`}
            onClick={() => {
              store.panel = panel;
              store.changed();
            }}
          >
            {name}
          </button>
        ))}
      </div>
      <div class="panel" role="tabpanel" data-testid="panel">
        {store.panel === 'now' && <NowPanel store={store} />}
        {store.panel === 'event' && <EventPanel store={store} />}
        {store.panel === 'log' && <LogPanel store={store} />}
        {store.panel === 'sql' && <SqlPanel store={store} />}
        {store.panel === 'compare' && <ComparePanel store={store} />}
        {store.panel === 'drills' && <DrillsPanel store={store} />}
      </div>
      <ExportMenu store={store} exportPicture={exportPicture} />
    </aside>
  );
}
