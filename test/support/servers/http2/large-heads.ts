/**
 * An HTTP/2 server over TLS whose responses have large heads, and bodies that name their request.
 * `/NUMBER/LINES/BYTES` is answered with that many header lines of 1 kB and that many bytes of body. Does not
 * depend on the client.
 */
import { createSecureServer, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { authorityPem, issueCertificate } from '../certificates.js'

/** Node ends a stream whose head is larger than this limit (default: 64 KiB). */
const MOST_HEAD_BYTES = 256 * 1024
const LINE_BYTES = 1000

export interface LargeHeadsServer extends AsyncDisposable {
  /** The certificate authority, as PEM. */
  readonly authority: string
  /** Returns the number of requests that have arrived. */
  readonly requests: () => number
  /** Returns the number of accepted connections. */
  readonly connections: () => number
  url(number: number, lines: number, bytes: number): string
}

/** Returns the body of a response. */
export function largeHeadsBody(number: number, bytes: number): string {
  const mark = `<${String(number)}>`
  return mark.repeat(Math.ceil(bytes / mark.length)).slice(0, bytes)
}

export async function startLargeHeads(): Promise<LargeHeadsServer> {
  const server = createSecureServer({
    ...issueCertificate('localhost', ['localhost', '127.0.0.1']),
    maxSendHeaderBlockLength: MOST_HEAD_BYTES,
  })
  const sessions = new Set<ServerHttp2Session>()
  let requests = 0
  let connections = 0
  server.on('session', (session) => {
    connections++
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
    session.on('error', () => undefined)
  })
  server.on('sessionError', () => undefined)
  server.on('stream', (stream, headers) => {
    requests++
    stream.on('error', () => undefined)
    const [, number = 0, lines = 0, bytes = 0] = (headers[':path'] ?? '').split('/').map(Number)
    const head: Record<string, string | number> = { ':status': 200 }
    for (let i = 0; i < lines; i++)
      head[`x-line-${String(i)}`] = `head ${String(number)}.${String(i)} `.padEnd(LINE_BYTES, 'h')
    stream.respond(head)
    stream.end(largeHeadsBody(number, bytes))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    authority: authorityPem(),
    requests: () => requests,
    connections: () => connections,
    url: (number, lines, bytes) =>
      `https://127.0.0.1:${String(port)}/${String(number)}/${String(lines)}/${String(bytes)}`,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const session of sessions) session.destroy()
      await closed
    },
  }
}
