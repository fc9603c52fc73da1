/**
 * The migration kit against a real PHP: the same cases, one server, and what callbacks and the server saw has
 * to be the same, but for what the table of docs/differences-from-php.md says.
 */
import { expect } from 'chai'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { usesGnuTls } from '../../../src/engine/node-libcurl/binding.js'
import { curl_version } from '../../../src/php/index.js'
import { authorityPem } from '../../support/servers/certificates.js'
import { patternBytes } from '../../support/servers/http/http-handlers.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { requirePhp } from '../../support/programs/real-php.js'
import { refusedPort, startTcpServer, answerWith, type TcpServer } from '../../support/servers/tcp-server.js'
import { bodyCases } from './body-cases.js'
import { array, type Case } from './case.js'
import { contentCases } from './content-cases.js'
import { optionCases } from './option-cases.js'
import { runPort } from './port.js'
import { RealPhp, type Seen } from './real.js'
import { addRoutes, fill, shown } from './servers.js'
import { decoded, steady } from './steady.js'
import { wireCases } from './wire-cases.js'

const all: readonly Case[] = [...optionCases, ...contentCases, ...bodyCases, ...wireCases]

describe('the PHP port beside a real PHP', () => {
  let php: RealPhp
  let server: HttpServer
  let other: HttpServer
  let secure: HttpServer
  let tcp: TcpServer
  let folder: string | undefined
  /** libcurl changes: what depends on its version says nothing about this library. */
  let isOtherLibcurl: boolean
  let places: Record<string, string | number>

  before(async function () {
    requirePhp(this)
    const inside = mkdtempSync(join(tmpdir(), 'php-cases-'))
    folder = inside
    const file = (name: string, content: string | Uint8Array): string => {
      writeFileSync(join(inside, name), content)
      return join(inside, name)
    }
    server = addRoutes(await startHttpServer())
    other = addRoutes(await startHttpServer({ host: '127.0.0.2' }))
    secure = addRoutes(await startHttpServer({ tls: true }))
    tcp = await startTcpServer(answerWith('this is not HTTP\r\n\r\n'))
    places = {
      http: server.url(''),
      other: other.url(''),
      https: secure.url(''),
      tcp: `http://127.0.0.1:${String(tcp.port)}`,
      port: server.port,
      refused: await refusedPort(),
      file: file('file', patternBytes(300_000)),
      small: file('small.txt', 'small\r\nfile'),
      ca: file('ca.pem', authorityPem()),
      cookies: file('cookies', `127.0.0.1\tFALSE\t/\tFALSE\t0\tfrom\tfile\n`),
    }
    php = new RealPhp()
    isOtherLibcurl = (await php.libcurlVersion()) !== curl_version().version
  })

  after(async () => {
    if (folder === undefined) return
    php.close()
    await Promise.all([server, other, secure, tcp].map((each) => each.close()))
    rmSync(folder, { recursive: true })
  })

  const arrivals = (): unknown[] => {
    const all = [server, other, secure].flatMap(({ requests }) =>
      requests.map((request) => shown(request, isOtherLibcurl)),
    )
    for (const each of [server, other, secure]) each.forget()
    return all
  }

  for (const test of all) {
    it(test.name, async () => {
      const filled = fill(test, places)
      const real = { ...(await php.run(filled)), requests: arrivals() }
      const port = { ...(await runPort(filled)), requests: arrivals() }
      const differences = compare(real, port)
      const known = test.differs?.in ?? []
      if (isOtherLibcurl)
        for (const field of [...OF_THE_BUILD, ...known]) Reflect.deleteProperty(differences, field)
      if (known.length === 0 || isOtherLibcurl) expect(differences).to.deep.equal({})
      else expect(Object.keys(differences), test.differs?.why).to.deep.equal(known)
    })
  }

  it('has a row in docs/differences-from-php.md for every difference', () => {
    const page = readFileSync(new URL('../../../docs/differences-from-php.md', import.meta.url), 'utf8')
    const [, table] = page.split('## What differs from PHP')
    const reasons = new Set(all.flatMap(({ differs }) => differs?.why ?? []))
    for (const why of [...reasons, 'form headers']) expect(table).to.include(`| ${why} |`)
  })

  it('sends the headers of a form in another order', async () => {
    const test = fill({ name: 'a form', url: '{http}/echo', postFields: array({ a: '1' }) }, places)
    const names = async (run: () => Promise<unknown>): Promise<unknown> => {
      await run()
      const all = server.requests[0]?.rawHeaders.filter((_, index) => index % 2 === 0)
      server.forget()
      return all
    }
    expect(await names(() => php.run(test))).to.deep.equal([
      'Host',
      'Accept',
      'Content-Length',
      'Content-Type',
    ])
    expect(await names(() => runPort(test))).to.deep.equal([
      'Host',
      'Accept',
      'Content-Type',
      'Content-Length',
    ])
  })

  it('returns libcurl’s own text from curl_error() with captureErrorText', async function () {
    // Nothing is missing: another libcurl has other words than PHP's.
    if (isOtherLibcurl) this.skip()
    const words: Record<string, unknown> = {}
    for (const test of wireCases) {
      const filled = fill(test, places)
      const port = await runPort(filled, { captureErrorText: true })
      if (test.differs !== undefined || port['errno'] === 0 || port['threw'] === true) continue
      const real = await php.run(filled)
      const [theirs, ours] = [real['error'], port['error']].map((text) =>
        String(text).replace(/\d+ (ms|milliseconds)/g, 'N ms'),
      )
      if (theirs !== ours) words[test.name] = { theirs, ours }
    }
    // This library's message shows a malformed URL. Of several messages PHP has the first, the debug function
    // the last.
    const known = ['an empty URL', 'a space in the URL', 'a broken port', 'https to a server without it']
    known.push('an interface that is not there')
    // Two messages say the same of it, and which of them is heard last varies.
    Reflect.deleteProperty(words, 'no such proxy')
    expect(words).to.have.all.keys(known)
  })
})

