/**
 * Translates PHP's options to those of the main class: turns streams into functions, and implements PHP's own
 * options. Does not depend on libcurl, which checks the values later.
 */
import { mustBe } from '../../wrong-value.js'
import type { ParallelCurlOptions } from '../../running/options/run-options.js'
import type { Transfer } from '../../transfer/transfer.js'
import * as constants from '../values/constants.js'
import * as newer from '../values/newer-constants.js'
import { note } from '../handles/notes.js'
import { castOption } from './cast-option.js'
import { largeOf } from './wide-numbers.js'
import { toReadSource, toWriteTarget, type ReadSource, type WriteTarget } from './streams.js'
import type { Cast } from '../values/casts.js'

/**
 * Options by PHP's names or constants: `{ CURLOPT_HEADER: true }`, `{ [CURLOPT_HEADER]: true }`, together
 * with the camelCase options of the main class. JavaScript puts numeric keys first, in ascending order. If
 * the order matters (of `CURLOPT_FILE` and `CURLOPT_RETURNTRANSFER` the last one wins), use names or a `Map`.
 */
export type PhpOptions =
  ParallelCurlOptions | Readonly<Record<string | number, unknown>> | ReadonlyMap<string | number, unknown>

/** The translated options, and what has to be done in addition. */
export interface Translation {
  readonly options: ReadonlyMap<string | number, unknown>
  /** The outputs that must be written before the callback is called. */
  readonly targets: readonly WriteTarget[]
  /** `CURLOPT_PRIVATE`, if it was given. */
  readonly notes: { readonly privateData?: unknown }
  /** True if a function or a stream provides the request's body. */
  readonly hasReader: boolean
}

type UserFunction = (...args: unknown[]) => unknown

interface Draft {
  readonly options: Map<string | number, unknown>
  readonly targets: WriteTarget[]
  notes: { privateData?: unknown }
  hasReader: boolean
  sends: boolean
  infile: unknown
  keepsRequestHeader: boolean | undefined
  stderr: WriteTarget | null | undefined
}

const {
  CURLINFO_HEADER_OUT,
  CURLOPT_FILE,
  CURLOPT_INFILE,
  CURLOPT_POST,
  CURLOPT_PRIVATE,
  CURLOPT_PUT,
  CURLOPT_READFUNCTION,
  CURLOPT_RETURNTRANSFER,
  CURLOPT_STDERR,
  CURLOPT_UPLOAD,
  CURLOPT_VERBOSE,
  CURLOPT_WRITEFUNCTION,
  CURLOPT_WRITEHEADER,
} = constants

/** Options that give a request a body, read from `CURLOPT_INFILE` if nothing else provides it. */
const SENDING: ReadonlySet<number> = new Set([CURLOPT_POST, CURLOPT_PUT, CURLOPT_UPLOAD])
/**
 * Translates options. Throws `OptionError` where PHP throws, and for what the table "What differs from PHP"
 * names.
 *
 * @param below - the translated shared options, for the options of one request
 */
export function translateOptions(options: PhpOptions, where: string, below?: Translation): Translation {
  const draft: Draft = {
    options: new Map(),
    targets: [],
    notes: {},
    hasReader: below?.hasReader ?? false,
    sends: false,
    infile: null,
    keepsRequestHeader: undefined,
    stderr: undefined,
  }
  for (const [key, value] of entriesOf(options, where)) {
    const id = idOf(key)
    if (id === undefined) draft.options.set(key, value)
    else add(draft, id, value, { where, name: optionName(id) })
  }
  listen(draft)
  // Without INFILE, PHP sends an empty body. libcurl alone would read this process's standard input.
  if (draft.sends && !draft.hasReader)
    setReader(
      draft,
      () => 0,
      () => 0,
    )
  return draft
}

/** Returns the options of a PHP array, in its order. */
export function entriesOf(options: PhpOptions, where: string): Iterable<readonly [string | number, unknown]> {
  const given: unknown = options
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw mustBe('$options', 'an object or a Map', given, { where, isSecret: true })
  }
  return options instanceof Map ? (options as ReadonlyMap<string | number, unknown>) : Object.entries(options)
}

/** Returns the last value of an option, under any of its names. */
export function lastOption(options: PhpOptions, id: number): unknown {
  return [...entriesOf(options, 'options')].findLast(([key]) => idOf(key) === id)?.[1]
}

/**
 * Returns the number of a PHP option in any spelling; undefined for an option that only the main class has.
 */
export function idOf(key: string | number): number | undefined {
  if (typeof key === 'number' || /^-?\d+$/.test(key)) return Number(key)
  const known = constants as unknown as Readonly<Record<string, number>>
  if (key === 'CURLINFO_HEADER_OUT') return CURLINFO_HEADER_OUT
  return known[key.startsWith('CURLOPT_') ? key : `CURLOPT_${key}`]
}

