/**
 * The server that delays responses, and replaces nginx if that is not installed. Ends with its parent
 * process. Does not depend on the client.
 */
import { readFileSync } from 'node:fs'
import http, { type RequestListener } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

const folder = process.argv[2] as string
const file = (name: string): Buffer => readFileSync(join(folder, name))
const names = new Set(['1k', '100k', '10m', '100m', 'gzip'])
const bodies = new Map<string, Buffer>()
/** Read when it is asked for first: one is large, and most servers send only small ones. */
function bodyOf(path: string): Buffer {
  const name = names.has(path.slice(1)) ? path.slice(1) : '1k'
  let body = bodies.get(name)
  if (body === undefined) bodies.set(name, (body = file(`www/${name}`)))
  return body
}
const small = bodyOf('/1k')
let count = 0

const answer: RequestListener = (request, response) => {
  const path = (request.url ?? '').replace(/\?.*/, '')
  const send = (status: number, body: Buffer, encoding: object = {}): void => {
    response
      .writeHead(status, { 'Content-Length': body.length, 'Content-Type': 'text/plain', ...encoding })
      .end(body)
  }
  count++
  request.resume()
  // 0.5 to 1.5 s, evenly distributed and the same in each run.
  if (path === '/slow') setTimeout(send, 500 + ((count * 617) % 1000), 200, small)
  else if (/^\/wait-\d+$/.test(path)) setTimeout(send, Number(path.slice(6)), 200, small)
  else if (path === '/flaky') send(count % 5 === 0 ? 503 : 200, small)
  else send(200, bodyOf(path), path === '/gzip' ? { 'Content-Encoding': 'gzip' } : {})
}

const servers = [
  http.createServer(answer),
  https.createServer({ cert: file('cert.pem'), key: file('key.pem') }, answer),
]
let listening = 0
for (const server of servers) {
  server.keepAliveTimeout = 600_000
  server.listen({ port: 0, host: '127.0.0.1', backlog: 8192 }, () => {
    if (++listening < servers.length) return
    const [plain, tls] = servers.map((each) => (each.address() as AddressInfo).port)
    process.send?.({ http: plain, tls })
  })
}
process.on('disconnect', () => process.exit())
