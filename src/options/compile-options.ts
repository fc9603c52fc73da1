/**
 * From options as people write them to flat lists that an easy handle takes: every mistake is found here, before anything has
 * been started. Does not know libcurl: whether it refuses a value it is told by `probe`.
 */
import { withAsciiHost } from '../url/ascii-host.js'
import { OptionError } from '../errors.js'
import type {
  BodyTarget,
  CompiledOptions,
  FunctionOption,
  OptionValue,
  Recycling,
} from './values/compiled-options.js'
import type { Catalog, OptionEntry } from './catalog/option-catalog.js'
import {
  describe,
  mismatch,
  toBlob,
  toFunction,
  toInteger,
  toList,
  toPost,
  toText,
  type Subject,
} from './values/option-checks.js'
import { METHODS } from './catalog/option-traits.js'
import { fromPhpSignature } from './catalog/php-signatures.js'
import { compilePostFields, type PostFields } from './values/post-fields.js'
import { addSetting, SETTING_NAMES, type ExtraSetting, type Role } from './settings.js'

/** What options are checked against. */
export interface CompileContext {
  readonly catalog: Catalog
  readonly role: Role
  /** Begins the messages of errors, e.g. `startRequest`. */
  readonly where: string
  /** Sets an option on a handle that is not used for anything else, and returns libcurl's code. May throw. */
  readonly probe?: (id: number, value: number | string | null) => number
  /** Options of ours that other parts bring. */
  readonly extra?: Readonly<Record<string, ExtraSetting>>
  /** Whether a value is a `Share` that is still open. */
  readonly isShare?: (value: object) => boolean
}

const DIGITS = /^\d+$/
/** libcurl's codes: curl/curl.h. */
const MAX_INT32 = 2 ** 31 - 1
/** curl/curl.h: CURL_HTTP_VERSION_3, and 31: that only. */
const HTTP_3 = new Set([30, 31])
const NOT_BUILT_IN = 4
const UNKNOWN_OPTION = 48
const HTTPHEADER = 10023
const WRITEFUNCTION = 20011
/** Accepted values that are remembered for each option. */
const MAX_ACCEPTED = 64
const LONGEST_REMEMBERED = 64

/** No options at all. */
export const NO_OPTIONS: CompiledOptions = Object.freeze({
  ids: Object.freeze([]),
  values: Object.freeze([]),
  functions: Object.freeze([]),
  bodyTarget: undefined,
  headers: undefined,
  postFields: undefined,
  bodySize: undefined,
  recycling: 'reusable',
  cookieEngine: false,
  settings: Object.freeze({}),
})

interface Draft {
  readonly ids: (number | string)[]
  readonly values: OptionValue[]
  readonly functions: FunctionOption[]
  bodyTarget: BodyTarget | undefined
  headers: readonly string[] | null | undefined
  postFields: PostFields | null | undefined
  bodySize: number | undefined
  recycling: Recycling
  cookieEngine: boolean
  settings: Record<string, unknown>
}

const remembered = new WeakMap<object, { catalog: Catalog; role: Role; options: CompiledOptions }>()
const NO_SETTINGS: Record<string, unknown> = Object.freeze({})

/**
 * Checks options, and brings them into the form that the engine takes. A plain object is read in the order of its own enumerable
 * keys (numeric ones first, as JavaScript has it); a `Map` in its own order, as PHP's arrays.
 *
 * @throws OptionError for anything that is not as libcurl or this library want it.
 */
