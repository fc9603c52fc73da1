/**
 * Numbers as curl reads them, with its bounds: whole ones, octal ones, sizes, seconds. Does not know what
 * they are for.
 */
import { OptionProblem } from '../problems.js'

const MAX_INT64 = 2n ** 63n - 1n
const LARGEST_SECONDS = MAX_INT64 / 1000n - 1n

/** The digits at `from`; undefined where there are none. */
export function digitsAt(text: string, from: number): string | undefined {
  let end = from
  while (end < text.length && isDigit(text.charCodeAt(end))) end++
  return end === from ? undefined : text.slice(from, end)
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57
}

/** Digits as a number; undefined beyond `max`. */
export function bounded(digits: string, max: bigint = MAX_INT64): number | undefined {
  const number = BigInt(digits)
  return number > max ? undefined : Number(number)
}

/** A whole number, which may have a minus. */
export function toNumber(text: string): number {
  const isNegative = text.startsWith('-')
  const digits = digitsAt(text, isNegative ? 1 : 0)
  const number = digits === undefined ? undefined : bounded(digits)
  if (digits === undefined || number === undefined || digits.length + (isNegative ? 1 : 0) !== text.length)
    throw new OptionProblem('badNumber')
  return isNegative && number !== 0 ? -number : number
}

/** A whole number that is not negative. */
export function toCount(text: string, max = Infinity): number {
  const number = toNumber(text)
  if (number < 0) throw new OptionProblem('negative')
  if (number > max) throw new OptionProblem('tooLarge')
  return number
}

export function toOctal(text: string, max: number): number {
  const digits = /^[0-7]+/.exec(text)?.[0]
  if (digits === undefined) throw new OptionProblem('badNumber')
  const number = Number.parseInt(digits, 8)
  if (number > max) throw new OptionProblem('tooLarge')
  if (digits.length !== text.length) throw new OptionProblem('badNumber')
  return number
}

/** A position in a file. */
export function toOffset(text: string): number {
  const digits = digitsAt(text, 0)
  const number = digits === undefined ? undefined : bounded(digits)
  if (number === undefined || digits?.length !== text.length) throw new OptionProblem('badNumber')
  return number
}

/** Seconds, perhaps with decimals, as milliseconds. What follows the number is not looked at, as in curl. */
export function toMilliseconds(text: string): number {
  const whole = digitsAt(text, 0)
  const seconds = whole === undefined ? undefined : bounded(whole, LARGEST_SECONDS)
  if (whole === undefined || seconds === undefined) throw new OptionProblem('badNumber')
  if (text[whole.length] !== '.') return seconds * 1000
  const decimals = digitsAt(text, whole.length + 1)
  if (decimals === undefined) throw new OptionProblem('tooLarge')
  return seconds * 1000 + Number(decimals.slice(0, 3).padEnd(3, '0'))
}

const UNITS = 'kmgtp'

/** Bytes, with K, M, G, T or P behind them, which may then have decimals. */
export function toSize(text: string): number {
  const whole = digitsAt(text, 0)
  if (whole === undefined) throw new OptionProblem('badNumber')
  const value = BigInt(whole)
  if (value > MAX_INT64) throw new OptionProblem('tooLarge')
  let at = whole.length
  let decimals = ''
  if (text[at] === '.') {
    const digits = digitsAt(text, at + 1)
    if (digits === undefined) throw new OptionProblem('badNumber')
    decimals = digits
    at += 1 + digits.length
  }
  const unit = text.slice(at).toLowerCase()
  if (unit.length > 1) throw new OptionProblem('badUse')
  if (unit === '' || unit === 'b') {
    // There are no parts of bytes.
    if (decimals !== '') throw new OptionProblem('badUse')
    return Number(value)
  }
  const power = UNITS.indexOf(unit) + 1
  if (power === 0) throw new OptionProblem('badUse')
  const factor = 1024n ** BigInt(power)
  // More digits than the factor has say nothing.
  const used = decimals.slice(0, String(factor).length - 1)
  const fraction = used === '' ? 0n : (factor * BigInt(used)) / 10n ** BigInt(used.length)
  const size = value * factor + fraction
  if (size > MAX_INT64) throw new OptionProblem('tooLarge')
  return Number(size)
}
