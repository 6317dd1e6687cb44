/** The colors of the page's style sheet, so that light and dark are decided in one place. */
export interface Palette {
  readonly surface: string;
  readonly raised: string;
  readonly stripe: string;
  readonly ink: string;
  readonly soft: string;
  readonly faint: string;
  readonly line: string;
  readonly life: string;
  readonly accent: string;
  readonly bad: string;
  readonly range: string;
  /** By the number of the group; as CSS, and as a pixel of a canvas. */
  readonly groups: readonly string[];
  readonly pixels: Uint32Array;
  /** By the number of the kind of a slice: its ground, and its text. */
  readonly kinds: ReadonlyArray<{ readonly fill: string; readonly ink: string }>;
  readonly counters: readonly string[];
  readonly font: string;
  /** The size of the page's text: larger on a wall screen. */
  readonly rootFontPx: number;
  readonly mono: string;
}

const GROUP_COLORS: Readonly<Record<string, string>> = {
  lifecycle: 'lifecycle',
  session: 'session',
  transaction: 'commit',
  statement: 'statement',
  wal: 'wal',
  checkpoint: 'checkpoint',
  vacuum: 'vacuum',
  recovery: 'recovery',
  lock: 'lock',
  replication: 'replication',
  stats: 'stats',
  note: 'note',
  trouble: 'bad',
};

const KIND_COLORS: Readonly<Record<string, string>> = {
  life: 'life',
  state: 'state',
  session: 'session',
  checkpoint: 'checkpoint',
  recovery: 'recovery',
  vacuum: 'vacuum',
  lock: 'lock',
  replication: 'replication',
};

/** A CSS color as a pixel in the byte order of a canvas. */
function pixelOf(context: CanvasRenderingContext2D, color: string): number {
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

export function paletteOf(
  element: Element,
  groups: readonly string[],
  kinds: readonly string[],
): Palette {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const probe = document.createElement('canvas');
  probe.width = 1;
  probe.height = 1;
  const context = probe.getContext('2d', { willReadFrequently: true });
  if (!context) {
    throw new Error('this browser has no canvas');
  }
  // What light-dark() decides is known only where it is used.
  const used = document.createElement('span');
  element.append(used);
  const resolved = (name: string): string => {
    used.style.color = `var(--${name})`;
    return getComputedStyle(used).color;
  };
  const palette: Palette = {
    surface: resolved('surface'),
    raised: resolved('raised'),
    stripe: resolved('stripe'),
    ink: resolved('ink'),
    soft: resolved('soft'),
    faint: resolved('faint'),
    line: resolved('line'),
    life: resolved('life'),
    accent: resolved('accent'),
    bad: resolved('bad'),
    range: resolved('range'),
    groups: groups.map((group) => resolved(GROUP_COLORS[group] ?? 'faint')),
    pixels: Uint32Array.from(
      groups.map((group) => pixelOf(context, resolved(GROUP_COLORS[group] ?? 'faint'))),
    ),
    kinds: kinds.map((kind) => ({
      fill: resolved(`${KIND_COLORS[kind] ?? 'life'}-ground`),
      ink: resolved(`${KIND_COLORS[kind] ?? 'life'}-text`),
    })),
    counters: ['commit', 'wal', 'checkpoint', 'session'].map(resolved),
    rootFontPx: Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
    font: color('font') || 'system-ui, sans-serif',
    mono: color('mono') || 'ui-monospace, monospace',
  };
  used.remove();
  return palette;
}
