/**
 * Dates in the forms that curl takes for `-z`: curl_getdate(3). Does not know what is compared with them.
 */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

/**
 * Minutes west of Greenwich. Source: curl_getdate(3), RFC 822 (which has the letters the wrong way round).
 */
const ZONES = new Map<string, number>(
  `GMT:0 UT:0 UTC:0 WET:0 Z:0 BST:-60 WAT:60 AST:240 ADT:180 EST:300 EDT:240 CST:360 CDT:300 MST:420 MDT:360
   PST:480 PDT:420 YST:540 YDT:480 HST:600 HDT:540 CAT:600 AHST:600 NT:660 IDLW:720 CET:-60 MET:-60 MEWT:-60
   MEST:-120 CEST:-120 MESZ:-120 FWT:-60 FST:-120 EET:-120 WAST:-420 WADT:-480 CCT:-480 JST:-540 EAST:-600
   EADT:-660 GST:-600 NZT:-720 NZST:-720 NZDT:-780 IDLE:-720`
    .split(/\s+/)
    .map((pair) => {
      const [name = '', minutes = ''] = pair.split(':')
      return [name, Number(minutes)]
    }),
)
for (const [i, letter] of 'ABCDEFGHIKLM'.split('').entries()) ZONES.set(letter, -60 * (i + 1))
for (const [i, letter] of 'NOPQRSTUVWXY'.split('').entries()) ZONES.set(letter, 60 * (i + 1))

const MOST_PARTS = 6
const LONGEST_NAME = 11
/** Earlier years have another calendar. */
const FIRST_YEAR = 1583
/** `+1400` is the farthest zone that is in use. */
const FARTHEST_ZONE = 1400

interface Parts {
  weekday?: number
  month?: number
  day?: number
  year?: number
  time?: readonly [hours: number, minutes: number, seconds: number]
  /** Seconds west of Greenwich. */
  zone?: number
}

/** Seconds since 1970; undefined where `text` is no date. */
export function parseDate(text: string): number | undefined {
  const parts: Parts = {}
  let at = 0
  let expected: 'day' | 'year' = 'day'
  for (let count = 0; at < text.length && count < MOST_PARTS; count++) {
    while (at < text.length && !/[A-Za-z0-9]/.test(text[at] ?? '')) at++
    const rest = text.slice(at, at + 64)
    if (/^[A-Za-z]/.test(rest)) {
      const name = /^[A-Za-z]+/.exec(rest)?.[0] ?? ''
      if (name.length > LONGEST_NAME || !takeName(parts, name)) return undefined
      at += name.length
    } else if (rest !== '') {
      const time = parts.time === undefined ? timeAt(rest) : undefined
      if (time !== undefined) {
        parts.time = time.value
        at += time.length
        continue
      }
      const digits = /^\d+/.exec(rest)?.[0] ?? ''
      const taken = takeNumber(parts, digits, at > 0 ? (text[at - 1] ?? '') : '', expected)
      if (taken === undefined) return undefined
      expected = taken
      at += digits.length
    }
  }
  return secondsOf(parts)
}

function takeName(parts: Parts, name: string): boolean {
  const lower = name.toLowerCase()
  if (parts.weekday === undefined) {
    const day = DAYS.findIndex((one) => lower === one || lower === one.slice(0, 3))
    if (day >= 0) {
      parts.weekday = day
      return true
    }
  }
  if (parts.month === undefined && MONTHS.includes(lower)) {
    parts.month = MONTHS.indexOf(lower)
    return true
  }
  const minutes = ZONES.get(name)
  if (parts.zone !== undefined || minutes === undefined) return false
  parts.zone = minutes * 60
  return true
}

function timeAt(text: string): { value: [number, number, number]; length: number } | undefined {
  const match = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?/.exec(text)
  if (match === null) return undefined
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
  if (hours > 23 || minutes > 59 || seconds > 60) return undefined
  return { value: [hours, minutes, seconds], length: match[0].length }
}

/** @returns what a number is expected to be next; undefined: this one is nothing */
function takeNumber(
  parts: Parts,
  digits: string,
  before: string,
  expected: 'day' | 'year',
): 'day' | 'year' | undefined {
  const value = Number(digits)
  if (value > 99_999_999) return undefined
  const isSigned = before === '+' || before === '-'
  if (parts.zone === undefined && digits.length === 4 && value <= FARTHEST_ZONE && isSigned) {
    const seconds = (Math.floor(value / 100) * 60 + (value % 100)) * 60
    parts.zone = before === '+' ? -seconds : seconds
    return expected
  }
  const { year, month, day } = parts
  if (digits.length === 8 && year === undefined && month === undefined && day === undefined) {
    parts.year = Math.floor(value / 10_000)
    parts.month = Math.floor((value % 10_000) / 100) - 1
    parts.day = value % 100
    return expected
  }
  let next = expected
  if (next === 'day' && day === undefined) {
    if (value > 0 && value < 32) {
      parts.day = value
      return 'year'
    }
    next = 'year'
  }
  if (next !== 'year' || year !== undefined) return undefined
  parts.year = value >= 100 ? value : value + (value > 70 ? 1900 : 2000)
  return parts.day === undefined ? 'day' : 'year'
}

function secondsOf({ year, month, day, time = [0, 0, 0], zone = 0 }: Parts): number | undefined {
  if (year === undefined || month === undefined || day === undefined) return undefined
  if (year < FIRST_YEAR || month < 0 || month > 11 || day > 31) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  const [hours, minutes, seconds] = time
  const result = date.getTime() / 1000 + hours * 3600 + minutes * 60 + seconds + zone
  // -1 stands for no date.
  return result === -1 ? 0 : result
}
