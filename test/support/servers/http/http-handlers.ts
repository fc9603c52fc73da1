/**
 * The handlers of the test server's built-in paths: valid responses, broken ones, and none. Does not depend
 * on the server or libcurl.
 */
import { createHash } from 'node:crypto'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { Handler, RecordedRequest } from './http-exchange.js'

const text = { 'Content-Type': 'text/plain; charset=utf-8' }

function answer(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | Buffer = '',
): void {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body)
}

/** Returns `count` bytes in a fixed pattern that contains every value. */
export function patternBytes(count: number): Buffer {
  const bytes = Buffer.allocUnsafe(count)
  for (let i = 0; i < count; i++) bytes[i] = (i * 31 + (i >> 8) * 7) & 0xff
  return bytes
}

/** Returns the last segment of the path. */
const last = (request: RecordedRequest): string => decodeURIComponent(request.path.split('/').at(-1) ?? '')

const echo: Handler = (request, response) => {
  const { method, url, headers, rawHeaders, httpVersion, connection } = request
  const body = {
    method,
    url,
    headers,
    rawHeaders,
    httpVersion,
    connection,
    body: request.body.toString('latin1'),
  }
  answer(response, 200, { 'Content-Type': 'application/json' }, JSON.stringify(body))
}

const status: Handler = (request, response) =>
  answer(response, Number(last(request)), text, `status ${last(request)}`)

/** Holds the request at the gate with that name, then answers with the name. */
const gate: Handler = (request, response, server) => {
  const leave = server.gate(last(request)).enter(() => answer(response, 200, text, `passed ${last(request)}`))
  response.on('close', leave)
}

/**
 * `?chunks=3&length=30`: sends the first chunk at once, each further one when the gate with that name lets it
 * pass.
 */
const drip: Handler = (request, response, server) => {
  const chunks = Number(request.query.get('chunks') ?? 3)
  const length = request.query.get('length')
  response.writeHead(200, length === null ? text : { ...text, 'Content-Length': length })
  const send = (index: number): void => {
    response.write(`chunk ${index}\n`)
    if (index === chunks) return void response.end()
    response.once(
      'close',
      server.gate(last(request)).enter(() => send(index + 1)),
    )
  }
  send(1)
}

/** `/redirect/3` redirects three times. `?code=307` sets the status. */
const redirect: Handler = (request, response) => {
  const left = Number(last(request))
  if (left === 0) return echo(request, response, undefined as never)
  const Location = `/redirect/${left - 1}${request.url.match(/\?.*/)?.[0] ?? ''}`
  answer(response, Number(request.query.get('code') ?? 302), { ...text, Location }, `redirect ${left}`)
}

const redirectTo: Handler = (request, response) => {
  const Location = request.query.get('url') ?? '/echo'
  answer(response, Number(request.query.get('code') ?? 302), { ...text, Location }, 'elsewhere')
}

const setCookies: Handler = (request, response) => {
  const cookies = [...request.query].map(([name, value]) => `${name}=${value}; Path=/`)
  answer(response, 200, { ...text, 'Set-Cookie': cookies }, 'cookies set')
}

const refuse = (response: ServerResponse, challenge: string): void =>
  answer(response, 401, { ...text, 'WWW-Authenticate': challenge }, 'who are you?')

/** The accepted credentials of `/auth/basic` and `/auth/digest`: user "user", password "pass word". */
const basic: Handler = (request, response) => {
  const expected = `Basic ${Buffer.from('user:pass word').toString('base64')}`
  if (request.headers.authorization === expected) return answer(response, 200, text, 'welcome')
  refuse(response, 'Basic realm="test"')
}

