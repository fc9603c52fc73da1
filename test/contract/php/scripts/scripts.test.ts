/**
 * The functions of the migration kit against a real PHP: the same calls, one server, and what each call
 * returned and the server saw has to be the same, but for what docs/differences-from-php.md says.
 */
import { expect } from 'chai'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { usesGnuTls } from '../../../../src/engine/node-libcurl/binding.js'
import { curl_version } from '../../../../src/php/index.js'
import { requirePhp } from '../../../support/programs/real-php.js'
import { authorityPem, issueCertificate } from '../../../support/servers/certificates.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'
import { refusedPort } from '../../../support/servers/tcp-server.js'
import { allScripts } from './sets/all-scripts.js'
import { RealPhp } from '../real.js'
import { addRoutes, fill, shown } from '../servers.js'
import { compare } from './compare.js'
import { knownDifference } from './known-differences.js'
import { runScript } from './run-script.js'
import type { Script } from './script.js'

describe('the functions of the PHP port beside a real PHP', () => {
  let php: RealPhp
  let server: HttpServer
  let secure: HttpServer
  let folder: string | undefined
  let isOtherLibcurl: boolean
  let places: Record<string, string | number>

  before(async function () {
    requirePhp(this)
    const inside = (folder = mkdtempSync(join(tmpdir(), 'php-scripts-')))
    const file = (name: string, content: string): string => {
      writeFileSync(join(inside, name), content)
      return join(inside, name)
    }
    server = addRoutes(await startHttpServer())
    secure = addRoutes(await startHttpServer({ tls: true, requestCert: 'optional' })).route(
      '/client',
      ({ clientCertificate }, response) => response.end(`of ${clientCertificate ?? 'nobody'}`),
    )
    const client = issueCertificate('client')
    places = {
      https: secure.url(''),
      ca: file('ca.pem', authorityPem()),
      caPem: authorityPem(),
      clientPem: client.cert,
      clientKeyPem: client.key,
      clientFile: file('client.pem', client.cert),
      clientKeyFile: file('client-key.pem', client.key),
      cyrillic: file('АБВ.txt', 'Test.'),
      written: join(inside, 'written'),
      http: server.url(''),
      refused: await refusedPort(),
      small: file('small.txt', 'small\r\nfile'),
      cookies: file('cookies', `127.0.0.1\tFALSE\t/\tFALSE\t0\tfrom\tfile\n`),
      jar: join(inside, 'jar'),
    }
    php = new RealPhp('./scripts/run-scripts.php')
    isOtherLibcurl = (await php.run({ name: '', steps: [] }))['libcurl'] !== curl_version().version
  })

  after(async () => {
    if (folder === undefined) return
    php.close()
    await Promise.all([server.close(), secure.close()])
    rmSync(folder, { recursive: true })
  })

  const arrivals = (): unknown[] => {
    const all = [server, secure]
    const requests = all.flatMap((each) => each.requests.map((request) => shown(request, isOtherLibcurl)))
    for (const each of all) each.forget()
    return requests.map((request) => JSON.stringify(request)).sort()
  }

  for (const script of allScripts) {
    it(script.name, async () => {
      const filled = fill(script, places)
      const real = { ...(await php.run(filled)), requests: arrivals() }
      const port = { ...(await runScript(filled)), requests: arrivals() }
      const differences = compare(real, port)
      const known = Object.keys(differences).filter((key) =>
        knownDifference(script, key, differences[key] as never),
      )
      for (const key of known) Reflect.deleteProperty(differences, key)
      if (isOtherLibcurl)
        for (const key of Object.keys(differences))
          if (isOfTheBuild(script)) Reflect.deleteProperty(differences, key)
      expect(differences).to.deep.equal({})
    })
  }

  it('has a row in docs/differences-from-php.md for every known difference', () => {
    const page = readFileSync(new URL('../../../../docs/differences-from-php.md', import.meta.url), 'utf8')
    for (const why of knownDifference.reasons) expect(page).to.include(`| ${why} |`)
  })
})

/** With another libcurl, which values are refused and which texts it has say nothing about this library. */
function isOfTheBuild({ name }: Script): boolean {
  // docs/builds.md: certificates of clients as text are for OpenSSL.
  if (
    usesGnuTls &&
    /^a certificate of a client: (as text|an issuer as text|an? ?empty .*|empty .*)$/.test(name)
  )
    return true
  return / of every kind$|strerror|^a jar .*(without a transfer|no transfer|was not read)$|^the scheme of|^cookies of another host$|^USER\w+ that is null$|: an empty key( as bytes)?$/.test(
    name,
  )
}
