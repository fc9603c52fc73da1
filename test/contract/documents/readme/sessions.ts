/** Examples of cookie jars, proxies and sessions. Does not know the rest of it. */
import { expect } from 'chai'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { ExampleRun } from '../../../support/documents/example-run.js'
import { startHttpProxy, type HttpProxy } from '../../../support/servers/proxies/http-proxy.js'
import { startSocksProxy, type SocksProxy } from '../../../support/servers/proxies/socks-proxy.js'
import { seen, type ExampleCase } from './example-case.js'

const SECTION = 'Cookies, proxies, sessions'
/** The proxies that `prepare` has started, for `check`. */
const httpProxies = new WeakMap<ExampleRun, HttpProxy[]>()
const socksProxies = new WeakMap<ExampleRun, SocksProxy>()

async function proxyAt(run: ExampleRun, there: string, user?: string): Promise<void> {
  const proxy = run.own(await startHttpProxy(user === undefined ? {} : { users: { [user]: 'password' } }))
  run.replace(there, `127.0.0.1:${proxy.port}`)
  httpProxies.set(run, [...(httpProxies.get(run) ?? []), proxy])
}

const setsCookie = (run: ExampleRun, path: string): unknown =>
  run.server.route(path, (_request, response) => {
    response.writeHead(200, { 'Set-Cookie': 'id=sesame; Path=/; HttpOnly; Max-Age=3600' }).end('welcome')
  })

export const sessionCases: readonly ExampleCase[] = [
  {
    heading: `${SECTION} / Cookie jars`,
    has: 'cookies.txt',
    // The jar is the one of the next request, and the file one that a later run opens.
    then: `
      await curl.request('https://example.com/next')
      console.log((await CookieJar.open('cookies.txt')).all().length)`,
    prepare: (run) => setsCookie(run, '/login'),
    check: ({ stdout, lines }, run) => {
      expect(stdout).to.include("name: 'id'").and.include("value: 'sesame'")
      expect(lines.at(-1)).to.equal('1')
      expect(seen(run)).to.deep.equal(['POST /login', 'GET /next'])
      const [login, next] = run.server.requests
      expect(login?.headers['content-type']).to.match(/^multipart\/form-data; /)
      expect(login?.body.toString())
        .to.include('name="user"\r\n\r\nme\r\n')
        .and.include('name="password"\r\n\r\nsecret\r\n')
      expect([login?.headers.cookie, next?.headers.cookie]).to.deep.equal([undefined, 'id=sesame'])
      expect(run.read('cookies.txt')).to.match(/^#HttpOnly_127\.0\.0\.1\tFALSE\t\/\tFALSE\t\d+\tid\tsesame$/m)
      expect(statSync(join(run.folder, 'cookies.txt')).mode & 0o777).to.equal(0o600)
    },
  },
  {
    heading: `${SECTION} / Proxies`,
    has: 'least-used',
    then: "await Promise.all([1, 2, 3].map((n) => curl.request('https://example.com/' + n)))",
    prepare: async (run) => {
      await proxyAt(run, 'gateway.example:8080', 'user')
      const socks = run.own(await startSocksProxy())
      socksProxies.set(run, socks)
      run.replace('other.example:1080', `127.0.0.1:${socks.port}`)
    },
    check: ({ stdout }, run) => {
      expect(stdout).to.include('gateway.example:8080').and.include('other.example:1080')
      expect(stdout).not.to.include('password')
      expect(seen(run)).to.have.members(['GET /1', 'GET /2', 'GET /3'])
      const through = httpProxies.get(run)!.flatMap(({ requests }) => requests)
      expect(through.filter(({ status }) => status === 200).map(({ user }) => user)).to.deep.equal(['user'])
      expect(socksProxies.get(run)!.requests).to.have.length(1)
    },
  },
  {
    heading: `${SECTION} / Sessions that log in`,
    has: 'onNewSession',
    // Its login, then the request, as the same visitor.
    check: (_ran, run) => {
      expect(seen(run)).to.deep.equal(['GET /', 'GET /'])
      const names = run.server.requests.map(({ headers }) => headers['x-session'])
      expect(names).to.deep.equal(['session-1', 'session-1'])
    },
  },
  {
    heading: `${SECTION} / Sessions`,
    has: 'sessions.json',
    then: 'await curl.close()',
    prepare: async (run) => {
      setsCookie(run, '/')
      await proxyAt(run, 'a.example:8080')
      await proxyAt(run, 'b.example:8080')
    },
    check: ({ stdout }, run) => {
      expect(stdout).to.equal('session-1 200\n')
      expect(run.server.requests.map(({ headers }) => headers['user-agent'])).to.deep.equal(['me/1.0'])
      expect(httpProxies.get(run)!.flatMap(({ requests }) => requests)).to.have.length(1)
      expect(run.read('sessions.json')).to.include('session-1').and.include('sesame')
      expect(statSync(join(run.folder, 'sessions.json')).mode & 0o777).to.equal(0o600)
    },
  },
]
