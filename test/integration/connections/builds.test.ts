/**
 * docs/builds.md: each row of its table is what the build does that runs this. Does not know why builds differ; the
 * page has the sources.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { libcurlVersionNumber, usesGnuTls } from '../../../src/engine/node-libcurl/binding.js'
import {
  capabilities,
  OptionError,
  ParallelCurl,
  type RequestOptions,
  type Transfer,
} from '../../../src/index.js'
import { writeCertificate } from '../../support/programs/certificate-files.js'
import { sendAlone } from '../../support/requests.js'
import { issueCertificate } from '../../support/servers/certificates.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { answerWith, startTcpServer } from '../../support/servers/tcp-server.js'

const page = readFileSync(new URL('../../../docs/builds.md', import.meta.url), 'utf8')
/** The columns are libcurl 7.88 with OpenSSL, 8.22 with OpenSSL, 8.22 with GnuTLS. */
const column = libcurlVersionNumber < 0x080000 ? 0 : usesGnuTls ? 2 : 1
const rows = [...page.matchAll(/^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)]
  .map(([, fact = '', ...cells]) => ({ fact, cell: cells[column] ?? '' }))
  .filter(({ fact }) => fact !== 'Fact' && !fact.startsWith('-'))

describe('docs/builds.md', () => {
  let plain: HttpServer
  let secure: HttpServer
  let strict: HttpServer
  let folder: string
  let CAINFO: string
  const client = issueCertificate('the client')

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-builds-'))
    CAINFO = writeCertificate(folder).CAINFO
    writeFileSync(join(folder, 'client.pem'), client.cert)
    plain = await startHttpServer()
    secure = await startHttpServer({ tls: true })
    strict = await startHttpServer({ tls: true, requestCert: 'optional' })
    plain.route('/later', (_request, response) => response.setHeader('Retry-After', '9999999').end())
    plain.route('/of-host', (_request, response) =>
      response.setHeader('Set-Cookie', '__Host-a=1; Secure; Domain=localhost').end(),
    )
    plain.route('/cookie', (_request, response) =>
      response.setHeader('Set-Cookie', 'a=1; Max-Age=99999999').end(),
    )
  })
  after(async () => {
    await Promise.all([plain, secure, strict].map((server) => server.close()))
    rmSync(folder, { recursive: true })
  })

  const at = async (url: string, options: RequestOptions): Promise<Transfer> =>
    (await sendAlone(url, { options })).transfer
  const errnoAt = async (url: string, options: RequestOptions): Promise<string> =>
    String((await at(url, options)).errno)
  const isTaken = (options: RequestOptions): string => {
    try {
      expect(new ParallelCurl(1, options)).to.be.instanceOf(ParallelCurl)
      return 'taken'
    } catch (error) {
      expect(error).to.be.instanceOf(OptionError)
      return 'refused'
    }
  }
  const info = (transfer: Transfer, name: string): string => String(transfer.getInfo(name))

  /** How each fact is found out, as its cell has it. */
  const measures: Readonly<Record<string, () => Promise<string> | string>> = {
    'errno of an `SSLCERT` that is not there': () => errnoAt(secure.url(), { SSLCERT: '/no/such/cert.pem' }),
    'errno of an `SSLKEY` that does not fit': () =>
      errnoAt(secure.url(), { SSLCERT: join(folder, 'client.pem'), SSLKEY: join(folder, 'key.pem') }),
    'errno of an unknown name in `SSL_CIPHER_LIST`': () =>
      errnoAt(secure.url(), { SSL_CIPHER_LIST: 'NO-SUCH' }),
    "errno with `SSL_CIPHER_LIST: 'NORMAL'`": () =>
      errnoAt(secure.url(), { CAINFO, SSL_CIPHER_LIST: 'NORMAL' }),
    '`SSL_VERIFYRESULT` of an unknown issuer': async () =>
      info(await at(secure.url(), { keepInfo: ['SSL_VERIFYRESULT'] }), 'SSL_VERIFYRESULT'),
    'the same with `SSL_VERIFYPEER: false`': async () =>
      info(
        await at(secure.url(), { SSL_VERIFYPEER: false, keepInfo: ['SSL_VERIFYRESULT'] }),
        'SSL_VERIFYRESULT',
      ),
    '`SSLCERT_BLOB`, `SSLKEY_BLOB`': () => isTaken({ SSLCERT_BLOB: client.cert, SSLKEY_BLOB: client.key }),
    '`ISSUERCERT_BLOB`': () => isTaken({ ISSUERCERT_BLOB: client.cert }),
    '`TLS13_CIPHERS`': () => isTaken({ TLS13_CIPHERS: 'TLS_AES_128_GCM_SHA256' }),
    '`SSL_EC_CURVES`': () => isTaken({ SSL_EC_CURVES: 'P-256' }),
    'the first letters of `cipher` in `onSocketEvent`': async () => {
      let cipher = ''
      const onSocketEvent: RequestOptions['onSocketEvent'] = (event) => {
        if (event.type === 'tls') cipher = event.cipher
      }
      await at(secure.url(), { CAINFO, onSocketEvent })
      return `\`${cipher.split('_')[0] ?? ''}_\``
    },
    'the name of the first date in `CERTINFO`': async () => {
      const transfer = await at(secure.url(), { CAINFO, CERTINFO: true, keepInfo: ['CERTINFO'] })
      const names = (transfer.getInfo('CERTINFO') as string[]).map((line) => line.split(':')[0] ?? '')
      return names.find((name) => /^start/i.test(name)) ?? 'none'
    },
    'a folded header line': async () => {
      await using server = await startTcpServer(
        answerWith('HTTP/1.1 200 OK\r\nX-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n'),
      )
      const lines: string[] = []
      const HEADERFUNCTION = (line: Buffer): number => lines.push(line.toString()) && line.length
      await at(`http://127.0.0.1:${String(server.port)}/`, { HEADERFUNCTION })
      return lines.some((line) => line.startsWith(' b')) ? 'two lines' : 'one line'
    },
    'the path of `/%7e%2f`, as the server sees it': async () => {
      await at(plain.url('/%7e%2f'), {})
      return `\`${plain.requests.at(-1)?.url ?? ''}\``
    },
    '`RETRY_AFTER` of `Retry-After: 9999999`': async () =>
      info(await at(plain.url('/later'), { keepInfo: ['RETRY_AFTER'] }), 'RETRY_AFTER'),
    'days that a cookie of `Max-Age=99999999` lives': async () => {
      const transfer = await at(plain.url('/cookie'), { COOKIEFILE: '', keepInfo: ['COOKIELIST'] })
      const [line = ''] = transfer.getInfo('COOKIELIST') as unknown as string[]
      return String(Math.round((Number(line.split('\t')[4]) - Date.now() / 1000) / 86_400))
    },
    '`__Host-a=1; Secure; Domain=localhost`, set by `http://localhost`': async () => {
      const options = {
        COOKIEFILE: '',
        keepInfo: ['COOKIELIST'],
        RESOLVE: [`localhost:${String(plain.port)}:127.0.0.1`],
      }
      const transfer = await at(`http://localhost:${String(plain.port)}/of-host`, options)
      return (transfer.getInfo('COOKIELIST') as unknown as string[]).length === 0 ? 'dropped' : 'kept'
    },
    'HTTP/3 (`HTTP_VERSION: 30`)': () => isTaken({ HTTP_VERSION: 30 }),
    '`ws://`': () => (capabilities().webSocket ? 'yes' : 'no'),
  }

  for (const { fact, cell } of rows) {
    it(`says of this build: ${fact}: ${cell}`, async () => {
      expect(await measures[fact]?.()).to.equal(cell)
    })
  }

  it('has a row for each of these facts, and no two', () => {
    expect(rows.map(({ fact }) => fact)).to.have.members(Object.keys(measures))
  })
})
