const grouping = new Intl.NumberFormat('en-US');

export const grouped = (n: number): string => grouping.format(n);

/** An LSN as PostgreSQL writes it. */
export const lsnText = (lsn: number): string =>
  `${Math.floor(lsn / 2 ** 32).toString(16).toUpperCase()}/${(lsn % 2 ** 32).toString(16).toUpperCase()}`;

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(value >= 100 || unit === 0 ? 0 : 1)} ${UNITS[unit]}`;
}

/** A figure that fits into a lane's name: 1,234 or 12.3k. */
export function shortNumber(value: number): string {
  if (Math.abs(value) < 10_000) {
    return grouped(Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value));
  }
  return Math.abs(value) < 1e6 ? `${(value / 1e3).toFixed(1)}k` : `${(value / 1e6).toFixed(1)}M`;
}
