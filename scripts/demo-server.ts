/**
 * The search server of the demo, a process of its own: about 100 ms for each answer, in the shape that the
 * originals' test scripts expect. Tells its parent the port, and ends with it. Does not know who asks, nor
 * how many at once.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const delayMs = 100
const headers = { 'Content-Type': 'application/json; charset=utf-8' }

const server = createServer((request, response) => {
  const term = new URL(request.url ?? '/', 'http://localhost').searchParams.get('q') ?? ''
  const titles = term === '' ? [] : [`${term} is a name`, `${term} is a friend of mine`]
  const body = { responseData: { results: titles.map((title) => ({ title })) } }
  setTimeout(() => response.writeHead(200, headers).end(JSON.stringify(body)), delayMs)
})

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
