/**
 * The table of this library's own options, which have camelCase names, with the check of each value. Does not
 * know what they do.
 */
import { isContentEncoding } from '../transfer/content.js'
import { OptionError } from '../errors.js'
import type { Settings } from './values/compiled-options.js'
import { mismatch, toInteger, toList, type Subject } from './values/option-checks.js'
import type { Catalog } from './catalog/option-catalog.js'
import type { SocketListener } from './values/socket-event.js'

/** The place of options: an instance (`shared`) or one request. */
export type Role = 'shared' | 'request'

/** The context of a check. */
export interface SettingContext {
  readonly catalog: Catalog
  readonly where: string
  readonly role: Role
  /** Options of other parts of this library, which check them. */
  readonly extra?: Readonly<Record<string, ExtraSetting>> | undefined
}

/** An option that another part of this library checks. */
export interface ExtraSetting {
  readonly sharedOnly?: string
  /** Returns the checked value, or throws an `OptionError`. */
  check(value: unknown): unknown
}

/** One of the options in this file. */
interface Setting<T> {
  /** The reason why the option is for instances only; undefined if it is also for single requests. */
  readonly sharedOnly?: string
  /** Returns the checked value. `undefined` is never passed: it counts as not given. */
  check(value: unknown, subject: Subject, context: SettingContext): T
}

type SettingTable = { readonly [Name in keyof Settings]-?: Setting<NonNullable<Settings[Name]>> }

const flag: Setting<boolean> = {
  check(value, subject) {
    if (typeof value === 'boolean') return value
    throw mismatch(subject, 'true or false', value)
  },
}

const size: Setting<number> = {
  check(value, subject) {
    if (value === Infinity || (Number.isInteger(value) && (value as number) >= 0)) return value as number
    throw mismatch(subject, 'a whole number of bytes', value)
  },
}

const TABLE: SettingTable = {
  asLibcurl: flag,
  captureHeaders: flag,
  captureErrorText: flag,
  encoding: {
    check(value, subject) {
      if (typeof value === 'string' && isContentEncoding(value)) return value
      throw mismatch(
        subject,
        "'auto', 'html', 'buffer', an encoding of Node ('latin1', 'utf8') or a WHATWG label ('shift_jis')",
        value,
      )
    },
  },
  failedContent: {
    check(value, subject) {
      if (value === 'null' || value === 'partial') return value
      throw mismatch(subject, "'null' or 'partial'", value)
    },
  },
  keepInfo: {
    check(value, subject, { catalog, where }) {
      if (typeof value === 'boolean') return value || []
      if (!Array.isArray(value)) throw mismatch(subject, 'true, false or an array of infos', value)
      return Array.from(value as unknown[], (info) => {
        if (typeof info === 'string' || typeof info === 'number')
          return catalog.infoNumber(info, `${where}: keepInfo`)
        throw mismatch(subject, 'names or numbers of infos', info)
      })
    },
  },
  maxBodySize: size,
  maxHeaderSize: size,
  standstillTimeoutMs: {
    check(value, subject) {
      if (typeof value === 'number' && value > 0) return value
      throw mismatch(subject, 'milliseconds, more than 0 (Infinity: never)', value)
    },
  },
  onSocketEvent: {
    check(value, subject) {
      if (typeof value === 'function' || value === null) return value as SocketListener
      throw mismatch(subject, 'a function or null', value)
    },
  },
  multi: {
    sharedOnly: 'the multi handle belongs to the instance',
    check: checkMulti,
  },
}

/** The names of the options in this file, and of `httpVersion`, which becomes an option of libcurl. */
export const SETTING_NAMES: readonly string[] = [...Object.keys(TABLE), 'httpVersion']
const SETTINGS = new Map<string, Setting<unknown>>(Object.entries(TABLE))

/**
 * Checks one option and adds it to `target`.
 *
 * @returns false if there is no such option.
 */
export function addSetting(
  target: Record<string, unknown>,
  key: string,
  value: unknown,
  context: SettingContext,
): boolean {
  const setting = SETTINGS.get(key) ?? context.extra?.[key]
  if (setting === undefined) return false
  if (value === undefined) return true
  if (setting.sharedOnly !== undefined && context.role === 'request') {
    throw new OptionError(`${context.where}: ${key} is not for single requests: ${setting.sharedOnly}`, key)
  }
  target[key] = setting.check(value, { name: key, where: context.where, isSecret: false }, context)
  return true
}

function checkMulti(
  value: unknown,
  subject: Subject,
  { catalog, where }: SettingContext,
): Record<string, number | readonly string[]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw mismatch(subject, 'an object, e.g. { MAX_HOST_CONNECTIONS: 4 }', value)
  }
  const checked: Record<string, number | readonly string[]> = {}
  for (const [key, given] of Object.entries(value)) {
    const { name, kind } = catalog.multiOption(key, `${where}: multi`)
    const of = { name, where: `${where}: multi`, isSecret: false }
    const checkedValue = kind === 'integer' ? toInteger(of, given, 0, 2 ** 31 - 1) : (toList(of, given) ?? [])
    checked[name] = checkedValue
  }
  return checked
}
