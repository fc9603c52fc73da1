/**
 * A server that sets cookies with raw bytes and says which ones it was sent, and the same texts for
 * `jar.set()`. Does not know which of them a jar keeps.
 */
import net from 'node:net'
import { type CookieJar, ParallelCurl, type Transfer } from '../../../../src/index.js'

/** Two ways into a jar. */
export interface CookieServer extends AsyncDisposable {
  /** A response from this URL brings these lines, one header each. Resolves with libcurl's code. */
  respond(jar: CookieJar, url: string, lines: readonly string[]): Promise<number>
  /** The `Cookie` header that a request for this URL sends; `''` where there is none. */
  sent(jar: CookieJar, url: string): Promise<string>
}

/** Any host and port leads to it. Texts go over the wire in UTF-8. */
export async function startCookieServer(): Promise<CookieServer> {
  let headers = ''
  let seen = ''
  const server = net.createServer((socket) => {
    let received = ''
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (!received.includes('\r\n\r\n')) return
      const cookie = /^cookie: (.*)\r$/im.exec(received)?.[1] ?? ''
      seen = Buffer.from(cookie, 'latin1').toString()
      received = ''
      socket.write(`HTTP/1.1 200 OK\r\n${headers}Content-Length: 0\r\n\r\n`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const CONNECT_TO = [`::127.0.0.1:${String((server.address() as net.AddressInfo).port)}`]
  const curl = new ParallelCurl(1, { CONNECT_TO, NOPROXY: '*' })
  const ask = (jar: CookieJar, url: string): Promise<number> =>
    new Promise((resolve) => {
      const done = (_content: unknown, _url: string, { errno }: Transfer): void => {
        resolve(errno)
      }
      void curl.startRequest(url, done, null, null, { cookieJar: jar })
    })
  return {
    respond: async (jar, url, lines) => {
      headers = lines.map((line) => `Set-Cookie: ${line}\r\n`).join('')
      const errno = await ask(jar, url)
      headers = ''
      return errno
    },
    sent: async (jar, url) => {
      seen = ''
      await ask(jar, url)
      return seen
    },
    [Symbol.asyncDispose]: async () => {
      await curl.close()
      server.close()
    },
  }
}

/** Sets these lines as they come from this URL. Returns why some were refused. */
export function setAll(jar: CookieJar, url: string, lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    try {
      jar.set(line, url)
      return []
    } catch (error) {
      return [(error as Error).message]
    }
  })
}
