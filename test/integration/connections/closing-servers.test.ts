/**
 * Servers that close connections in good order after some answers, without saying so (D23): libcurl sends
 * such requests again, and so often as there are closed connections no request may fail.
 * `PARALLELCURL_CLOSING=3000` runs as many requests of each kind; by default it is a short one.
 */
import { expect } from 'chai'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { ParallelCurl } from '../../../src/index.js'

const COUNT = Number(process.env['PARALLELCURL_CLOSING'] ?? 300)
const BODY = 'a=b'

interface ClosingServer extends AsyncDisposable {
  readonly url: string
  /** Connections so far. */
  connections(): number
}

/** Answers one request after the other, and closes a connection after so many answers. */
async function startClosing(answersOf: () => number): Promise<ClosingServer> {
  const sockets = new Set<net.Socket>()
  let connections = 0
  const server = net.createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    let left = answersOf()
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      for (;;) {
        const end = received.indexOf('\r\n\r\n')
        if (end < 0 || left === 0) return
        const length = Number(/^content-length: (\d+)/im.exec(received.slice(0, end))?.[1] ?? 0)
        if (received.length < end + 4 + length) return
        const echo = received.slice(end + 4, end + 4 + length)
        received = received.slice(end + 4 + length)
        const content = `${echo}.`
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${String(content.length)}\r\n\r\n${content}`)
        if (--left === 0) socket.end()
      }
    })
  })
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

describe('servers that close connections (D23)', () => {
  const kinds: [name: string, answersOf: () => number][] = [
    ['each first answer', () => 1],
    ['each third answer', () => 3],
    ['a random number of answers', () => 1 + Math.floor(Math.random() * 8)],
  ]
  for (const [name, answersOf] of kinds) {
    for (const inFlight of [1, 5, 50]) {
      for (const method of ['GET', 'POST']) {
        it(`${String(COUNT)} times ${method}, ${String(inFlight)} in flight, closed after ${name}: none fails`, async function () {
          this.timeout(120_000)
          await using server = await startClosing(answersOf)
          await using curl = new ParallelCurl(inFlight)
          const body = method === 'POST' ? BODY : null
          const failures: string[] = []
          let right = 0
          for (let i = 0; i < COUNT; i++) {
            await curl.startRequest(
              server.url,
              (content, _url, { error }) => {
                if (content === `${body ?? ''}.`) right++
                else failures.push(error)
              },
              undefined,
              body,
            )
          }
          await curl.finishAllRequests()
          expect({ right, failures }).to.deep.equal({ right: COUNT, failures: [] })
          expect(server.connections()).to.be.at.least(Math.floor(COUNT / 8))
        })
      }
    }
  }
})
