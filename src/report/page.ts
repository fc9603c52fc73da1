/**
 * The report page of a run: one HTML file with its data, style and script, which loads nothing. Texts from
 * URLs and servers are data in it, and never markup. Does not know files.
 */
import type { RunEntry } from './entry.js'
import { SCRIPT } from './page-script.js'
import { STYLE } from './page-style.js'

/** The texts at the top of the page. */
export interface ReportOptions {
  /** The heading of the page. Default: `A run of parallelcurl`. */
  title?: string
  /** A line below the title, such as the command that was run. */
  subtitle?: string
}

/** Returns the columns of a row, in the order in which the script reads them. */
function rowOf(entry: RunEntry, start: number): unknown[] {
  const { phases, attempts } = entry
  const ms = (value: number): number => Math.round(value * 10) / 10
  return [
    entry.url,
    entry.method,
    entry.status,
    entry.errno,
    entry.error,
    ms(entry.queuedAt - start),
    [
      entry.queueMs,
      entry.retryMs,
      phases.dns,
      phases.connect,
      phases.tls,
      phases.send + phases.wait,
      phases.receive,
    ].map(ms),
    attempts.length,
    entry.sizes.download,
    entry.contentType,
    entry.httpVersion,
    entry.effectiveUrl === entry.url ? '' : entry.effectiveUrl,
    attempts.length < 2
      ? 0
      : attempts.map(({ startedAt, durationMs }) => [ms(startedAt - start), ms(durationMs)]),
  ]
}

/** Returns the page as one string. */
export function renderReport(entries: Iterable<RunEntry>, options: ReportOptions = {}): string {
  return [...reportPieces(entries, options)].join('')
}

/** Yields the page piece by piece, for runs whose page is large. */
export function* reportPieces(entries: Iterable<RunEntry>, options: ReportOptions = {}): Generator<string> {
  const { title = 'A run of parallelcurl', subtitle = '' } = options
  const sorted = [...entries].sort((a, b) => a.queuedAt - b.queuedAt)
  const start = sorted[0]?.queuedAt ?? 0
  const { createHash } = process.getBuiltinModule('node:crypto')
  const scriptHash = createHash('sha256').update(SCRIPT).digest('base64')
  const styleHash = createHash('sha256').update(STYLE).digest('base64')
  // The policy protects the page even if a text were not escaped: nothing is loaded, and only this script
  // runs.
  const policy = `default-src 'none'; script-src 'sha256-${scriptHash}'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${escapeHtml(title)}</h1><p>${escapeHtml(subtitle)}</p><p id="summary"></p></header>
<main>
<section class="charts">
<figure><figcaption>In flight</figcaption><svg id="inflight" viewBox="0 0 600 90" preserveAspectRatio="none"></svg><p id="inflight-note"></p></figure>
<figure><figcaption>Requests per second</figcaption><svg id="rate" viewBox="0 0 600 90" preserveAspectRatio="none"></svg><p id="rate-note"></p></figure>
</section>
<section class="tables">
<div><h2>Hosts, milliseconds</h2><div class="scroll"><table id="hosts"></table></div></div>
<div><h2>Statuses</h2><div class="scroll"><table id="statuses"></table></div></div>
<div><h2>Errors</h2><div class="scroll"><table id="errors"></table></div></div>
</section>
<section>
<h2>Requests</h2>
<p class="tools"><input id="search" type="search" placeholder="URL, status, error …" aria-label="Search">
<label><input id="failed" type="checkbox"> only failed</label> <span id="shown"></span>
<span id="legend"></span></p>
<div id="list" tabindex="0"><div id="space"><div id="rows"></div></div></div>
<pre id="details"></pre>
</section>
</main>
<script type="application/json" id="data">{"start":${String(start)},"rows":[`
  let separator = ''
  for (const entry of sorted) {
    yield `${separator}${asData(rowOf(entry, start))}`
    separator = ',\n'
  }
  yield `]}</script>\n<script>${SCRIPT}</script>\n</body>\n</html>\n`
}

/** Returns JSON that can neither end a script element nor begin a comment. */
function asData(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029')
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`)
}
