/**
 * The browser script that draws the report's page, as text. It writes data to the page only as text or
 * numbers, never as markup. Does not know Node.
 */
export const SCRIPT = String.raw`'use strict';
(() => {
const SVG = 'http://www.w3.org/2000/svg';
const ROW_HEIGHT = 22;
const PHASES = ['queue', 'retries', 'DNS', 'connect', 'TLS', 'wait', 'receive'];
const byId = (id) => document.getElementById(id);
const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};
const shape = (tag, attributes) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
};
const data = JSON.parse(byId('data').textContent);
const rows = data.rows.map(([url, method, status, errno, error, start, phases, attempts, bytes, type, version, effective, tries]) => {
  const length = phases.reduce((sum, phase) => sum + phase, 0);
  const host = (/^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)/i.exec(url) || [0, ''])[1].replace(/^.*@/, '');
  const text = (url + ' ' + status + ' ' + error + ' ' + effective).toLowerCase();
  const launched = start + phases[0];
  // The pause before the next attempt does not count as in flight.
  const flights = tries ? tries.map(([at, took]) => [at, at + took]) : [[launched, start + length]];
  return { url, method, status, errno, error, start, phases, attempts, bytes, type, version, effective, length, host, text, flights, end: start + length };
});
const end = rows.reduce((latest, row) => Math.max(latest, row.end), 1);
const isBad = (row) => row.errno !== 0 || row.status >= 400;
const ms = (value) => (value >= 10000 ? (value / 1000).toFixed(1) + ' s' : value >= 100 ? value.toFixed(0) + ' ms' : value.toFixed(1) + ' ms');
const size = (bytes) => (bytes >= 1e9 ? (bytes / 1e9).toFixed(1) + ' GB' : bytes >= 1e6 ? (bytes / 1e6).toFixed(1) + ' MB' : bytes >= 1e3 ? (bytes / 1e3).toFixed(1) + ' kB' : bytes + ' B');

const failed = rows.filter((row) => row.errno !== 0).length;
byId('summary').textContent = rows.length + ' requests in ' + ms(end) + ', ' + failed + ' failed, ' +
  size(rows.reduce((sum, row) => sum + row.bytes, 0)) + ', begun ' + new Date(data.start).toLocaleString();

const chart = (id, values, unit) => {
  const most = values.reduce((a, b) => Math.max(a, b), 0) || 1;
  const width = 600 / values.length;
  let path = 'M0 90';
  values.forEach((value, i) => {
    const y = (90 - (value / most) * 86).toFixed(1);
    path += 'L' + (i * width).toFixed(1) + ' ' + y + 'L' + ((i + 1) * width).toFixed(1) + ' ' + y;
  });
  byId(id).append(shape('path', { d: path + 'L600 90Z', class: 'area' }));
  byId(id + '-note').textContent = 'at most ' + Math.round(most * 10) / 10 + unit + ', over ' + ms(end);
};
const BUCKETS = 200;
const bucket = (time) => Math.min(BUCKETS - 1, Math.max(0, Math.floor((time / end) * BUCKETS)));
const finished = new Array(BUCKETS).fill(0);
const changes = [];
for (const row of rows) {
  finished[bucket(row.end)]++;
  for (const [from, to] of row.flights) changes.push([from, 1], [Math.max(from, to), -1]);
}
// At the same time, an end counts before a start.
changes.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
const inFlight = new Array(BUCKETS).fill(0);
let open = 0;
let next = 0;
inFlight.forEach((_, i) => {
  let most = open;
  for (; next < changes.length && bucket(changes[next][0]) <= i; next++) most = Math.max(most, (open += changes[next][1]));
  inFlight[i] = most;
});
chart('inflight', inFlight, '');
chart('rate', finished.map((count) => (count / end) * BUCKETS * 1000), ' per second');

const table = (id, heads, lines) => {
  const made = byId(id);
  const head = element('tr');
  for (const text of heads) head.append(element('th', '', text));
  made.append(head);
  for (const line of lines.slice(0, 500)) {
    const row = element('tr');
    for (const text of line) row.append(element('td', '', String(text)));
    made.append(row);
  }
  if (lines.length > 500) made.append(element('caption', '', 'the first 500 of ' + lines.length));
};
const groups = (keyOf) => {
  const found = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null) continue;
    const list = found.get(key);
    if (list) list.push(row);
    else found.set(key, [row]);
  }
  return [...found].sort((a, b) => b[1].length - a[1].length);
};
const percentile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)];
table('hosts', ['host', 'count', 'failed', 'p50', 'p90', 'p99', 'most'], groups((row) => row.host).map(([host, list]) => {
  const times = list.map((row) => row.length - row.phases[0]).sort((a, b) => a - b);
  return [host, list.length, list.filter(isBad).length, ...[0.5, 0.9, 0.99, 1].map((part) => percentile(times, part).toFixed(1))];
}));
table('statuses', ['status', 'count'], groups((row) => row.status || 'none').map(([status, list]) => [status, list.length]));
table('errors', ['error', 'count'], groups((row) => (row.errno === 0 ? null : row.errno + ': ' + row.error)).map(([error, list]) => [error, list.length]));

PHASES.forEach((phase, i) => {
  const item = element('span');
  item.append(element('i', 'p' + i), phase);
  byId('legend').append(item);
});

const list = byId('list');
const space = byId('space');
const visible = byId('rows');
let shown = rows;
let drawn = '';
let chosen = null;
const bar = (row) => {
  const svg = shape('svg', { viewBox: '0 0 1000 12', preserveAspectRatio: 'none' });
  const add = (from, length, phase, isThin) => svg.append(shape('rect', {
    x: (from / end) * 1000,
    width: Math.max(0.5, (length / end) * 1000),
    y: isThin ? 4 : 0,
    height: isThin ? 4 : 12,
    class: 'p' + phase,
  }));
  let at = row.start;
  row.phases.forEach((phase, i) => {
    // Thin: nothing is on the wire.
    if (phase > 0) add(at, phase, i, i < 2);
    at += phase;
  });
  for (const [from, to] of row.flights.slice(0, -1)) add(from, to - from, 1, false);
  return svg;
};
const draw = () => {
  const first = Math.max(0, Math.floor(list.scrollTop / ROW_HEIGHT) - 10);
  const last = Math.min(shown.length, first + Math.ceil(list.clientHeight / ROW_HEIGHT) + 20);
  const range = first + '-' + last + '-' + shown.length;
  if (range === drawn) return;
  drawn = range;
  visible.style.top = first * ROW_HEIGHT + 'px';
  visible.replaceChildren(...shown.slice(first, last).map((row, i) => {
    const made = element('div', 'row' + (isBad(row) ? ' bad' : '') + (row === chosen ? ' chosen' : ''));
    made.dataset.index = String(first + i);
    made.append(
      element('span', '', row.method),
      element('span', 'status', row.errno !== 0 ? 'E' + row.errno : String(row.status)),
      element('span', 'url', row.url),
      element('span', 'ms', ms(row.length - row.phases[0])),
      bar(row),
    );
    return made;
  }));
};
const filter = () => {
  const words = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const onlyBad = byId('failed').checked;
  shown = rows.filter((row) => (!onlyBad || isBad(row)) && words.every((word) => row.text.includes(word)));
  space.style.height = shown.length * ROW_HEIGHT + 'px';
  byId('shown').textContent = shown.length + ' of ' + rows.length;
  list.scrollTop = 0;
  drawn = '';
  draw();
};
visible.addEventListener('click', (event) => {
  const made = event.target.closest('.row');
  if (!made) return;
  const row = shown[Number(made.dataset.index)];
  chosen = row;
  drawn = '';
  draw();
  byId('details').textContent = [
    row.method + ' ' + row.url,
    row.effective ? 'answered by ' + row.effective : '',
    'status ' + row.status + (row.errno ? ', error ' + row.errno + ': ' + row.error : ''),
    [row.version, row.type, size(row.bytes), row.attempts + (row.attempts === 1 ? ' attempt' : ' attempts')].filter(Boolean).join(', '),
    PHASES.map((phase, i) => phase + ' ' + ms(row.phases[i])).join(', '),
  ].filter(Boolean).join('\n');
});
byId('search').addEventListener('input', filter);
byId('failed').addEventListener('change', filter);
list.addEventListener('scroll', draw, { passive: true });
addEventListener('resize', draw);
filter();
})();
`
