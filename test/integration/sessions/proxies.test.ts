/**
 * Proxies as they are seen from the other side: who comes on which connection, through which kind of proxy,
 * with which credentials.
 */
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import { authorityPem } from '../../support/servers/certificates.js'
import {
  type HttpProxy,
  type HttpProxyOptions,
  startHttpProxy,
} from '../../support/servers/proxies/http-proxy.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { send } from '../../support/requests.js'
import { type SocksProxy, startSocksProxy } from '../../support/servers/proxies/socks-proxy.js'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type Options = Record<string, unknown>

const users = { ann: 'pass', bob: 'word', cid: '' }
const names = Object.keys(users) as (keyof typeof users)[]
const basic = (user: keyof typeof users): string =>
  `Proxy-Authorization: Basic ${Buffer.from(`${user}:${users[user]}`).toString('base64')}`

function hasNtlm(): boolean {
  try {
    return new ParallelCurl(1, { PROXYAUTH: 8 }) instanceof ParallelCurl
  } catch {
    return false
  }
}

describe('connections to proxies', () => {
  let server: HttpServer
  let tls: HttpServer
  let proxy: HttpProxy
  let socks: SocksProxy
  let folder: string
  let ca: Options
  before(async () => {
    server = await startHttpServer()
    tls = await startHttpServer({ tls: true })
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    writeFileSync(join(folder, 'ca.pem'), authorityPem())
    ca = { CAINFO: join(folder, 'ca.pem'), PROXY_CAINFO: join(folder, 'ca.pem') }
  })
  after(async () => {
    rmSync(folder, { recursive: true })
    await server.close()
    await tls.close()
  })
  beforeEach(async () => {
    proxy = await startHttpProxy({ users })
    socks = await startSocksProxy({ users: { ...users, cid: 'x' } })
  })
  afterEach(async () => {
    await proxy.close()
    await socks.close()
  })

  /** Ways to tell a proxy who one is. */
  const ways: Record<string, (user: keyof typeof users) => Options> = {
    'in the URL': (user) => ({ PROXY: proxy.url(user) }),
    PROXYUSERPWD: (user) => ({ PROXY: proxy.url(), PROXYUSERPWD: `${user}:${users[user]}` }),
    'PROXYUSERNAME and PROXYPASSWORD': (user) => ({
      PROXY: proxy.url(),
      PROXYUSERNAME: user,
      PROXYPASSWORD: users[user],
    }),
    // No libcurl tells connections apart by these: what works for them works on builds that look at no
    // credentials at all.
    PROXYHEADER: (user) => ({ PROXY: proxy.url(), PROXYHEADER: [basic(user)], HEADEROPT: 1 }),
    HTTPHEADER: (user) => ({ PROXY: proxy.url(), HTTPHEADER: [basic(user)], HEADEROPT: 0 }),
  }
  const kinds: Record<string, Options> = {
    'plain requests': {},
    tunnels: { HTTPPROXYTUNNEL: true },
  }

  for (const [kind, base] of Object.entries(kinds)) {
    for (const [way, optionsOf] of Object.entries(ways)) {
      it(`${kind}, ${way}: belong to one user, and are reused`, async () => {
        for (const maxRequests of [1, 6]) {
          proxy.forget()
          const before = proxy.connections
          await using curl = new ParallelCurl(maxRequests, base)
          const order = Array.from(
            { length: 30 },
            (_, i) => names[(i * i + (i >> 2)) % 3] as keyof typeof users,
          )
          const outcomes = await Promise.all(
            order.map(async (user) => {
              const { transfer } = await send(curl, server.url(`/echo?${user}`), { options: optionsOf(user) })
              return transfer.responseCode
            }),
          )
          expect(new Set(outcomes)).to.deep.equal(new Set([200]))
          for (const seen of proxy.usersByConnection().values()) expect([...seen]).to.have.length(1)
          const last = server.requests.slice(-30)
          for (const { remotePort, query } of last)
            expect(query.has(proxy.whoIs(remotePort)?.user ?? ''), 'who comes is who asked').to.equal(true)
          const made = proxy.connections - before
          // A challenge costs none: Basic is sent at once.
          if (maxRequests === 1) expect(made, 'one for each user').to.equal(3)
          else expect(made).to.be.at.most(18)
        }
      })
    }
  }

  it('https through tunnels: belong to one user, and are reused', async () => {
    await using curl = new ParallelCurl(1, ca)
    for (let i = 0; i < 12; i++) {
      const user = names[i % 3] as keyof typeof users
      const { transfer } = await send(curl, tls.url(`/echo?${user}`), { options: { PROXY: proxy.url(user) } })
      expect(transfer.error).to.equal('')
      expect(proxy.whoIs(tls.requests.at(-1)?.remotePort ?? 0)?.user).to.equal(user)
    }
    expect(proxy.connections).to.equal(3)
  })

  it('are not shared by a user, no user, and no proxy', async () => {
    const open = await startHttpProxy()
    await using curl = new ParallelCurl(1, { HTTPPROXYTUNNEL: true })
    for (const options of [
      { PROXY: open.url('ann') },
      { PROXY: open.url() },
      { PROXY: '' },
      { PROXY: open.url('ann') },
    ])
      expect((await send(curl, server.url(), { options })).transfer.errno).to.equal(0)
    expect(open.requests.map(({ user, connection }) => [user, connection])).to.deep.equal([
      ['ann', 1],
      ['', 2],
    ])
    await open.close()
  })

  for (const scheme of ['socks4', 'socks4a', 'socks5', 'socks5h'] as const) {
    it(`${scheme}: belong to one user, and are reused`, async () => {
      await using curl = new ParallelCurl(1)
      for (let i = 0; i < 9; i++) {
        const user = names[i % 3] as keyof typeof users
        const { transfer } = await send(curl, server.url(), { options: { PROXY: socks.url(scheme, user) } })
        expect(transfer.error).to.equal('')
        expect(socks.whoIs(server.requests.at(-1)?.remotePort ?? 0)?.user).to.equal(user)
      }
      expect(socks.requests.map(({ user }) => user)).to.deep.equal(names)
    })
  }

  it('PRE_PROXY: are not shared by users of either proxy', async () => {
    await using curl = new ParallelCurl(1, { HTTPPROXYTUNNEL: true })
    const pairs = names.flatMap((outer) => names.map((inner) => [outer, inner] as const))
    for (const [outer, inner] of [...pairs, ...pairs]) {
      const options = { PRE_PROXY: socks.url('socks5', outer), PROXY: proxy.url(inner) }
      const { transfer } = await send(curl, server.url(), { options })
      expect(transfer.error).to.equal('')
      const tunnel = proxy.whoIs(server.requests.at(-1)?.remotePort ?? 0)
      expect(tunnel?.user).to.equal(inner)
    }
    expect(socks.requests).to.have.length(9)
    expect(proxy.tunnels).to.have.length(9)
  })

  it('PRE_PROXY: carry no credentials of the first proxy to the second', async () => {
    const open = await startHttpProxy()
    for (const base of Object.values(kinds)) {
      await using curl = new ParallelCurl(1, { ...base, PRE_PROXY: socks.url('socks5', 'ann') })
      open.forget()
      const inners: Options[] = [
        { PROXY: open.url() },
        { PROXY: open.url('bob') },
        { PROXY: open.url(), PROXYUSERPWD: 'bob:x' },
        { PROXY: open.url(), PROXYUSERNAME: 'bob' },
        { PROXY: open.url(), PROXYHEADER: [basic('bob'), 'X-Other: 1'], HEADEROPT: 1 },
      ]
      for (const options of inners) {
        const { transfer } = await send(curl, server.url(), { options: { ...options, FRESH_CONNECT: true } })
        expect(transfer.error).to.equal('')
      }
      expect(open.requests.map(({ user }) => user)).to.deep.equal(['', 'bob', 'bob', 'bob', 'bob'])
    }
    await open.close()
  })

  const auths: [NonNullable<HttpProxyOptions['auth']>, number][] = [
    ['digest', 2],
    ['ntlm', 8],
  ]
  for (const [auth, PROXYAUTH] of auths) {
    it(`${auth}: belong to one user`, async function () {
      await using asking = await startHttpProxy(auth === 'ntlm' ? { auth } : { users, auth })
      // NTLM is gone from newer builds.
      if (auth === 'ntlm' && !hasNtlm()) this.skip()
      await using curl = new ParallelCurl(1, { PROXYAUTH })
      for (const base of Object.values(kinds)) {
        for (let i = 0; i < 9; i++) {
          const user = names[i % 3] as keyof typeof users
          const { transfer } = await send(curl, server.url(), {
            options: { ...base, PROXY: asking.url(user) },
          })
          expect(transfer.responseCode).to.equal(200)
          expect(asking.whoIs(server.requests.at(-1)?.remotePort ?? 0)?.user).to.equal(user)
        }
      }
      for (const seen of asking.usersByConnection().values()) expect([...seen]).to.have.length(1)
    })
  }

  it('https proxies: belong to one user, and are reused', async () => {
    await using secure = await startHttpProxy({ users, tls: true })
    for (const base of Object.values(kinds)) {
      await using curl = new ParallelCurl(1, { ...base, ...ca })
      secure.forget()
      const before = secure.connections
      for (let i = 0; i < 9; i++) {
        const user = names[i % 3] as keyof typeof users
        const { transfer } = await send(curl, server.url(), { options: { PROXY: secure.url(user) } })
        expect(transfer.error).to.equal('')
        expect(secure.whoIs(server.requests.at(-1)?.remotePort ?? 0)?.user).to.equal(user)
      }
      // libcurl 8.22 uses none of these again by itself, unless they are tunnels.
      if ('HTTPPROXYTUNNEL' in base) expect(secure.connections - before).to.equal(3)
    }
  })

  it('change with the credentials of the environment', async () => {
    const names = ['NO_PROXY', 'no_proxy', 'http_proxy']
    const before = names.map((name) => process.env[name])
    const open = await startHttpProxy()
    try {
      process.env['NO_PROXY'] = process.env['no_proxy'] = ''
      process.env['http_proxy'] = open.url('ann')
      await using curl = new ParallelCurl(1, { HTTPPROXYTUNNEL: true })
      await send(curl, server.url())
      process.env['http_proxy'] = open.url('bob')
      await send(curl, server.url())
      await send(curl, server.url())
      expect(open.requests.map(({ user }) => user)).to.deep.equal(['ann', 'bob'])
      await send(curl, server.url(), { options: { PROXY: '' } })
      expect(open.requests).to.have.length(2)
    } finally {
      // The object itself must stay: assigning another one would leave the environment as it is.
      for (const [i, name] of names.entries()) {
        if (before[i] === undefined) Reflect.deleteProperty(process.env, name)
        else process.env[name] = before[i]
      }
      await open.close()
    }
  })
})
