/**
 * The work that the command and `curl -Z` are given, as plain data, and the targets. Does not run anything.
 */

export const CURL = 'curl -Z'
export const OURS = 'parallelcurl curl -Z'
export const PLAIN = 'parallelcurl'
export const NODE = 'node -e 0'

/** The figures of a round that can have a target. */
export type Figure = 'cpu' | 'wall' | 'rss'

export interface Target {
  readonly figure: Figure
  /** The most that it may be: times that of `against`, or MiB without. */
  readonly most: number
  readonly against?: string
}

export interface CommandRow {
  readonly name: string
  readonly title: string
  readonly requests: number
  readonly inFlight: number
  /** The path at nginx, or the server that answers after 100 ms. */
  readonly from: { readonly path: string } | 'delayed'
  readonly bytes: number
  /** Where bodies go: each to a file of its own, or nowhere. */
  readonly to: 'files' | 'nowhere'
  readonly rounds: number
  readonly clients: readonly string[]
  readonly targets: readonly Target[]
}

const all = [CURL, OURS, PLAIN]
const cpu = (most: number): Target => ({ figure: 'cpu', most, against: CURL })
const wall = (most: number): Target => ({ figure: 'wall', most, against: CURL })

const row = (name: string, title: string, own: Partial<CommandRow>): CommandRow => ({
  name: `command-${name}`,
  title: `The command: ${title}`,
  requests: 20_000,
  inFlight: 50,
  from: { path: '/1k' },
  bytes: 1024,
  to: 'nowhere',
  rounds: 5,
  clients: all,
  targets: [],
  ...own,
})

export const COMMAND_ROWS: readonly CommandRow[] = [
  row('files', '20,000 responses of 1 KiB to files', {
    to: 'files',
    targets: [cpu(2), { figure: 'rss', most: 90 }],
  }),
  row('null', '20,000 responses of 1 KiB to /dev/null', { targets: [cpu(1.4)] }),
  row('large', '8 files of 100 MiB', {
    requests: 8,
    from: { path: '/100m' },
    bytes: 100 * 1024 * 1024,
    to: 'files',
    targets: [cpu(1.25), wall(1.25)],
  }),
  row('one', 'one request', {
    requests: 1,
    // Short, and the only one where the start is all there is.
    rounds: 21,
    clients: [NODE, ...all],
    targets: [{ figure: 'cpu', most: 2, against: NODE }],
  }),
  row('many', '50,000 responses after 100 ms, 2,000 at once', {
    requests: 50_000,
    inFlight: 2000,
    from: 'delayed',
    targets: [cpu(0.9), wall(0.9)],
  }),
  row('list', 'a list of 1,000,000 URLs to /dev/null', {
    requests: 1_000_000,
    // Its peak is the same each time, and it takes minutes.
    rounds: 1,
    targets: [{ figure: 'rss', most: 1, against: CURL }],
  }),
]

/** For `--quick`: a tenth of the work, and fewer rounds. */
export function quickRow(row: CommandRow): CommandRow {
  const requests = row.requests >= 1000 ? row.requests / 10 : row.requests
  const few = requests < row.requests ? `, a tenth of it` : ''
  return { ...row, requests, title: row.title + few, rounds: Math.min(row.rounds, 3) }
}
