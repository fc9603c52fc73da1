/**
 * The format of HTTP archives (HAR 1.2), as far as it is written here. Source:
 * http://www.softwareishard.com/blog/har-12-spec/. Does not know where the data come from.
 */

import { valuesOf } from '../stand-in/request-reader.js'
import type { Phases } from './phases.js'

/** A name and its value. */
export interface NameValue {
  name: string
  value: string
}

/** The body of a request. */
export interface PostData {
  mimeType: string
  /** The body as text; as base64 with `_encoding: 'base64'`, if it is not UTF-8. */
  text: string
  params: NameValue[]
  _encoding?: 'base64'
  comment?: string
}

/** The body of a response. */
export interface HarContent {
  /** Bytes, decoded. */
  size: number
  mimeType: string
  /** The body, decoded; as base64 with `encoding: 'base64'`, if it is not UTF-8. */
  text?: string
  encoding?: 'base64'
  /** True if the text is as it was on the wire: nothing has decoded its `Content-Encoding`. */
  _encoded?: true
  comment?: string
}

/** One request with its response: of a redirect, each hop is an entry. Unknown values are empty or -1. */
export interface HarEntry {
  /** The time of the call, as an ISO date; of a later hop, when it was sent. */
  startedDateTime: string
  /** The sum of `timings`. Milliseconds. */
  time: number
  request: {
    method: string
    url: string
    httpVersion: string
    cookies: NameValue[]
    headers: NameValue[]
    queryString: NameValue[]
    postData?: PostData
    headersSize: number
    bodySize: number
  }
  response: {
    status: number
    statusText: string
    httpVersion: string
    cookies: NameValue[]
    headers: NameValue[]
    content: HarContent
    redirectURL: string
    headersSize: number
    bodySize: number
    _trailers?: NameValue[]
    _error?: string
  }
  cache: Record<string, never>
  timings: {
    blocked: number
    dns: number
    connect: number
    ssl: number
    send: number
    wait: number
    receive: number
  }
  serverIPAddress?: string
  connection?: string
  comment?: string
  /** When it began, finer than `startedDateTime`: entries are written when they end. Milliseconds since the epoch. */
  _order?: number
}

/** An archive. */
export interface Har {
  log: {
    version: '1.2'
    creator: { name: string; version: string }
    comment?: string
    entries: HarEntry[]
  }
}

/** Pairs of name and value. */
export type Fields = readonly (readonly [string, string])[]

/** Returns milliseconds in the precision of archives. */
export function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/** The field for the address of a server. libcurl gives the path of a socket instead for one of the file system. */
export function addressField(address: string): Pick<HarEntry, 'serverIPAddress'> {
  return process.getBuiltinModule('node:net').isIP(address) === 0 ? {} : { serverIPAddress: address }
}

/** Returns the sum of timings, of which -1 is an unknown one. */
export function sumOf({ blocked, dns, connect, send, wait, receive }: HarEntry['timings']): number {
  const known = [blocked, dns, connect, send, wait, receive].filter((time) => time >= 0)
  return rounded(known.reduce((sum, time) => sum + time, 0))
}

/** Returns the timings of a request with these phases. `blocked`: the time before them; -1 if that is unknown. */
export function timingsOf(phases: Phases, blocked = -1): HarEntry['timings'] {
  const isNew = phases.connect > 0 || phases.tls > 0
  return {
    blocked: rounded(blocked),
    dns: isNew ? rounded(phases.dns) : -1,
    // In this format, `connect` includes TLS, and `ssl` states it once more.
    connect: isNew ? rounded(phases.connect + phases.tls) : -1,
    ssl: phases.tls > 0 ? rounded(phases.tls) : -1,
    send: rounded(phases.send),
    wait: rounded(phases.wait),
    receive: rounded(phases.receive),
  }
}

/** Returns the timings of a hop, of which only the log is known. */
export function timingsOfHop(waitMs: number, receiveMs: number): HarEntry['timings'] {
  const unknown = { blocked: -1, dns: -1, connect: -1, ssl: -1 }
  return { ...unknown, send: 0, wait: rounded(waitMs), receive: rounded(receiveMs) }
}

export function named(fields: Fields): NameValue[] {
  return fields.map(([name, value]) => ({ name, value }))
}

export function requestCookies(fields: Fields): NameValue[] {
  return valuesOf(fields, 'cookie').flatMap((line) => line.split('; ').flatMap(cookie))
}

export function responseCookies(fields: Fields): NameValue[] {
  return valuesOf(fields, 'set-cookie').flatMap((line) => cookie(line.split(';')[0] ?? ''))
}

function cookie(pair: string): NameValue[] {
  const at = pair.indexOf('=')
  return at < 1 ? [] : [{ name: pair.slice(0, at).trim(), value: pair.slice(at + 1) }]
}

export function queryOf(url: string): NameValue[] {
  const query = /\?([^#]*)/.exec(url)?.[1]
  if (query === undefined) return []
  return Array.from(new URLSearchParams(query), ([name, value]) => ({ name, value }))
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Returns bytes as text; as base64 if they are not UTF-8. */
export function textOf(bytes: Uint8Array): { readonly text: string; readonly isBase64: boolean } {
  try {
    return { text: strict.decode(bytes), isBase64: false }
  } catch {
    return { text: Buffer.from(bytes).toString('base64'), isBase64: true }
  }
}
