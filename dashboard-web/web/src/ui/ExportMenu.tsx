import { filterQuery } from '../core/filter';
import type { Store } from '../core/store';
import { spanText } from '../draw/ruler';

export type DataFormat = 'cloudevents' | 'chrome' | 'csv';

const FORMATS: ReadonlyArray<readonly [DataFormat, string]> = [
  ['cloudevents', 'CloudEvents'],
  ['chrome', 'Perfetto'],
  ['csv', 'CSV'],
];

/** Has the browser save what is selected, or else what is seen, as far as the filter admits it. */
export async function exportData(store: Store, format: DataFormat): Promise<void> {
  const { from, to } = store.range ?? store.view;
  const [first, last] = await Promise.all([
    store.api.locate(store.axis, from),
    store.api.locate(store.axis, Math.min(to, store.head())),
  ]);
  const link = document.createElement('a');
  link.href = store.api.exportUrl(
    format,
    first.sequence,
    last.sequence,
    filterQuery(store.filter, true),
  );
  link.download = '';
  link.click();
}

/** What is seen: the lanes, or the two stretches that are compared, one above the other. */
function picture(): HTMLCanvasElement | null {
  const stretches = [...document.querySelectorAll<HTMLCanvasElement>('.compare canvas')];
  if (stretches.length === 0) {
    return document.querySelector<HTMLCanvasElement>('canvas.timeline');
  }
  const both = document.createElement('canvas');
  both.width = Math.max(...stretches.map((stretch) => stretch.width));
  both.height = stretches.reduce((sum, stretch) => sum + stretch.height, 0);
  const context = both.getContext('2d');
  let top = 0;
  for (const stretch of stretches) {
    context?.drawImage(stretch, 0, top);
    top += stretch.height;
  }
  return both;
}

/** The picture as it is seen. */
export function exportPicture(): void {
  picture()?.toBlob((blob) => {
    if (blob) {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = 'lifeline.png';
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    }
  });
}

export function ExportMenu({ store, exportPicture: save }: { store: Store; exportPicture: () => void }) {
  const { from, to } = store.range ?? store.view;
  return (
    <div class="export" role="group" aria-label="Export">
      <span>
        Export {store.range ? 'the selection' : 'what is seen'} <b>{spanText(store.axis, to - from)}</b>
      </span>
      {FORMATS.map(([format, name]) => (
        <button key={format} type="button" data-testid={`export-${format}`} onClick={() => void exportData(store, format)}>
          {name}
        </button>
      ))}
      <button type="button" data-testid="export-png" onClick={save}>
        PNG
      </button>
    </div>
  );
}
