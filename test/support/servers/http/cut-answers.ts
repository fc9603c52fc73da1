/** A server whose responses a test makes itself, complete or cut off. Does not record requests. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A response. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/**
 * Starts the server. `answer` returns the response, or calls `cut`, which sends the headers and a part of the
 * body and ends the connection.
 */
export async function listening(
  answer: (
    request: IncomingMessage,
    cut: (headers: Record<string, string>, part: string) => null,
  ) => Answer | null,
): Promise<{ url: string; close: () => Server }> {
  const server = createServer((request, response) => {
    const given = answer(request, (headers, part) => {
      response.writeHead(200, headers)
      response.write(part, () => response.socket?.destroySoon())
      return null
    })
    if (given !== null) response.writeHead(given.status, given.headers).end(given.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections()
      return server.close()
    },
  }
}
