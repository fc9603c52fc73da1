/**
 * An option of the command, declared once: its spelling, its help, and its effect. Does not contain the
 * options themselves.
 */
import type { QueueDraft } from './queue-draft.js'
import type { RequestParts } from './request-parts.js'
import type { RunDraft } from './run-draft.js'

/**
 * The effect of an option: it changes a draft.
 *
 * @param value the value as it was given; '' if the option takes none
 * @param long the name of the option, for messages
 */
export type Effect<Draft> = (draft: Draft, value: string, long: string) => void

/** The parts of a declaration that few options need. */
export interface FlagTraits {
  /** The values that completion offers; `file` and `dir` complete names on the disk. */
  readonly complete?: readonly string[] | 'file' | 'dir'
  /** True if each value counts. Otherwise the last one wins. */
  readonly isRepeatable?: boolean
  /** True if the option is a body. The body of a later layer replaces that of an earlier one. */
  readonly isBody?: boolean
  /** Another name for the option in lines of JSON. */
  readonly jsonName?: string
  /** The name of an option without which this one is an error. */
  readonly goesWith?: string
  /** The queue command that has the option, too. Options of requests belong to all that take requests. */
  readonly queueCommand?: 'enqueue' | 'work'
  /** True for an option of the run that changes what is sent: `--to-curl` says that curl does not have it. */
  readonly changesRequests?: boolean
  /** The effect that an option of requests has on the run, if it stands on the command line. */
  readonly onRun?: Effect<RunDraft>
}

/** One option of the command. */
export interface Flag extends FlagTraits {
  readonly long: string
  readonly short?: string
  /** The name of the value in `--help`; undefined if the option has no value. */
  readonly value?: string
  readonly help: string
  readonly group: string
  /** True if the option belongs to a request, so that a line of input may have it, too. */
  readonly ofRequest: boolean
  /**
   * True if curl has the option with the same meaning: `--from-curl` accepts it, and `--to-curl` prints it.
   */
  readonly inCurl: boolean
  readonly onRequest?: Effect<RequestParts>
  readonly onQueue?: Effect<QueueDraft>
}

/** An option that was given, with its value; null if the option takes none. */
export type Given = readonly [long: string, value: string | null]

/** A declaration. The spelling is that of `--help`: `-X, --request METHOD`. */
export type Row<Draft> = readonly [
  spelling: string,
  help: string,
  effect: Effect<Draft> | null,
  traits?: FlagTraits,
]

/** Returns the options of requests that the rows declare. */
export function requestFlags(group: string, inCurl: boolean, table: readonly Row<RequestParts>[]): Flag[] {
  return table.map((row) => ({
    ...declared(row, group),
    ofRequest: true,
    inCurl,
    ...effectOf('onRequest', row),
  }))
}

/** Returns the options of the run that the rows declare. */
export function runFlags(group: string, inCurl: boolean, table: readonly Row<RunDraft>[]): Flag[] {
  return table.map((row) => ({
    ...declared(row, group),
    ofRequest: false,
    inCurl,
    ...effectOf('onRun', row),
  }))
}

/** Returns the options of the commands for queues that the rows declare. */
export function queueFlags(group: string, table: readonly Row<QueueDraft>[]): Flag[] {
  return table.map((row) => ({
    ...declared(row, group),
    ofRequest: false,
    inCurl: false,
    ...effectOf('onQueue', row),
  }))
}

const effectOf = <Key extends string, Draft>(
  key: Key,
  [, , effect]: Row<Draft>,
): Partial<Record<Key, Effect<Draft>>> =>
  effect === null ? {} : ({ [key]: effect } as Record<Key, Effect<Draft>>)

function declared<Draft>(
  [spelling, help, , traits]: Row<Draft>,
  group: string,
): Omit<Flag, 'ofRequest' | 'inCurl'> {
  return { ...spelled(spelling), help, group, ...traits }
}

function spelled(spelling: string): Pick<Flag, 'long' | 'short' | 'value'> {
  const match = /^(?:-(\S), )?--(\S+)(?: (\S+))?$/.exec(spelling)
  if (match === null) throw new Error(spelling)
  const [, short, long = '', value] = match
  return { long, ...(short !== undefined && { short }), ...(value !== undefined && { value }) }
}
