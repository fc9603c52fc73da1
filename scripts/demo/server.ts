/**
 * The search server of the demo, in a process of its own. Responds after about 100 ms, in the format that the
 * original projects' test scripts expect. Sends its port to the parent process and ends with it. Does not
 * depend on the clients.
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