/**
 * The names of the options by number; the first of several. Made once: each handle asks for all its options.
 */
const NAMES = new Map<number, string>([[CURLINFO_HEADER_OUT, 'CURLINFO_HEADER_OUT']])
for (const [name, id] of Object.entries({ ...constants, ...newer }))
  if (name.startsWith('CURLOPT_') && !NAMES.has(id)) NAMES.set(id, name)

/** True for the number of an option of PHP's. */
export function isOption(id: number): boolean {
  return NAMES.has(id)
}

/** Returns PHP's name of an option, for messages. */
export function optionName(id: number): string {
  return NAMES.get(id) ?? String(id)
}

/** Adds an option. As if each option were set in turn, the last value wins. */
function add(draft: Draft, id: number, given: unknown, cast: Cast): void {
  const value = castOption(id, given, cast)
  if (id === CURLINFO_HEADER_OUT) {
    draft.keepsRequestHeader = value as boolean
    // As PHP does it: a later VERBOSE may switch it off, or a log on.
    set(draft.options, CURLOPT_VERBOSE, value ? 1 : 0)
  } else if (id === CURLOPT_PRIVATE) draft.notes = { privateData: value }
  else if (id === CURLOPT_FILE) addFile(draft, toWriteTarget(cast, value))
  else if (id === CURLOPT_WRITEHEADER) addHeaderFile(draft, toWriteTarget(cast, value))
  else if (id === CURLOPT_STDERR) draft.stderr = toWriteTarget(cast, value)
  else if (id === CURLOPT_INFILE) addInfile(draft, value, toReadSource(cast, value))
  else if (id >= 20000 && id < 30000) addFunction(draft, id, value as UserFunction | null)
  else {
    set(draft.options, largeOf(id), value)
    if (SENDING.has(id)) draft.sends ||= value !== 0
  }
}

/** Sets an option at the end. */
function set(options: Map<string | number, unknown>, key: string | number, value: unknown): void {
  options.delete(key)
  options.set(key, value)
}

function addFunction(draft: Draft, id: number, users: UserFunction | null): void {
  // As in PHP 8.3 and newer; older ones fail when the transfer runs.
  if (users === null && id === CURLOPT_WRITEFUNCTION) return addFile(draft, null)
  if (users === null || id !== CURLOPT_READFUNCTION) return set(draft.options, id, users)
  draft.hasReader = true
  draft.options.delete('SEEKFUNCTION')
  set(draft.options, id, (ch: unknown, _infile: unknown, length: unknown) => users(ch, draft.infile, length))
}

function addFile(draft: Draft, target: WriteTarget | null): void {
  if (target === null) return set(draft.options, CURLOPT_RETURNTRANSFER, false)
  draft.targets.push(target)
  set(draft.options, 'WRITEFUNCTION', function (this: Transfer, chunk: Buffer) {
    return target.write(this, chunk, true)
  })
}

function addHeaderFile(draft: Draft, target: WriteTarget | null): void {
  if (target === null) return set(draft.options, 'HEADERFUNCTION', null)
  draft.targets.push(target)
  set(draft.options, 'HEADERFUNCTION', function (this: Transfer, line: Buffer) {
    return target.write(this, line, false)
  })
}

function addInfile(draft: Draft, value: unknown, source: ReadSource | null): void {
  draft.infile = value
  // The user's read function may use INFILE, whichever was set first.
  if (draft.options.has(CURLOPT_READFUNCTION)) return
  draft.hasReader = source !== null
  if (source === null) return
  const read = function (this: Transfer, buffer: Buffer): number {
    return source.read(this, buffer)
  }
  setReader(draft, read, (offset) => source.seek(offset))
}

function setReader(draft: Draft, read: (buffer: Buffer) => number, seek: (offset: number) => number): void {
  set(draft.options, 'READFUNCTION', read)
  set(draft.options, 'SEEKFUNCTION', seek)
}

const DEBUG_PREFIXES = ['* ', '< ', '> ']
const HEADER_OUT = 2

/**
 * Implements `CURLINFO_HEADER_OUT`, which PHP builds on libcurl's debug function. That function then prints
 * nothing.
 */
function listen(draft: Draft): void {
  const { options, stderr, keepsRequestHeader } = draft
  if (keepsRequestHeader === undefined && stderr === undefined) return
  if (!keepsRequestHeader && !stderr) {
    set(options, 'DEBUGFUNCTION', null)
    return
  }
  if (stderr) draft.targets.push(stderr)
  set(options, 'DEBUGFUNCTION', function (this: Transfer, type: number, data: Buffer) {
    if (keepsRequestHeader && type === HEADER_OUT) note(this, { requestHeader: data.toString('latin1') })
    const prefix = DEBUG_PREFIXES[type]
    if (!keepsRequestHeader && stderr && prefix !== undefined) {
      stderr.write(this, Buffer.concat([Buffer.from(prefix), data]), false)
    }
  })
}
