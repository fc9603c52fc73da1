/** onSocketEvent: what happened to a transfer's connection, as the server and the proxy saw it. */
import { expect } from 'chai'
import {
  CurlError,
  type CurlSocket,
  ParallelCurl,
  type SocketEvent,
  type Transfer,
} from '../../../src/index.js'
import { startHttpProxy } from '../../support/servers/proxies/http-proxy.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf, rejectionOf } from '../../support/requests.js'
import { startSocksProxy } from '../../support/servers/proxies/socks-proxy.js'
import { answerWith, refusedPort, startTcpServer } from '../../support/servers/tcp-server.js'

const HOST = '127.0.0.1'
type Event = SocketEvent & Record<string, unknown>

describe('onSocketEvent', () => {
  let server: HttpServer
  let secure: HttpServer
  before(async () => {
    server = await startHttpServer()
    secure = await startHttpServer({ tls: true })
  })
  after(async () => {
    await server.close()
    await secure.close()
  })

  /** The events of requests to these URLs, one after the other; `|` between them. */
  async function eventsOf(urls: string[], options: object = {}): Promise<Event[][]> {
    // With node-libcurl's own certificates left aside: these are of the tests' authority.
    await using curl = new ParallelCurl(1, { SSL_VERIFYPEER: false, ...options })
    const all: Event[][] = []
    for (const url of urls) {
      const events: Event[] = []
      all.push(events)
      await curl
        .request(url, { onSocketEvent: (event) => events.push(event as Event) })
        .catch((error: unknown) => {
          expect(error).to.be.instanceOf(CurlError)
        })
    }
    return all
  }
  const types = (all: Event[][]): string =>
    all.map((events) => events.map(({ type }) => type).join(' ')).join(' | ')
  const of = (events: Event[] | undefined, type: string): Event =>
    events?.find((event) => event.type === type) ?? ({} as Event)

  it('tells of a new connection, and of the same one used again', async () => {
    const all = await eventsOf([server.url(), server.url()])
    expect(types(all)).to.equal('resolved connected | reused')
    const [first, second] = all
    expect(of(first, 'resolved')).to.deep.include({ address: HOST, port: server.port })
    const connected = of(first, 'connected')
    expect(connected).to.deep.include({ address: HOST, port: server.port, localAddress: HOST })
    const { timeMs: _, type: __, ...ends } = connected
    expect(of(second, 'reused')).to.deep.include(ends)
    expect(server.requests.slice(-2).map(({ remotePort }) => remotePort)).to.deep.equal([
      connected['localPort'],
      connected['localPort'],
    ])
  })

  it('gives times in milliseconds since the attempt began, in order', async () => {
    const started = performance.now()
    const [events = []] = await eventsOf([secure.url()])
    const times = events.map(({ timeMs }) => timeMs)
    expect(times).to.deep.equal([...times].sort((a, b) => a - b))
    expect(times[0]).to.be.at.least(0)
    expect(times.at(-1)).to.be.below(performance.now() - started)
  })

  it('tells of the TLS handshake', async () => {
    const all = await eventsOf([secure.url(), secure.url()])
    expect(types(all)).to.equal('resolved connected tls | reused')
    const [first, second] = all
    expect(of(first, 'tls')).to.deep.include({ protocol: 'TLSv1.3', alpn: 'http/1.1' })
    expect(of(first, 'tls')['cipher']).to.match(/^(TLS|ECDHE)_/)
    expect(of(second, 'reused')['localPort']).to.equal(secure.requests.at(-1)?.remotePort)
  })

  it('tells of the end of a connection whose handshake fails', async () => {
    const all = await eventsOf([secure.url()], { SSL_VERIFYPEER: true })
    expect(types(all)).to.equal('resolved connected closed')
    expect(of(all[0], 'closed')).to.deep.include({ address: HOST, port: secure.port })
  })

  it('tells of the tunnel of an HTTP proxy, with the addresses of the proxy’s connection', async () => {
    await using proxy = await startHttpProxy({ users: { me: 'secret' } })
    const all = await eventsOf([secure.url(), secure.url()], {
      PROXY: proxy.url(),
      PROXYUSERPWD: 'me:secret',
    })
    expect(types(all)).to.equal('resolved connected tunnelled tls | reused')
    const [first] = all
    expect(of(first, 'tunnelled')).to.deep.include({ via: 'http', host: HOST, port: secure.port })
    expect(of(first, 'connected')).to.deep.include({ address: HOST, port: proxy.port })
    expect(JSON.stringify(all)).not.to.match(/secret|bWU6/)
  })

  for (const scheme of ['socks5h', 'socks5', 'socks4a', 'socks4'] as const) {
    it(`tells of the tunnel of a ${scheme} proxy`, async () => {
      await using proxy = await startSocksProxy()
      const all = await eventsOf([secure.url()], { PROXY: proxy.url(scheme) })
      expect(types(all)).to.equal('resolved connected tunnelled tls')
      expect(of(all[0], 'tunnelled')).to.deep.include({ via: 'socks', host: HOST, port: secure.port })
      expect(of(all[0], 'connected')).to.deep.include({ port: proxy.port })
    })
  }

  it('tells of a server that closes', async () => {
    const ports: unknown[] = []
    const answer = answerWith('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx')
    await using closing = await startTcpServer((connection, index) => {
      ports.push(connection.socket.remotePort)
      return answer(connection, index)
    })
    const all = await eventsOf([closing.url(), closing.url()])
    expect(types(all)).to.equal('resolved connected closed | resolved connected closed')
    expect(all.map((events) => of(events, 'closed')['localPort'])).to.deep.equal(ports)
  })

  it('tells of a refused connection as resolved only, and of an unknown name not at all', async () => {
    const all = await eventsOf([`http://${HOST}:${String(await refusedPort())}/`, 'http://no.such.invalid/'])
    expect(types(all)).to.equal('resolved | ')
  })

  it('tells of the connections of a redirect to another host, and of one to the same', async () => {
    await using other = await startTcpServer(
      answerWith(`HTTP/1.1 302 Found\r\nLocation: ${server.url('/redirect/1')}\r\nContent-Length: 0\r\n\r\n`),
    )
    const all = await eventsOf([other.url()], { FOLLOWLOCATION: true })
    const [events = []] = all
    // libcurl does not always close the first host's connection before the transfer ends.
    expect(types([events.filter(({ type }) => type !== 'closed')])).to.equal(
      'resolved connected resolved connected reused',
    )
    expect(events.filter(({ type }) => type === 'connected').map((event) => event['port'])).to.deep.equal([
      other.port,
      server.port,
    ])
  })

  it('tells of each attempt of a retry', async () => {
    await using flaky = await startTcpServer((connection, index) =>
      index === 0
        ? connection.until('\r\n\r\n').then(() => {
            connection.reset()
          })
        : answerWith('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx')(connection, index),
    )
    const seen: string[] = []
    await using curl = new ParallelCurl(1, { retry: { limit: 1, backoffMs: 0 } })
    await curl.request(flaky.url(), {
      onSocketEvent: ({ type }, transfer) => seen.push(`${String(transfer.attempts.length)} ${type}`),
    })
    expect(seen.slice(0, 3)).to.deep.equal(['0 resolved', '0 connected', '0 closed'])
    expect(seen.slice(3, 5)).to.deep.equal(['1 resolved', '1 connected'])
  })

  it('tells that the connection of an aborted transfer is closed', async () => {
    await using silent = await startTcpServer(() => undefined)
    await using curl = new ParallelCurl(1)
    const controller = new AbortController()
    const seen: string[] = []
    const outcome = rejectionOf(
      curl.request(silent.url(), {
        signal: controller.signal,
        onSocketEvent: ({ type }) => {
          seen.push(type)
          if (type === 'connected') controller.abort()
        },
      }),
    )
    expect(await outcome).to.include({ errno: 42 })
    expect(seen).to.deep.equal(['resolved', 'connected', 'closed'])
  })

  it('is called before the callback, with the transfer, as a shared option or of one request, and not where it is null', async () => {
    const seen: unknown[] = []
    await using curl = new ParallelCurl(1, {
      onSocketEvent: ({ type }: SocketEvent, transfer: Transfer) =>
        seen.push(`${type} ${String(transfer.id)}`),
    })
    const callback = (_: unknown, __: unknown, transfer: Transfer): unknown =>
      seen.push(`done ${String(transfer.id)}`)
    for (let i = 0; i < 3; i++) void curl.startRequest(server.url(), callback)
    void curl.startRequest(server.url(), callback, [], null, { onSocketEvent: null })
    await curl.finishAllRequests()
    const ids = seen.map((line) => String(line).replace(/\D+/, ''))
    expect(seen.map((line) => String(line).replace(/ .*/, ''))).to.deep.equal(
      'resolved connected done reused done reused done done'.split(' '),
    )
    expect(new Set(ids).size).to.equal(4)
  })

  it('what a listener throws fails its own transfer only', async () => {
    await using curl = new ParallelCurl(1)
    for (const type of ['resolved', 'connected', 'reused']) {
      const thrown = new Error(type)
      const onSocketEvent = (event: SocketEvent): void => {
        if (event.type === type) throw thrown
      }
      if (type === 'reused') await curl.request(server.url())
      const FRESH_CONNECT = type !== 'reused'
      const error = await rejectionOf(curl.request(server.url(), { FRESH_CONNECT, onSocketEvent }))
      expect(error).to.include({ errno: 42, cause: thrown })
      expect((await curl.request(server.url())).responseCode).to.equal(200)
    }
  })

  it('tells the end of a socket to its own transfer, and what is thrown then fails no other', async () => {
    const curl = new ParallelCurl(1)
    const heard: string[] = []
    const connect = (): Promise<CurlSocket> =>
      curl.connect(server.url().replace('http', 'tcp'), {
        onSocketEvent: (event, transfer) => {
          heard.push(`${event.type} ${String(transfer.id)}`)
          if (event.type === 'closed') throw new Error('of a listener')
        },
      })
    const thrown = new Promise<unknown>((resolve) => {
      const others = process.listeners('uncaughtException')
      process.removeAllListeners('uncaughtException').once('uncaughtException', (error) => {
        for (const other of others) process.on('uncaughtException', other)
        resolve(error)
      })
    })
    const socket = await connect()
    socket.destroy()
    await new Promise(setImmediate)
    // On the same handle.
    const next = await curl.request(server.url('/status/200'))
    expect([next.errno, next.responseCode]).to.deep.equal([0, 200])
    expect(await thrown).to.have.property('message', 'of a listener')
    expect(heard).to.deep.equal(['resolved 1', 'connected 1', 'closed 1'])
    await curl.close()
  })

  it('leaves a DEBUGFUNCTION, a PREREQFUNCTION and captureErrorText to the user', async () => {
    const [debug, prereq, events]: [number[], unknown[][], string[]] = [[], [], []]
    await using curl = new ParallelCurl(1)
    const options = {
      VERBOSE: true,
      captureErrorText: true,
      DEBUGFUNCTION: (type: number) => {
        debug.push(type)
        return 0
      },
      PREREQFUNCTION: (...ends: unknown[]) => {
        prereq.push(ends)
        return 0
      },
      onSocketEvent: ({ type }: SocketEvent) => events.push(type),
    }
    await curl.request(server.url(), options)
    expect(new Set(debug)).to.deep.equal(new Set([0, 1, 2, 3]))
    expect(prereq).to.have.length(1)
    expect(prereq[0]?.slice(0, 3)).to.deep.equal([HOST, HOST, server.port])
    expect(events).to.deep.equal(['resolved', 'connected'])
    const port = await refusedPort()
    const error = await rejectionOf(curl.request(`http://${HOST}:${String(port)}/`, options))
    expect((error as Error).message).to.match(/^Failed to connect to 127\.0\.0\.1/)
    // A PREREQFUNCTION that says no still does.
    const no = { ...options, PREREQFUNCTION: () => 1 }
    expect(await rejectionOf(curl.request(server.url(), no))).to.include({ errno: 42 })
  })

  it('equal requests with a listener are not shared by dedupe', async () => {
    server.forget()
    await using curl = new ParallelCurl(2, { dedupe: true })
    const onSocketEvent = (): void => undefined
    await Promise.all([0, 1].map(() => curl.request(server.url('/echo?twice'), { onSocketEvent })))
    expect(server.requests).to.have.length(2)
  })

  it('takes functions and null', () => {
    for (const onSocketEvent of [true, 'x', {}, 0]) {
      const error = optionErrorOf(() => new ParallelCurl(1, { onSocketEvent: onSocketEvent as never }))
      expect(error.message).to.match(/onSocketEvent expects a function or null/)
    }
  })
})
