/** Microseconds since 1970, UTC: exact in a double until the year 2255. */
export type Micros = number & { readonly brand: 'Micros' };

export const micros = (value: number): Micros => value as Micros;

/** Reads an RFC 3339 instant in UTC with up to microseconds. */
export function parseInstant(text: string): Micros {
  const dot = text.indexOf('.');
  const seconds = Date.parse(dot < 0 ? text : `${text.slice(0, dot)}Z`) * 1000;
  if (dot < 0) {
    return micros(seconds);
  }
  const digits = text.slice(dot + 1, text.length - 1).padEnd(6, '0').slice(0, 6);
  return micros(seconds + Number(digits));
}

export function toInstant(at: Micros): string {
  const millis = new Date(Math.floor(at / 1000)).toISOString().slice(0, -1);
  return `${millis}${String(Math.floor(at) % 1000).padStart(3, '0')}Z`;
}

const two = (n: number) => String(n).padStart(2, '0');

/** The time of day where the reader is, to the digit that matters at this resolution. */
export function clockText(at: Micros, perPixelMicros = 0): string {
  const date = new Date(at / 1000);
  const text = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  if (perPixelMicros >= 20_000) {
    return text;
  }
  const fraction = String(Math.floor(at) % 1_000_000).padStart(6, '0');
  return `${text}.${perPixelMicros >= 20 ? fraction.slice(0, 3) : fraction}`;
}

export function durationText(duration: number): string {
  if (duration < 1000) {
    return `${Math.round(duration)} µs`;
  }
  if (duration < 1_000_000) {
    return `${(duration / 1000).toFixed(duration < 10_000 ? 2 : 1)} ms`;
  }
  const seconds = duration / 1_000_000;
  if (seconds < 120) {
    return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  }
  return seconds < 7200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
