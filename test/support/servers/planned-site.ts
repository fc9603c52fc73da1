/**
 * A site whose answers are planned byte by byte: a raw server for it, and the same plan as replies of a mock. Does not
 * depend on the requests that are sent to it.
 */
import net from 'node:net'
import { gzipSync } from 'node:zlib'
import { STATUS_CODES } from 'node:http'
import type { CurlMock, MockReply } from '../../../src/testing/index.js'
import { RequestParser } from '../faults/parser.js'

/** One planned answer. */
export interface Planned {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
  readonly isGzip?: boolean
  readonly isChunked?: boolean
  readonly trailers?: readonly (readonly [string, string])[]
  readonly cutAfter?: number | undefined
}

/** Answers by path, one for each time that it is asked for; the last one stays. */
export type Site = Readonly<Record<string, readonly Planned[]>>

const bodyOf = ({ body, isGzip }: Planned): Buffer =>
  isGzip ? gzipSync(body, { level: 1 }) : Buffer.from(body)
const hasNoBody = (status: number): boolean => status === 204 || status === 304
const fields = (list: readonly (readonly [string, string])[]): string =>
  list.map(([name, value]) => `${name}: ${value}\r\n`).join('')

/** The bytes of an answer, written out. */
function bytesOf(planned: Planned, method: string): Buffer[] {
  const { status, isChunked, isGzip, trailers = [], cutAfter } = planned
  const body = bodyOf(planned)
  const headers = [...planned.headers, ...(isGzip ? ([['Content-Encoding', 'gzip']] as const) : [])]
  if (!hasNoBody(status))
    headers.push(isChunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(body.length)])
  const head = Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${fields(headers)}\r\n`)
  if (hasNoBody(status) || method === 'HEAD') return [head]
  const part = body.subarray(0, cutAfter)
  if (!isChunked) return [head, part]
  const chunk =
    part.length === 0 ? [] : [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]
  return [head, ...chunk, ...(cutAfter === undefined ? [Buffer.from(`0\r\n${fields(trailers)}\r\n`)] : [])]
}

/** Counts how often each path was asked for. */
class Visits {
  readonly #counts = new Map<string, number>()

  next(site: Site, path: string): Planned {
    const all = site[path] ?? [{ status: 404, headers: [], body: '' }]
    const count = this.#counts.get(path) ?? 0
    this.#counts.set(path, count + 1)
    return all[Math.min(count, all.length - 1)] as Planned
  }

  restart(): void {
    this.#counts.clear()
  }
}

/** A raw server that answers as planned. */
export class SiteServer {
  /** The requests so far: head and body as they arrived. */
  requests: string[] = []
  site: Site = {}
  readonly #visits = new Visits()
  readonly #sockets = new Set<net.Socket>()
  readonly #server = net.createServer((socket) => {
    this.#serve(socket)
  })

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port
  }

  restart(site: Site): void {
    this.site = site
    this.requests = []
    this.#visits.restart()
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  listen(): Promise<this> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve(this)))
  }

  #serve(socket: net.Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => undefined)
    let head = ''
    let body = ''
    const parser = new RequestParser({
      onHead: (text) => {
        head = text
        if (/^expect: 100-continue/im.test(text)) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
      },
      onBody: (bytes) => (body += bytes),
      onEnd: () => {
        this.requests.push(head + body)
        body = ''
        const [method = '', path = ''] = head.split(' ')
        const planned = this.#visits.next(this.site, path)
        for (const piece of bytesOf(planned, method)) socket.write(piece)
        // Where there is no body, nothing is cut: a connection that ends after a response is a race with the next request.
        if (planned.cutAfter !== undefined && method !== 'HEAD' && !hasNoBody(planned.status)) socket.end()
      },
    })
    socket.on('data', (chunk) => {
      parser.push(chunk.toString('latin1'))
    })
  }
}

/** Lets a mock answer as planned for a site at `origin`. */
export function mockSite(mock: CurlMock, origin: string, site: Site): void {
  for (const [path, all] of Object.entries(site)) {
    for (const [at, planned] of all.entries()) {
      const rule = mock
        .any(origin + path)
        .reply(replyOf(planned))
        .times(at === all.length - 1 ? Infinity : 1)
      if (planned.cutAfter !== undefined && !hasNoBody(planned.status)) rule.cutAfter(planned.cutAfter)
    }
  }
  mock.any(/^http/).reply({ status: 404 }).times(Infinity)
}

function replyOf(planned: Planned): MockReply {
  const { status, headers, isGzip, isChunked, trailers = [] } = planned
  return {
    status,
    headers: [
      ...headers,
      ...(isGzip ? ([['Content-Encoding', 'gzip']] as const) : []),
      ...(isChunked && !hasNoBody(status) ? ([['Transfer-Encoding', 'chunked']] as const) : []),
    ],
    body: bodyOf(planned),
    trailers,
  }
}