const digest: Handler = (request, response) => {
  const md5 = (of: string): string => createHash('md5').update(of).digest('hex')
  const nonce = md5('nonce')
  const given: Record<string, string> = {}
  for (const [, key = '', quoted, plain] of (request.headers.authorization ?? '').matchAll(
    /(\w+)=(?:"([^"]*)"|([^\s,]+))/g,
  )) {
    given[key] = quoted ?? plain ?? ''
  }
  const secret = md5('user:test:pass word')
  const subject = md5(`${request.method}:${request.url}`)
  const expected = md5([secret, nonce, given['nc'], given['cnonce'], given['qop'], subject].join(':'))
  if (given['response'] === expected && given['nonce'] === nonce)
    return answer(response, 200, text, 'welcome')
  refuse(response, `Digest realm="test", nonce="${nonce}", qop="auth", algorithm=MD5`)
}

const plain = 'compressed, or so it came: žluťoučký kůň\n'.repeat(20)
/** The text that `/gzip`, `/deflate` and `/br` send compressed. */
export const compressedText = plain
const compressed = (encoding: string, compress: (data: string) => Buffer): Handler => {
  return (_request, response) =>
    answer(response, 200, { ...text, 'Content-Encoding': encoding }, compress(plain))
}

const bytes: Handler = (request, response) => {
  const body = patternBytes(Number(last(request)))
  const headers = { 'Content-Type': 'application/octet-stream', 'Accept-Ranges': 'bytes' }
  const [range, from, to] = request.headers.range?.match(/^bytes=(\d+)-(\d*)$/) ?? []
  if (range === undefined) return answer(response, 200, headers, body)
  const part = body.subarray(Number(from), to ? Number(to) + 1 : undefined)
  const where = `bytes ${from}-${Number(from) + part.length - 1}/${body.length}`
  answer(response, 206, { ...headers, 'Content-Range': where }, part)
}

/**
 * `/charset/windows-1251?hex=cff0e8` declares that charset and sends those bytes; `/charset/none` declares no
 * charset.
 */
const charset: Handler = (request, response) => {
  const declared = last(request) === 'none' ? '' : `; charset=${last(request)}`
  answer(
    response,
    200,
    { 'Content-Type': `text/plain${declared}` },
    Buffer.from(request.query.get('hex') ?? '', 'hex'),
  )
}

/** `/headers/3` sends the headers X-Number-1 to X-Number-3. */
const headers: Handler = (request, response) => {
  const numbers = Array.from(
    { length: Number(last(request)) },
    (_, i) => [`X-Number-${i + 1}`, `value ${i + 1}`] as const,
  )
  answer(response, 200, { ...text, ...Object.fromEntries(numbers) }, 'headers')
}

/** Sends exactly these bytes, then closes the connection, even if the client does not. */
const raw = (bytes: string): Handler => {
  return (_request, { socket }) => void socket?.end(bytes, () => socket.destroy())
}

const retryAfter: Handler = (request, response) => {
  answer(response, 503, { ...text, 'Retry-After': request.query.get('seconds') ?? '1' }, 'later')
}

const handlers: Record<string, Handler> = {
  echo,
  status,
  gate,
  drip,
  redirect,
  'redirect-to': redirectTo,
  'cookies/set': setCookies,
  'auth/basic': basic,
  'auth/digest': digest,
  gzip: compressed('gzip', gzipSync),
  deflate: compressed('deflate', deflateSync),
  br: compressed('br', brotliCompressSync),
  bytes,
  charset,
  headers,
  'retry-after': retryAfter,
  'no-content': (_request, response) => void response.writeHead(204).end(),
  hang: () => undefined,
  close: raw(''),
  reset: (_request, response) => void response.socket?.resetAndDestroy(),
  truncate: raw('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n0123456789'),
  'bad-chunk': raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nNOT HEX\r\n'),
}

/** Returns the handler for the first part of the path, or one that answers 404. */
export function builtInHandler(path: string): Handler {
  const [, first = '', second = ''] = path.split('/')
  return (
    handlers[`${first}/${second}`] ??
    handlers[first] ??
    ((_request, response) => answer(response, 404, text, 'not here'))
  )
}
