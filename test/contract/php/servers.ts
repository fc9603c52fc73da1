/**
 * The servers that both sides of the comparison with PHP talk to, and what a server saw of it. Does not know
 * the cases.
 */
import { createHash } from 'node:crypto'
import type { HttpServer, RecordedRequest } from '../../support/servers/http/http-server.js'

export function addRoutes(server: HttpServer): HttpServer {
  return server
    .route(/^\/(echo|redirect\/0)/, ({ method, path }, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain' }).end(`${method} ${path}`)
    })
    .route('/untyped', (_request, response) => void response.writeHead(200).end('untyped'))
    .route('/filetime', (_request, response) => {
      response.writeHead(200, { 'Last-Modified': 'Sat, 01 Jan 2022 00:00:00 GMT' }).end('old')
    })
    .route('/cookie-redirect', (_request, response) => {
      response.writeHead(302, { 'Set-Cookie': ['a=1', 'b=2; Path=/echo'], Location: '/echo/x' }).end()
    })
    .route(
      '/stall',
      (_request, response) => void response.writeHead(200, { 'Content-Length': 100 }).write('begun'),
    )
    .route('/broken-gzip', (_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('this is no gzip')
    })
}

/** `{name}` in every string, by what it stands for. */
export function fill<T>(test: T, places: Readonly<Record<string, string | number>>): T {
  return JSON.parse(
    JSON.stringify(test).replace(
      /"\{(port|refused)\}"|\{(\w+)\}/g,
      (all, whole: string | undefined, part: string) => {
        const place = places[whole ?? part]
        return place === undefined
          ? all
          : typeof place === 'number'
            ? String(place)
            : JSON.stringify(place).slice(1, -1)
      },
    ),
  ) as T
}

/** Numbers that are another one each time. */
const RANDOM = /(?<=cnonce="|response=")[^"]*/g
const FORM_HEADERS = /^content-(type|length)$/i

/**
 * Returns what a server saw. Boundaries are random, and their length has changed: they are told by a word.
 */
export function shown(request: RecordedRequest, isOtherLibcurl: boolean): unknown {
  const boundary = /boundary=(\S+)/.exec(request.headers['content-type'] ?? '')?.[1]
  const named = (text: string): string =>
    boundary === undefined ? text : text.replaceAll(boundary, 'BOUNDARY')
  const body = named(request.body.toString('latin1'))
  const headers: string[] = []
  const ofForm: string[] = []
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(i, i + 2)
    // Newer ones wait for it with large bodies only.
    if (isOtherLibcurl && name === 'Expect') continue
    const isLength = boundary !== undefined && name.toLowerCase() === 'content-length'
    const isForm = boundary !== undefined && FORM_HEADERS.test(name)
    const line = `${name}: ${isLength ? String(body.length) : named(value).replace(RANDOM, 'RANDOM')}`
    ;(isForm ? ofForm : headers).push(line)
  }
  // Their order is the one difference of all forms: it has a test of its own.
  headers.push(...ofForm.sort())
  const shortBody = body.length > 2000 ? createHash('sha256').update(body).digest('hex') : body
  return { method: request.method, url: request.url, version: request.httpVersion, headers, body: shortBody }
}
