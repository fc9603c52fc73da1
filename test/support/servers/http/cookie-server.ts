/**
 * A server that sets cookies from raw bytes and returns the cookies it was sent; and the same lines set by
 * `jar.set()`. Does not judge which cookies a jar keeps.
 */
import net from 'node:net'
import { type CookieJar, ParallelCurl, type Transfer } from '../../../../src/index.js'

/** Gives a jar cookies through a response, and reads what the jar sends. */
export interface CookieServer extends AsyncDisposable {
  /**
   * Makes a request whose response from this URL has these Set-Cookie lines. Resolves with libcurl's code.
   */
  respond(jar: CookieJar, url: string, lines: readonly string[]): Promise<number>
  /** Resolves with the `Cookie` header of a request for this URL; `''` if there is none. */
  sent(jar: CookieJar, url: string): Promise<string>
}

/** Starts the server. Any host and port leads to it. Text is sent as UTF-8. */
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

/**
 * Sets these lines with `jar.set()`, as if they came from this URL. Returns the messages of those that were
 * refused.
 */
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
