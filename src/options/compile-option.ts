/**
 * Checks one option and adds it to the draft. Does not know the options beside it.
 */
import { withAsciiHost } from '../url/ascii-host.js'
import { OptionError } from '../errors.js'
import { ask, type Probe } from './build-check.js'
import type { Catalog, OptionEntry } from './catalog/option-catalog.js'
import { METHODS } from './catalog/option-traits.js'
import { fromPhpSignature } from './catalog/php-signatures.js'
import { leave, NO_SETTINGS, push, type Draft } from './option-draft.js'
import { httpVersionNumber } from './values/http-version.js'
import { addSetting, SETTING_NAMES, type ExtraSetting, type Role } from './settings.js'
import {
  mismatch,
  toBlob,
  toFunction,
  toInteger,
  toList,
  toPost,
  toText,
  type Subject,
} from './values/option-checks.js'
import { compilePostFields } from './values/post-fields.js'

/** The context of a check. */
export interface CompileContext {
  readonly catalog: Catalog
  readonly role: Role
  /** The beginning of error messages, e.g. `startRequest`. */
  readonly where: string
  /** Asks libcurl. Default: only the checks of this library are made. */
  readonly probe?: Probe
  /** Options of other parts of this library. */
  readonly extra?: Readonly<Record<string, ExtraSetting>>
  /** Names that are no options of requests but of the call: for the messages about wrong ones. */
  readonly namesOfCall?: readonly string[]
  /** Options of calls, with the call that each belongs to. */
  readonly elsewhere?: Readonly<Record<string, string>>
  /** Returns true if a value is a `Share` that is still open. */
  readonly isShare?: (value: object) => boolean
}

const DIGITS = /^\d+$/
const MAX_INT32 = 2 ** 31 - 1
/** libcurl's numbers: curl/curl.h. */
const HTTPHEADER = 10023
const WRITEFUNCTION = 20011

/** Adds an option of libcurl or of this library. */
export function addOption(draft: Draft, key: string | number, value: unknown, context: CompileContext): void {
  if (isCamelCase(key)) {
    if (key === 'httpVersion') {
      addHttpVersion(draft, value, context)
      return
    }
    if (draft.settings === NO_SETTINGS) draft.settings = {}
    if (addSetting(draft.settings, key, value, context)) {
      // Its callbacks belong to one transfer, so the handle is reset after it.
      if (key === 'onSocketEvent') leave(draft, 'reset')
      return
    }
    const call = Object.hasOwn(context.elsewhere ?? {}, key) ? context.elsewhere?.[key] : undefined
    if (call !== undefined) throw new OptionError(`${context.where}: ${key} is an option of ${call}`, key)
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
    case 'blob': {
      const blob = toBlob(subject, value)
      // libcurl gets null in its place: it may be a key.
      if (blob !== null) ask(entry, null, { ...subject, shown: value }, context.probe)
      push(draft, entry, blob)
      break
    }
    case 'post':
      draft.postFields = null
      push(draft, entry, toPost(subject, value))
      break
    case 'share':
      push(draft, entry, toShare(subject, value, context))
  }
}

function settingNames({ extra = {}, namesOfCall = [] }: CompileContext): readonly string[] {
  return [...namesOfCall, ...SETTING_NAMES, ...Object.keys(extra)]
}

/** Adds `HTTP_VERSION` by the name of a version. As with any two spellings, the last one in the options wins. */
function addHttpVersion(draft: Draft, value: unknown, { catalog, where, probe }: CompileContext): void {
  if (value === undefined) return
  const subject = { name: 'httpVersion', where, isSecret: false }
  const entry = catalog.option('HTTP_VERSION', where, [])
  const number = httpVersionNumber(subject, value)
  ask(entry, number, { ...subject, shown: value }, probe)
  push(draft, entry, number)
}

function isCamelCase(key: string | number): key is string {
  if (typeof key === 'number') return false
  const first = key.charCodeAt(0)
  return first >= 97 && first <= 122
}

function addInteger(
  draft: Draft,
  entry: OptionEntry,
  value: unknown,
  subject: Subject,
  context: CompileContext,
): void {
  const checked = toInteger(subject, value, entry.min, entry.max)
  // A bit mask becomes the signed number that node-libcurl would make of it.
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
  ask(entry, number, subject, context.probe)
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
    // With null, libcurl would send a POST whose body comes from READFUNCTION, and PHP an empty one. Neither
    // is what a caller expects.
    if (value === null)
      throw mismatch(subject, "a body ('' is an empty one; HTTPGET: true takes a body back)", value)
    draft.postFields = compilePostFields(value, subject)
    return
  }
  if (entry.name === 'COOKIEFILE' && Array.isArray(value)) {
    const files = value as unknown[]
    if (files.length === 0 || files.some((file) => typeof file !== 'string'))
      throw mismatch(subject, 'a file name, or a list of one or more', value)
    // libcurl adds one to the other.
    for (const file of files) addString(draft, entry, file, subject, context)
    return
  }
  let text = value === null ? null : toText(subject, value)
  if (entry.handling === 'ignored') return
  const isProxy = entry.name === 'PROXY' || entry.name === 'PRE_PROXY'
  if (isProxy && text !== null) text = withAsciiHost(text)
  ask(entry, text, subject, context.probe)
  if (entry.isCookieOption && text !== null) draft.cookieEngine = true
  push(draft, entry, text)
  // The URL of a proxy may hold credentials, so it needs a reset.
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

/** Functions of options that are given by number have PHP's signatures: `(ch, data)`. */
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
