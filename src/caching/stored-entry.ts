/**
 * Entries of a cache as JSON: the responses to one URL for one visitor. Checks what it reads. Does not know where
 * they are kept.
 */
import { fieldsOf } from './header-fields.js'

/** The file of a body. */
export interface BodyFile {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** The CRC-32 of the bytes. */
  readonly crc: number
}

/** One stored response. Times are milliseconds since the epoch. */
export interface StoredResponse {
  readonly method: 'GET' | 'HEAD'
  readonly status: number
  /** The status line and the fields of the response. */
  readonly lines: readonly string[]
  /** Those of the redirects before it. */
  readonly hops: readonly (readonly string[])[]
  /** The URL of the response, if redirects led to another one than that of the request. */
  readonly url: string | null
  /** The time at which it came, or was validated. */
  readonly at: number
  readonly freshUntil: number
  readonly errorUntil: number
  /** The time until which it may be used while the server is asked about it. */
  readonly meanwhileUntil?: number
  /** The names of the request's fields that it depends on, each with a digest of the value. */
  readonly vary: readonly (readonly [name: string, digest: string])[]
  /** null: it has none. */
  readonly body: BodyFile | null
  /** The name of the body that this one has replaced: a transfer may not have read it yet. */
  readonly before: string | null
}

const FORMAT = 1
/** The most responses to one URL that differ by `Vary`. */
export const MOST_VARIANTS = 8
/** Times of confirmations are whole seconds: those of files that were written or copied hardly ever are. */
export const CONFIRMATION_MS = 1000

/** Returns responses as a text, the newest first. */
export function toText(responses: readonly StoredResponse[]): string {
  return `${JSON.stringify({ v: FORMAT, of: responses })}\n`
}

/** Returns the responses of a text; null if it is none of {@link toText}. */
export function fromText(text: string): StoredResponse[] | null {
  try {
    const { v, of } = JSON.parse(text) as { v?: unknown; of?: unknown }
    return v === FORMAT && Array.isArray(of) && of.every(isResponse) ? of : null
  } catch {
    return null
  }
}

/** Returns the names of the bodies that a response keeps. */
export function bodyNames({ body, before }: StoredResponse): string[] {
  return [body?.name, before].filter((name) => typeof name === 'string')
}

/** True if the response itself leads elsewhere: redirects were not followed. */
export function isRedirect({ status, lines }: Pick<StoredResponse, 'status' | 'lines'>): boolean {
  return status >= 300 && status < 400 && (fieldsOf({ lines })['location'] ?? '') !== ''
}

/** A response without redirects answers those who follow them, and those who do not. */
export function fitsRedirects(stored: StoredResponse, followsRedirects: boolean): boolean {
  return followsRedirects ? !isRedirect(stored) : stored.hops.length === 0
}

/**
 * A response to GET stands for one to HEAD, too. A redirect, and what was found behind it, stand side by side: neither
 * answers who asked for the other one.
 */
export function isReplacedBy(old: StoredResponse, now: StoredResponse): boolean {
  if (old.method !== now.method && now.method !== 'GET') return false
  if ([old, now].some(isRedirect) && [old, now].some(({ hops }) => hops.length > 0)) return false
  return JSON.stringify(old.vary) === JSON.stringify(now.vary)
}

/** True if nothing but the date has changed in a response that is validated each time: its entry stays as it is. */
export function isAsBefore(old: StoredResponse, now: StoredResponse): boolean {
  if (![old, now].every(isTimeless) || old.body === null || old.lines.length !== now.lines.length)
    return false
  const lines = new Set(old.lines)
  const isKnown = (line: string): boolean => lines.has(line) || /^date:/i.test(line)
  return (
    now.lines.every(isKnown) && JSON.stringify([old.vary, old.hops]) === JSON.stringify([now.vary, now.hops])
  )
}

/**
 * Returns the time at which a response came, or was confirmed. The time of its body's file says so where the entry
 * stays as it is: to write that takes far longer. Milliseconds since the epoch.
 */
export function confirmedAt(response: StoredResponse, bodyMs: number): number {
  const isConfirmed = bodyMs % CONFIRMATION_MS === 0 && isTimeless(response)
  return isConfirmed ? Math.max(response.at, bodyMs) : response.at
}

/** A response without any lifetime. */
function isTimeless({ freshUntil, errorUntil, meanwhileUntil }: StoredResponse): boolean {
  return freshUntil === 0 && errorUntil <= 0 && meanwhileUntil === undefined
}

function isResponse(value: unknown): value is StoredResponse {
  if (typeof value !== 'object' || value === null) return false
  const { method, status, lines, hops, url, at, freshUntil, errorUntil, meanwhileUntil, vary, body, before } =
    value as Partial<Record<keyof StoredResponse, unknown>>
  return (
    (method === 'GET' || method === 'HEAD') &&
    [status, at, freshUntil, errorUntil, meanwhileUntil ?? 0].every((number) => typeof number === 'number') &&
    isTexts(lines) &&
    Array.isArray(hops) &&
    hops.every(isTexts) &&
    isTextOrNull(url) &&
    Array.isArray(vary) &&
    vary.every(isTexts) &&
    (body === null || isBody(body)) &&
    (before === null || isName(before))
  )
}

function isBody(value: unknown): value is BodyFile {
  if (typeof value !== 'object' || value === null) return false
  const { name, size, crc } = value as Partial<Record<keyof BodyFile, unknown>>
  return isName(name) && typeof size === 'number' && typeof crc === 'number'
}

/** A name that leads out of the folder is nobody's. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]+\.body$/.test(value)
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string'
}
