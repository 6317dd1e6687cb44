import { AXES, AXIS_NAMES } from './axis';
import type { Store } from './store';

/** Something that the reader can have done, by a key, the palette, or both. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly key?: string;
  run(): void;
}

/** What only the widgets can do. */
export interface Surfaces {
  openPalette(): void;
  openHelp(): void;
  openNote(): void;
  focusSearch(): void;
  toggleTheme(): void;
  exportAs(format: 'cloudevents' | 'chrome' | 'csv' | 'png'): void;
}

export function commandsOf(store: Store, surfaces: Surfaces): readonly Command[] {
  const panel = (name: typeof store.panel, title: string): Command => ({
    id: `panel-${name}`,
    title,
    run: () => {
      store.panel = name;
      store.panelOpen = true;
      store.changed();
    },
  });
  return [
    { id: 'play', title: 'Play or pause', key: ' ', run: () => store.togglePlay() },
    { id: 'live', title: 'Follow the newest events', key: 'l', run: () => store.goLive() },
    { id: 'next', title: 'Next event', key: '.', run: () => void store.step(1) },
    { id: 'previous', title: 'Previous event', key: ',', run: () => void store.step(-1) },
    { id: 'fit', title: 'Fit what is selected, else everything', key: 'f', run: () => store.fit() },
    { id: 'all', title: 'Show the whole log', key: '0', run: () => { store.range = undefined; store.fitAll(); store.changed(); } },
    { id: 'begin', title: 'Begin the selected stretch here', key: '[', run: () => store.bound('from') },
    { id: 'end', title: 'End the selected stretch here', key: ']', run: () => store.bound('to') },
    { id: 'faster', title: 'Play faster', key: '+', run: () => store.changeSpeed(1) },
    { id: 'slower', title: 'Play more slowly', key: '-', run: () => store.changeSpeed(-1) },
    { id: 'mark', title: 'Leave a mark or note here', key: 'm', run: () => surfaces.openNote() },
    { id: 'pin', title: 'Pin this lane to the top', key: 'p', run: () => void dispatchEvent(new Event('lifeline-pin')) },
    { id: 'search', title: 'Search and filter', key: '/', run: () => surfaces.focusSearch() },
    { id: 'palette', title: 'All commands', key: 'k', run: () => surfaces.openPalette() },
    { id: 'help', title: 'Keys, and what is seen here', key: '?', run: () => surfaces.openHelp() },
    { id: 'escape', title: 'Select nothing', key: 'Escape', run: () => { store.range = undefined; void store.select(undefined); } },
    ...AXES.map((axis, i) => ({
      id: `axis-${axis}`,
      title: `Axis: ${AXIS_NAMES[axis].name} (${AXIS_NAMES[axis].purpose})`,
      key: String(i + 1),
      run: () => void store.setAxis(axis),
    })),
    panel('now', 'Show the cluster as it was at this instant'),
    panel('log', 'Show the events as a table'),
    { ...panel('sql', 'Lanes of SQL queries'), key: 'q' },
    panel('compare', 'Compare two stretches'),
    panel('drills', 'Drills: crash, checkpoint, reload'),
    { id: 'oracle', title: 'Name the processes as Oracle does', key: 'o', run: () => { store.oracle = !store.oracle; store.changed(); } },
    { id: 'theme', title: 'Light or dark', key: 't', run: () => surfaces.toggleTheme() },
    { id: 'side', title: 'Show or hide the panel', key: 'b', run: () => { store.panelOpen = !store.panelOpen; store.changed(); } },
    { id: 'export-cloudevents', title: 'Export as CloudEvents', run: () => surfaces.exportAs('cloudevents') },
    { id: 'export-chrome', title: 'Export as a trace for Perfetto or Chrome', run: () => surfaces.exportAs('chrome') },
    { id: 'export-csv', title: 'Export as CSV', run: () => surfaces.exportAs('csv') },
    { id: 'export-png', title: 'Export the picture as PNG', run: () => surfaces.exportAs('png') },
  ];
}

/** The commands whose title has all the words, those that begin with the text first. */
export function matching(commands: readonly Command[], typed: string): readonly Command[] {
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const found = commands.filter((command) => {
    const title = command.title.toLowerCase();
    return words.every((word) => title.includes(word));
  });
  const begins = (command: Command) => command.title.toLowerCase().startsWith(words[0] ?? '');
  return [...found.filter(begins), ...found.filter((command) => !begins(command))];
}
