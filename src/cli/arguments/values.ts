/**
 * Parses values as curl's command line spells them: seconds, sizes, rates. Depends on the option only for
 * messages.
 */
import { UsageError } from '../errors/errors.js'

/** Parses seconds, decimals allowed. Returns milliseconds. */
export function milliseconds(value: string, option: string): number {
  const seconds = /^\d+(\.\d*)?$|^\.\d+$/.test(value) ? Number(value) : NaN
  if (seconds >= 0 && seconds < 2 ** 31 / 1000) return Math.round(seconds * 1000)
  throw new UsageError(`--${option} takes seconds, such as 30 or 2.5; got "${value}"`)
}

/** Parses a whole number from `least` to `most`. */
export function wholeNumber(value: string, option: string, least = 0, most = Infinity): number {
  const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN
  if (number >= least && number <= most) return number
  const range =
    most === Infinity ? `of at least ${String(least)}` : `from ${String(least)} to ${String(most)}`
  throw new UsageError(`--${option} takes a whole number ${range}; got "${value}"`)
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
}

/** Parses a number of bytes with curl's suffixes: `200K`, `3m`, `1G`. */
export function bytes(value: string, option: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([bkmgt]?)$/i.exec(value) ?? []
  if (digits !== '') return Math.floor(Number(digits) * (SIZE_UNITS[unit.toLowerCase()] ?? 1))
  throw new UsageError(`--${option} takes bytes, such as 4096, 200K or 3M; got "${value}"`)
}

/** Parses curl's rates: `2/s`, `5/15s`, `3/h`. Without a unit: per hour, as in curl. */
export function rate(value: string, option: string): `${number}/${string}` {
  const match = /^(\d+)(?:\/(\d*)([smhd]))?$/.exec(value)
  if (match === null || Number(match[1]) === 0 || match[2] === '0') {
    throw new UsageError(`--${option} takes a number for a time, such as 2/s, 5/15s or 100/h; got "${value}"`)
  }
  return `${Number(match[1])}/${match[2] ?? ''}${match[3] ?? 'h'}`
}

/** Parses `NAME=VALUE`. */
export function assignment(value: string, option: string): [name: string, value: string] {
  const at = value.indexOf('=')
  if (at < 1) throw new UsageError(`--${option} takes NAME=VALUE; got "${at === 0 ? '=...' : value}"`)
  return [value.slice(0, at), value.slice(at + 1)]
}
