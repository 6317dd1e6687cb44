// Measures the dashboard over a large log in Chromium: first paint, frame times, memory. Called by
// `timeline`; prints a row for each figure. Arguments: URL, Chromium, events.
import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [, , url, chromiumPath, events, modules] = process.argv;
const { chromium } = createRequire(`${modules}/`)('playwright-core');

/** Proportional memory of a process and all its children, in MB. */
function treeMemory(root) {
  const children = new Map();
  for (const name of readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It has ended.
    }
  }
  const sum = { all: 0, renderer: 0 };
  const visit = (pid) => {
    try {
      const pss = Number(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+)/m)?.[1] ?? 0) / 1024;
      sum.all += pss;
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')) {
        sum.renderer += pss;
      }
    } catch {
      // It has ended.
    }
    (children.get(pid) ?? []).forEach(visit);
  };
  visit(root);
  return sum;
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

/** The times between frames, and how long scripts of the page worked in each, while something is done. */
async function frames(page, action) {
  await page.evaluate(() => {
    window.frameTimes = [];
    window.measuring = true;
    let last = performance.now();
    const loop = (now) => {
      window.frameTimes.push(now - last);
      last = now;
      if (window.measuring) {
        requestAnimationFrame(loop);
      }
    };
    requestAnimationFrame(loop);
  });
  await action();
  const times = await page.evaluate(() => {
    window.measuring = false;
    return window.frameTimes.slice(1);
  });
  return times.sort((a, b) => a - b);
}

const server = await chromium.launchServer({
  executablePath: chromiumPath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--enable-precise-memory-info'],
});
const browser = await chromium.connect(server.wsEndpoint());
const rows = [];
const row = (what, value, target) => rows.push(`| ${what} | ${value} | ${target} |`);

const context = await browser.newContext({ viewport: { width: 1440, height: 860 } });
// How long the page's own work in a frame takes.
await context.addInitScript(() => {
  window.workMs = [];
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    request((now) => {
      const began = performance.now();
      callback(now);
      window.workMs.push(performance.now() - began);
    });
});
const paints = [];
for (let i = 0; i < 5; i++) {
  const page = await context.newPage();
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      const canvas = document.querySelector('canvas.timeline');
      if (canvas?.dataset.painted) {
        window.paintedAfter = performance.now();
        observer.disconnect();
      }
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  await page.goto(url);
  await page.waitForFunction(() => window.paintedAfter > 0);
  paints.push(await page.evaluate(() => window.paintedAfter));
  await page.close();
}
paints.sort((a, b) => a - b);
row('first paint of the whole log, median of 5 (least .. most)', `${paints[2].toFixed(0)} ms (${paints[0].toFixed(0)} .. ${paints[4].toFixed(0)})`, '1000 ms');

const page = await context.newPage();
await page.goto(url);
await page.waitForFunction(() => document.querySelector('canvas.timeline')?.dataset.painted);
await page.keyboard.press('Escape');
const baseline = await frames(page, () => sleep(2000));
row('frames while nothing moves, median / 95 % / 99 %', [0.5, 0.95, 0.99].map((q) => quantile(baseline, q).toFixed(1)).join(' / ') + ' ms', '');

const hold = async (key, ms) => {
  await page.keyboard.down(key);
  await sleep(ms);
  await page.keyboard.up(key);
};
const box = await page.getByTestId('timeline').boundingBox();
const wheel = async (times, by) => {
  await page.mouse.move(box.x + 700, box.y + 300);
  for (let i = 0; i < times; i++) {
    await page.mouse.wheel(0, by);
    await sleep(16);
  }
};
const moves = {
  'zoom in and out by key': async () => { for (let i = 0; i < 3; i++) { await hold('w', 1500); await hold('s', 1500); } },
  'pan by key, half zoomed in': async () => { await hold('w', 700); for (let i = 0; i < 3; i++) { await hold('a', 1200); await hold('d', 1200); } await hold('s', 700); },
  'zoom by wheel to single events and back': async () => { await wheel(80, -120); await wheel(80, 120); },
};
for (const [name, move] of Object.entries(moves)) {
  const times = await frames(page, move);
  const smooth = times.filter((t) => t < 17.5).length / times.length;
  row(`${name}: frames, median / 95 % / 99 %`, `${[0.5, 0.95, 0.99].map((q) => quantile(times, q).toFixed(1)).join(' / ')} ms; ${(100 * smooth).toFixed(0)} % within 16.7`, '16.7 ms');
  const work = await page.evaluate(() => window.workMs.filter((ms) => ms > 0.3).sort((a, b) => a - b));
  if (work.length > 0) {
    row(`${name}: drawing a frame, median / 95 % / 99 %`, `${[0.5, 0.95, 0.99].map((q) => quantile(work, q).toFixed(1)).join(' / ')} ms`, '16.7 ms');
  }
  await page.evaluate(() => { window.workMs = []; });
}
const memory = treeMemory(server.process().pid);
const heap = await page.evaluate(() => performance.memory.usedJSHeapSize / 1048576);
row('memory of the page after that: renderer process (PSS)', `${memory.renderer.toFixed(0)} MB`, '300 MB');
row('its JavaScript heap', `${heap.toFixed(0)} MB`, '');
row('the whole browser, all processes (PSS)', `${memory.all.toFixed(0)} MB`, '');
console.log(`| ${Number(events).toLocaleString('en-US')} events | measured | target |\n| --- | --- | --- |\n${rows.join('\n')}`);
await browser.close();
await server.close();
