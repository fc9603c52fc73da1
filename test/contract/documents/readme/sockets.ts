/** Examples of connections, sockets and WebSockets. Does not know the rest of it. */
import { expect } from 'chai'
import { once } from 'node:events'
import https from 'node:https'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { hasWebSockets } from '../../../../src/engine/node-libcurl/binding.js'
import { authorityPem, issueCertificate } from '../../../support/servers/certificates.js'
import type { ExampleRun } from '../../../support/documents/example-run.js'
import { startHttpProxy, type HttpProxy } from '../../../support/servers/proxies/http-proxy.js'
import { startHttpServer } from '../../../support/servers/http/http-server.js'
import { startSocketServer } from '../../../support/servers/socket-server.js'
import { startSocksProxy, type SocksProxy } from '../../../support/servers/proxies/socks-proxy.js'
import { seen, type ExampleCase } from './example-case.js'

/** Trusts the tests' authority. */
const TRUSTING = "process.env.NODE_EXTRA_CA_CERTS = 'ca.pem'\nconst curl = new ParallelCurl()\n"

const proxies = new WeakMap<ExampleRun, SocksProxy | HttpProxy>()

async function socksAt(run: ExampleRun, there: string, users?: Record<string, string>): Promise<void> {
  const proxy = run.own(await startSocksProxy(users === undefined ? {} : { users }))
  proxies.set(run, proxy)
  run.replace(there, `127.0.0.1:${String(proxy.port)}`)
}

/** The package `ws`, which says what it is told, and hello before. */
async function feed(run: ExampleRun, scheme: 'http' | 'https'): Promise<number> {
  const certificate = issueCertificate('localhost', ['localhost'])
  const server = scheme === 'https' ? https.createServer(certificate) : http.createServer()
  const sockets = new WebSocketServer({ server, path: '/feed' })
  sockets.on('connection', (socket) => {
    socket.send('welcome')
    socket.on('message', (data: Buffer) => {
      socket.send(`heard ${data.toString()}`, () => socket.close())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  run.own({
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  })
  return (server.address() as AddressInfo).port
}

export const socketCases: readonly ExampleCase[] = [
  {
    heading: 'HTTP/2 and connections / Events',
    has: 'onSocketEvent',
    given: 'const curl = new ParallelCurl()\n',
    check: ({ stdout }, run) => {
      expect(seen(run)).to.deep.equal(['GET /'])
      const types = [...stdout.matchAll(/^https:\/\/example\.com\/ \d+(?:\.\d+)? (\w+) /gm)].map(
        ([, type]) => type,
      )
      expect(types).to.deep.equal(['resolved', 'connected'])
    },
  },
  {
    heading: 'API / What this build can do',
    has: 'capabilities()',
    check: ({ lines }) => {
      expect(lines[0]).to.match(/^\d+\.\d+\.\d+ \S+ (\d+\.\d+\.\d+|undefined)$/)
      expect(lines[1]).to.include("'1.1'")
      expect(lines[2]).to.include("'gzip'")
    },
  },
  {
    heading: 'Sockets / `connect()`',
    has: 'LOGOUT',
    given: TRUSTING,
    prepare: async (run) => {
      const mail = await startSocketServer(({ socket }) => {
        socket.write('* OK ready\r\n')
        socket.once('data', (command: Buffer) =>
          socket.end(`* BYE\r\n${command.toString().slice(0, 2)} OK\r\n`),
        )
      }, 'tls')
      run.own(mail)
      run.write('ca.pem', authorityPem()).replace('example.com:993', `localhost:${String(mail.port)}`)
      await socksAt(run, 'proxy:1080', { user: 'password' })
    },
    check: ({ stdout }, run) => {
      expect(stdout).to.equal('* OK ready\r\n* BYE\r\na1 OK\r\n')
      expect(proxies.get(run)?.requests).to.have.length(1)
    },
  },
  {
    heading: 'Sockets / `webSocket()`',
    has: 'curl.webSocket',
    given: TRUSTING,
    prepare: async (run) => {
      const port = await feed(run, 'https')
      run.write('ca.pem', authorityPem()).replace('wss://example.com', `wss://localhost:${String(port)}`)
      const proxy = run.own(await startHttpProxy())
      proxies.set(run, proxy)
      run.replace('proxy:3128', `127.0.0.1:${String(proxy.port)}`)
    },
    needs: (context) => {
      if (!hasWebSockets()) context.skip()
    },
    check: ({ stdout }, run) => {
      expect(stdout).to.equal('welcome\nheard hello\n')
      expect(proxies.get(run)?.requests).to.have.length(1)
    },
  },
  {
    heading: 'Sockets / WebSockets by ws',
    has: "from 'ws'",
    given: TRUSTING,
    then: `
      webSocket.on('message', (data) => console.log(data.toString()))
      webSocket.on('open', () => webSocket.send('hello'))
      await new Promise((resolve) => webSocket.on('close', resolve))
      await curl.close()`,
    prepare: async (run) => {
      const port = await feed(run, 'https')
      run.write('ca.pem', authorityPem())
      run.replace('example.com:443', `localhost:${String(port)}`)
      run.replace('wss://example.com', `wss://localhost:${String(port)}`)
      run.replace("from 'ws'", `from '${import.meta.resolve('ws')}'`)
      await socksAt(run, 'proxy:1080')
    },
    check: ({ stdout }, run) => {
      expect(stdout).to.equal('welcome\nheard hello\n')
      expect(proxies.get(run)?.requests).to.have.length(1)
    },
  },
  {
    heading: 'Sockets / got, axios and others on `node:http`',
    has: "from 'got'",
    given: TRUSTING,
    then: 'agent.destroy()\nawait curl.close()',
    prepare: async (run) => {
      const server = run.own(await startHttpServer({ tls: true }))
      server.route('/', (_request, response) => response.end('page over TLS'))
      run.write('ca.pem', authorityPem()).replace('https://example.org', server.url(''))
      run.replace("from 'got'", `from '${import.meta.resolve('got')}'`)
      await socksAt(run, 'proxy:1080')
    },
    check: ({ lines }, run) => {
      expect(lines).to.deep.equal(['page over TLS'])
      expect(proxies.get(run)?.requests).to.have.length(1)
    },
  },
]
