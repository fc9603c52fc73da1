/** Formats numbers for people: a table in Markdown, and a bar chart. Does not measure. */
import type { Sample } from '../worker/load.js'
import {
  cpuMicroseconds,
  median,
  peakRss,
  ratio,
  requestsPerSecond,
  samplesOf,
  type Measured,
} from '../measure/measure.js'
import type { Scenario } from '../scenarios.js'

/** The client that all others are compared with. */
export const BASE = 'startRequest'

export const whole = (value: number): string => Math.round(value).toLocaleString('en-US')
const short = (value: number | null): string =>
  value === null || Number.isNaN(value) ? '' : value.toFixed(value < 9.995 ? 2 : 0)

/** Returns a table with aligned columns: the first one left, numbers right. */
export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, i) => Math.max(cell.length, 3, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

/** Returns the table of one scenario, one row per client. */
export function scenarioTable(scenario: Scenario, measured: readonly Measured[]): string {
  const base = measured.find(({ client, rounds }) => client === BASE && rounds.length > 0)
  const rows = measured
    .filter(({ rounds }) => rounds.length > 0)
    .map((each) => {
      const samples = samplesOf(each)
      const of = (value: (sample: Sample) => number): number => median(samples.map(value))
      const failures = samples.reduce((sum, sample) => sum + sample.failures, 0)
      return [
        failures > 0
          ? `${each.client} (${failures} failed: ${samples.find((s) => s.error)?.error ?? ''})`
          : each.client,
        whole(of(requestsPerSecond)),
        base === undefined ? '' : `${short(ratio(each, base, requestsPerSecond))} x`,
        of(cpuMicroseconds).toFixed(1),
        whole(peakRss(each) / 1024),
        short(of(({ p50 }) => p50 ?? NaN)),
        short(of(({ p99 }) => p99 ?? NaN)),
      ]
    })
  const skipped = measured.filter((each) => each.skipped !== undefined)
  return [
    `### ${scenario.title}`,
    '',
    markdown(['client', 'req/s', `x ${BASE}`, 'CPU µs/req', 'peak RSS MiB', 'p50 ms', 'p99 ms'], rows),
    ...skipped.map(({ client, skipped: why }) => `\nleft out: ${client} (${why ?? ''})`),
  ].join('\n')
}

const escape = (text: string): string => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`)

/**
 * Returns a bar chart of requests per second: one group of bars per scenario, each scaled to its fastest bar.
 */
export function barChart(scenarios: readonly Scenario[], all: readonly Measured[], caption: string): string {
  const left = 170
  const width = 420
  const parts: string[] = []
  let y = 28
  for (const scenario of scenarios) {
    const bars = all
      .filter((each) => each.scenario === scenario.name && each.rounds.length > 0)
      .map((each) => ({ client: each.client, value: median(samplesOf(each).map(requestsPerSecond)) }))
      .sort((a, b) => b.value - a.value)
    if (bars.length === 0) continue
    parts.push(`<text class="h" x="10" y="${y}">${escape(scenario.title)}, requests per second</text>`)
    y += 10
    const most = Math.max(...bars.map(({ value }) => value))
    for (const { client, value } of bars) {
      const kind = /^(startRequest|request|stream)/.test(client)
        ? 'us'
        : /^(C|curl -Z|.* floor.*)$/.test(client)
          ? 'native'
          : 'them'
      const length = Math.max(1, (value / most) * width)
      parts.push(
        `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${escape(client)}</text>` +
          `<rect class="${kind}" x="${left}" y="${y + 2}" width="${length.toFixed(1)}" height="14" rx="2"/>` +
          `<text x="${(left + length + 6).toFixed(1)}" y="${y + 13}">${whole(value)}</text>`,
      )
      y += 19
    }
    y += 26
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + width + 80}" height="${y + 8}" font-family="system-ui, sans-serif" font-size="12">
<style>text{fill:#57606a}.h{font-weight:600;font-size:13px}.us{fill:#0969da}.them{fill:#afb8c1}.native{fill:#6e7781}@media(prefers-color-scheme:dark){text{fill:#9198a1}.us{fill:#4493f8}.them{fill:#59636e}.native{fill:#818b98}}</style>
${parts.join('\n')}
<text x="10" y="${y}">${escape(caption)}</text>
</svg>
`
}