export function compileOptions(input: unknown, context: CompileContext): CompiledOptions {
  if (input === undefined) return NO_OPTIONS
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw notOptions(input, context.where)
  if (input instanceof Map) return compileMap(input as ReadonlyMap<unknown, unknown>, context)
  const isFrozen = Object.isFrozen(input)
  if (isFrozen) {
    const known = remembered.get(input)
    if (known?.catalog === context.catalog && known.role === context.role) return known.options
  }
  const prototype: unknown = Object.getPrototypeOf(input)
  // Objects of another realm (vm, worker tests) have another Object.prototype.
  if (prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw notOptions(input, context.where)
  const keys = Object.keys(input)
  if (keys.length === 0) return NO_OPTIONS
  const draft = startDraft()
  for (const key of keys) add(draft, key, (input as Record<string, unknown>)[key], context)
  const options = finish(draft)
  if (isFrozen && isDeeplyFrozen(input))
    remembered.set(input, { catalog: context.catalog, role: context.role, options })
  return options
}

function compileMap(input: ReadonlyMap<unknown, unknown>, context: CompileContext): CompiledOptions {
  if (input.size === 0) return NO_OPTIONS
  const draft = startDraft()
  for (const [key, value] of input) {
    if (typeof key !== 'string' && typeof key !== 'number') {
      throw new OptionError(
        `${context.where}: names of options are strings or numbers; got ${describe(key, false)}`,
      )
    }
    add(draft, key, value, context)
  }
  return finish(draft)
}

function notOptions(input: unknown, where: string): OptionError {
  return new OptionError(`${where}: options are a plain object or a Map; got ${describe(input, true)}`)
}

function startDraft(): Draft {
  return {
    ids: [],
    values: [],
    functions: [],
    bodyTarget: undefined,
    headers: undefined,
    postFields: undefined,
    bodySize: undefined,
    recycling: 'reusable',
    cookieEngine: false,
    settings: NO_SETTINGS,
  }
}

function finish(draft: Draft): CompiledOptions {
  return draft
}

/** Whether nothing in a frozen object can change: lists of primitives that are frozen, too. */
function isDeeplyFrozen(input: object): boolean {
  return Object.values(input).every((value: unknown) => {
    if (typeof value !== 'object' || value === null) return true
    return (
      Array.isArray(value) &&
      Object.isFrozen(value) &&
      value.every((item) => typeof item !== 'object' || item === null)
    )
  })
}

function isCamelCase(key: string | number): key is string {
  if (typeof key === 'number') return false
  const first = key.charCodeAt(0)
  return first >= 97 && first <= 122
}

function add(draft: Draft, key: string | number, value: unknown, context: CompileContext): void {
  if (isCamelCase(key)) {
    if (draft.settings === NO_SETTINGS) draft.settings = {}
    if (addSetting(draft.settings, key, value, context)) {
      // It has to be told apart from the transfer before.
      if (key === 'onSocketEvent') leave(draft, 'reset')
      return
    }
  }
  const { catalog } = context
  const entry = catalog.known(key) ?? catalog.option(key, context.where, settingNames(context))
  const subject = { name: entry.name, where: context.where, isSecret: entry.isSecret }
  switch (entry.kind) {
    case 'integer':
    case 'offset':
      addInteger(draft, entry, value, subject, context)
      break
    case 'string':
      addString(draft, entry, value, subject, context)
      break
    case 'list': {
      const lines = toList(subject, value)
      if (entry.id === HTTPHEADER) draft.headers = lines
      push(draft, entry, lines)
      break
    }
    case 'function':
      addFunction(draft, entry, signed(key, entry, toFunction(subject, value)))
      break
    case 'blob':
      push(draft, entry, toBlob(subject, value))
      break
    case 'post':
      draft.postFields = null
      push(draft, entry, toPost(subject, value))
      break
    case 'share':
      push(draft, entry, toShare(subject, value, context))
  }
}

function settingNames({ extra }: CompileContext): readonly string[] {
  return extra === undefined ? SETTING_NAMES : [...SETTING_NAMES, ...Object.keys(extra)]
}

function push(draft: Draft, entry: OptionEntry, value: OptionValue): void {
  draft.ids.push(entry.key)
  draft.values.push(value)
  leave(draft, entry.recycling)
}

/** The handle keeps something of this option. */
function leave(draft: Draft, recycling: Recycling): void {
  if (recycling !== 'reusable' && draft.recycling !== 'close') draft.recycling = recycling
}

function addInteger(
  draft: Draft,
  entry: OptionEntry,
  value: unknown,
  subject: Subject,
  context: CompileContext,
): void {
  const checked = toInteger(subject, value, entry.min, entry.max)
  // Bit masks as the signed number that node-libcurl would make of them.
  const number = checked > MAX_INT32 && entry.kind === 'integer' ? checked | 0 : checked
  switch (entry.handling) {
    case 'returnTransfer':
      draft.bodyTarget = number === 0 ? 'stdout' : 'content'
      return
    case 'bodySize':
      draft.bodySize = number
      leave(draft, 'reset')
      return
    case 'safeUpload':
      if (number !== 0) return
      throw new OptionError(
        `${subject.where}: SAFE_UPLOAD cannot be switched off: files are never read because of an @ in a value`,
        subject.name,
      )
    case 'ignored':
      return
    default:
  }
  ask(entry, number, subject, context)
  if (METHODS.get(entry.name)?.(number)) draft.postFields = null
  push(draft, entry, number)
}

function addString(
  draft: Draft,
  entry: OptionEntry,
  value: unknown,
  subject: Subject,
  context: CompileContext,
): void {
  if (entry.handling === 'postFields') {
    // For libcurl that is a POST whose body comes from READFUNCTION, for PHP an empty one; neither is what one expects.
    if (value === null)
      throw mismatch(subject, "a body ('' is an empty one; HTTPGET: true takes a body back)", value)
    draft.postFields = compilePostFields(value, subject)
    return
  }
  let text = value === null ? null : toText(subject, value)
  if (entry.handling === 'ignored') return
  const isProxy = entry.name === 'PROXY' || entry.name === 'PRE_PROXY'
  if (isProxy && text !== null) text = withAsciiHost(text)
  ask(entry, text, subject, context)
  if (entry.isCookieOption && text !== null) draft.cookieEngine = true
  push(draft, entry, text)
  // Credentials in a proxy's URL are credentials.
  if (isProxy && text?.includes('@')) leave(draft, 'reset')
}

function addFunction(
  draft: Draft,
  entry: OptionEntry,
  callback: ((...args: never[]) => unknown) | null,
): void {
  draft.functions.push({ id: entry.id, name: entry.name, callback })
  if (entry.id === WRITEFUNCTION) draft.bodyTarget = callback === null ? 'content' : 'function'
  leave(draft, entry.recycling)
}

/** By number, as PHP has it, functions have PHP's signatures: `(ch, data)`. */
function signed(
  key: string | number,
  { id }: OptionEntry,
  callback: ((...args: never[]) => unknown) | null,
): ((...args: never[]) => unknown) | null {
  const isNumber = typeof key === 'number' || DIGITS.test(key)
  return isNumber && callback !== null ? fromPhpSignature(id, callback) : callback
}

function toShare(subject: Subject, value: unknown, { isShare }: CompileContext): object | null {
  if (value === null) return null
  if (typeof value === 'object' && (isShare ?? looksLikeShare)(value)) return value
  throw mismatch(subject, 'a Share of node-libcurl that is open, or null', value)
}

function looksLikeShare(value: object): boolean {
  const { setOpt, close } = value as { setOpt?: unknown; close?: unknown }
  return typeof setOpt === 'function' && typeof close === 'function'
}

/** Asks libcurl, unless it has accepted this before. */
function ask(
  entry: OptionEntry,
  value: number | string | null,
  subject: Subject,
  { probe }: CompileContext,
): void {
  if (probe === undefined) return
  // Of most strings it only matters whether the build takes any at all: the scratch handle need not hold secrets, nor the name of
  // a cookie jar, which it would overwrite.
  const asked = typeof value === 'string' && !entry.isValidated ? null : value
  const { accepted } = entry
  if (accepted.has(asked)) return
  const refusal = refuse(entry.id, asked, probe)
  if (refusal !== undefined) {
    const what = describe(value, subject.isSecret)
    if (subject.name === 'HTTP_VERSION' && HTTP_3.has(Number(value))) {
      throw new OptionError(
        `${subject.where}: this libcurl was built without HTTP/3 (HTTP_VERSION ${what}): capabilities().httpVersions lists what it speaks`,
        subject.name,
      )
    }
    throw new OptionError(
      `${subject.where}: libcurl refuses ${what} for ${subject.name}: ${refusal}`,
      subject.name,
    )
  }
  if (typeof asked === 'string' && asked.length > LONGEST_REMEMBERED) return
  if (accepted.size >= MAX_ACCEPTED) accepted.clear()
  accepted.add(asked)
}

function refuse(
  id: number,
  value: number | string | null,
  probe: NonNullable<CompileContext['probe']>,
): string | undefined {
  try {
    const code = probe(id, value)
    if (code === 0) return undefined
    const isMissing = code === NOT_BUILT_IN || code === UNKNOWN_OPTION
    return isMissing
      ? `it was built without it (code ${String(code)})`
      : `out of range or malformed (code ${String(code)})`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