/** Infos that depend on nothing but the case. */
const STEADY = [
  'url content_type http_code header_size redirect_count filetime ssl_verify_result size_download download_content_length',
  'redirect_url primary_ip primary_port http_version protocol ssl_verifyresult scheme effective_method request_header',
]
  .join(' ')
  .split(' ')

/**
 * Infos that depend on the version of libcurl: unknown ports as -1, infos of failed transfers, when it
 * expects 100 Continue.
 */
const OF_THE_BUILD = [
  'primary_port',
  'protocol',
  'scheme',
  'primary_ip',
  'size_download',
  'download_content_length',
  'header_size',
  ...(usesGnuTls ? ['ssl_verify_result'] : []),
]
  .map((key) => `info.${key}`)
  .concat(usesGnuTls ? ['certificates'] : [])

function compare(real: Seen, port: Seen): Seen {
  const differences: Seen = {}
  const check = (what: string, theirs: unknown, ours: unknown): void => {
    if (textOf(theirs) !== textOf(ours)) differences[what] = { php: theirs, here: ours }
  }
  check('threw', real['threw'], port['threw'])
  check('requests', real['requests'], port['requests'])
  check('log', real['log'], port['log'])
  if (real['threw'] === true || port['threw'] === true) return differences
  const fields =
    'content printed errno hasError httpCode effectiveUrl contentType redirectUrl private headerOut cookies types'
  for (const field of fields.split(' ')) check(field, real[field], port[field])
  check('outs', Object.entries(real['outs'] as object), Object.entries(port['outs'] as object))
  check('keys', Object.keys(real['info'] as object), Object.keys(port['info'] as object))
  const infos = [real['info'], port['info']] as Seen[]
  for (const key of STEADY) check(`info.${key}`, infos[0]?.[key], infos[1]?.[key])
  check('certificates', certificateNames(infos[0]), certificateNames(infos[1]))
  return differences
}

/** As text, without the time of day; base64 as what it stands for. */
function textOf(value: unknown): string {
  return steady(JSON.stringify([value], (_key, part: unknown) => decoded(part)))
}

function certificateNames(info: Seen | undefined): unknown {
  return (info?.['certinfo'] as object[]).map((certificate) => Object.keys(certificate))
}
