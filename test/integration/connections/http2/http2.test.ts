/** HTTP/2 with real servers: many streams on one connection, and no transfer waits without a reason. */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { ParallelCurl } from '../../../../src/index.js'
import { startHttpServer } from '../../../support/servers/http/http-server.js'
import { requireProgram } from '../../../support/programs/requires.js'
import { type ProgramServer, startNghttpd, startNginx } from '../../../support/programs/server-programs.js'
import { startTcpServer } from '../../../support/servers/tcp-server.js'

const HTTP_1_1 = 2
const HTTP_2 = 3
const sha1 = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex')
const distinct = (items: string[]): number => new Set(items).size

/** Asks for each of these at once; resolves with what kind of HTTP and which bytes came. */
async function fetchAll(curl: ParallelCurl, urls: string[]): Promise<{ version: unknown; sha1: string }[]> {
  return Promise.all(
    urls.map(async (url) => {
      const transfer = await curl.request(url)
      return { version: transfer.getInfo('HTTP_VERSION'), sha1: sha1(transfer.body) }
    }),
  )
}

/** Files of several sizes, and what each is to be like. */
function putFiles(server: ProgramServer): { path: string; sha1: string }[] {
  return [0, 1, 1000, 100_000, 1_000_000].map((size) => {
    const bytes = randomBytes(size)
    writeFileSync(join(server.folder, String(size)), bytes)
    return { path: `/${String(size)}`, sha1: sha1(bytes) }
  })
}

describe('HTTP/2', () => {
  const started: ProgramServer[] = []
  after(async () => {
    for (const server of started) await server[Symbol.asyncDispose]()
  })

  describe('with nghttpd', () => {
    let server: ProgramServer
    before(async function () {
      requireProgram(this, 'nghttpd', 'nghttp2-server')
      started.push((server = await startNghttpd(300)))
    })

    for (const [inFlight, multi] of [
      [100, {}],
      [300, { MAX_CONCURRENT_STREAMS: 300 }],
    ] as const) {
      it(`300 streams, ${String(inFlight)} at once, share connections`, async () => {
        // libcurl 7.88 leaves some of those of 1 MB standing, the more the more there are: they are made to
        // go on.
        const files = putFiles(server)
        const wanted = Array.from({ length: 300 }, (_, i) => files[i % files.length] as (typeof files)[0])
        const { CAINFO } = server
        await using curl = new ParallelCurl(inFlight, { CAINFO, multi })
        const before = server.connections().length
        // Until the server has said how many it takes, libcurl counts on 100: on a busy machine 300 may be
        // sent before.
        await curl.request(server.url('/0'))
        const got = await fetchAll(
          curl,
          wanted.map(({ path }) => server.url(path)),
        )
        expect(got).to.deep.equal(wanted.map(({ sha1 }) => ({ version: HTTP_2, sha1 })))
        const seen = server.connections().slice(before)
        expect(seen).to.have.length(301)
        expect(distinct(seen)).to.be.at.most(4)
      })
    }

    it('PIPEWAIT of the user wins, as a shared option and as one of a request', async () => {
      const { CAINFO } = server
      const [file] = putFiles(server)
      const urls = Array.from({ length: 20 }, () => server.url(file?.path ?? ''))
      const connectionsOf = async (curl: ParallelCurl, PIPEWAIT?: boolean): Promise<number> => {
        const before = server.connections().length
        const own = PIPEWAIT === undefined ? {} : { PIPEWAIT }
        await Promise.all(urls.map((url) => curl.request(url, own)))
        await curl.close()
        return distinct(server.connections().slice(before))
      }
      expect(await connectionsOf(new ParallelCurl(20, { CAINFO }))).to.equal(1)
      expect(await connectionsOf(new ParallelCurl(20, { CAINFO, PIPEWAIT: false }))).to.equal(20)
      expect(await connectionsOf(new ParallelCurl(20, { CAINFO }), false)).to.equal(20)
      expect(await connectionsOf(new ParallelCurl(20, { CAINFO, PIPEWAIT: false }), true)).to.equal(1)
    })
  })

  describe('with nginx', () => {
    let server: ProgramServer
    before(async function () {
      requireProgram(this, 'nginx', 'nginx-light')
      started.push((server = await startNginx()))
    })

    it('300 streams, 100 at once, share connections', async () => {
      const files = putFiles(server)
      const wanted = Array.from({ length: 300 }, (_, i) => files[i % files.length] as (typeof files)[0])
      const { CAINFO } = server
      await using curl = new ParallelCurl(100, { CAINFO })
      const got = await fetchAll(
        curl,
        wanted.map(({ path }) => server.url(path)),
      )
      expect(got).to.deep.equal(wanted.map(({ sha1 }) => ({ version: HTTP_2, sha1 })))
      const lines = server.connections()
      expect(lines).to.have.length(300)
      expect(lines.filter((line) => !/ HTTP\/2\.0 200 GET /.test(line))).to.deep.equal([])
      expect(distinct(lines.map((line) => line.split(' ')[0] ?? ''))).to.be.at.most(4)
    })

    it('HTTP_VERSION 1.1 makes a connection for each transfer', async () => {
      const files = putFiles(server)
      const { CAINFO } = server
      const before = server.connections().length
      await using curl = new ParallelCurl(files.length, { CAINFO, HTTP_VERSION: 2 })
      const got = await fetchAll(
        curl,
        files.map(({ path }) => server.url(path)),
      )
      expect(got).to.deep.equal(files.map(({ sha1 }) => ({ version: HTTP_1_1, sha1 })))
      const lines = server.connections().slice(before)
      expect(lines.filter((line) => !/ HTTP\/1\.1 200 GET /.test(line))).to.deep.equal([])
      expect(distinct(lines.map((line) => line.split(' ')[0] ?? ''))).to.equal(files.length)
    })

    it('a stream that ends in the middle does not disturb those beside it', async () => {
      const { CAINFO, folder } = server
      const bytes = randomBytes(500_000)
      writeFileSync(join(folder, 'slowly'), bytes)
      await using curl = new ParallelCurl(20, { CAINFO })
      const before = server.connections().length
      const { stream } = await curl.request(server.url('/slow/slowly'), { responseType: 'stream' })
      const others = fetchAll(
        curl,
        Array.from({ length: 10 }, () => server.url('/slow/slowly')),
      )
      stream.destroy()
      expect(await others).to.deep.equal(
        Array.from({ length: 10 }, () => ({ version: HTTP_2, sha1: sha1(bytes) })),
      )
      const ids = server
        .connections()
        .slice(before)
        .map((line) => line.split(' ')[0] ?? '')
      expect(distinct(ids)).to.equal(1)
    }).timeout(60_000)

    for (const HTTP_VERSION of [HTTP_1_1, 4]) {
      it(`a download that was cut goes on, HTTP_VERSION ${String(HTTP_VERSION)}`, async () => {
        const { CAINFO, folder } = server
        const bytes = randomBytes(800_000)
        writeFileSync(join(folder, 'long'), bytes)
        const options = { CAINFO, HTTP_VERSION, output: 'long', outputDir: join(folder, '..'), resume: true }
        await using curl = new ParallelCurl(1)
        const controller = new AbortController()
        const cut = curl.request(server.url('/slow/long'), {
          ...options,
          signal: controller.signal,
          NOPROGRESS: false,
          XFERINFOFUNCTION: (_total: number, now: number) => {
            if (now > 50_000) controller.abort()
            return 0
          },
        })
        await cut.catch(() => undefined)
        const { output, responseCode } = await curl.request(server.url('/slow/long'), options)
        expect([responseCode, output?.size]).to.deep.equal([206, bytes.length])
        expect(sha1(readFileSync(output?.path ?? ''))).to.equal(sha1(bytes))
      })
    }
  })

  describe('where there is none', () => {
    it('all connections over cleartext are opened at once, also by handles that came from https', async () => {
      await using secure = await startHttpServer({ tls: true })
      await using plain = await startHttpServer()
      const gate = plain.gate('x')
      await using curl = new ParallelCurl(20, { SSL_VERIFYPEER: false })
      for (let round = 0; round < 2; round++) {
        await Promise.all(Array.from({ length: 20 }, () => curl.request(secure.url())))
        const before = plain.connections

        const all = Promise.all(
          Array.from({ length: 20 }, () =>
            curl.request(plain.url('/gate/x'), { FRESH_CONNECT: round === 1 }),
          ),
        )
        // None has been answered, and all have arrived.
        await gate.waiting(20)
        expect(plain.connections - before).to.equal(20)
        gate.release(20)
        await all
      }
    })

    it('all transfers over TLS go on as soon as the first connection turns out to be HTTP/1.1', async () => {
      await using server = await startHttpServer({ tls: true })
      const gate = server.gate('x')
      await using curl = new ParallelCurl(20, { SSL_VERIFYPEER: false })
      // Once that is known, they need not wait for the first one.
      for (const own of [{}, { FRESH_CONNECT: true }, {}, { FRESH_CONNECT: true, PIPEWAIT: true }]) {
        const all = Promise.all(Array.from({ length: 20 }, () => curl.request(server.url('/gate/x'), own)))
        await gate.waiting(20)
        gate.release(20)
        await all
      }
    })

    it('no transfer waits for one that opens its connection in its own way', async () => {
      await using server = await startHttpServer({ tls: true })
      const gate = server.gate('x')
      for (const own of [
        { PIPEWAIT: false },
        { PREREQFUNCTION: () => 0 },
        { onSocketEvent: () => undefined },
      ]) {
        await using curl = new ParallelCurl(20, { SSL_VERIFYPEER: false })
        const first = curl.request(server.url('/gate/x'), own)
        // It would never come.
        expect((await curl.request(server.url('/status/200'))).responseCode).to.equal(200)
        gate.release(1)
        await first
      }
    })

    it('no transfer waits for a connection whose port has been used before', async () => {
      await using server = await startHttpServer({ tls: true })
      server.route('/last', (_request, response) => response.setHeader('Connection', 'close').end())
      const gate = server.gate('y')
      // Few ports: they come again at once.
      const ports = { LOCALPORT: 42_000 + (process.pid % 1000) * 10, LOCALPORTRANGE: 10 }
      await using curl = new ParallelCurl(20, { SSL_VERIFYPEER: false, ...ports })
      for (let i = 0; i < 2; i++) await curl.request(server.url('/last'))
      const first = curl.request(server.url('/gate/y'))
      expect((await curl.request(server.url('/last'))).responseCode).to.equal(200)
      gate.release(1)
      await first
    })

    it('an aborted transfer whose connection was not made yet holds up no other', async () => {
      await using server = await startHttpServer({ tls: true })
      // The first connection leads nowhere, the others to the server.
      await using relay = await startTcpServer((connection, index) => {
        if (index > 0) connection.relayTo(server.port)
      })
      await using curl = new ParallelCurl(20, { SSL_VERIFYPEER: false })
      const controller = new AbortController()
      const url = relay.url('/echo').replace('http:', 'https:')
      const first = curl.request(url, { signal: controller.signal }).catch(() => 'aborted')
      const others = Promise.all(Array.from({ length: 10 }, () => curl.request(url)))
      await relay.untilConnections(1)
      controller.abort()
      expect(await first).to.equal('aborted')
      expect((await others).map((transfer) => transfer.responseCode)).to.deep.equal(Array(10).fill(200))
    })

    it('transfers that wait for a host that does not answer do not time out one after the other', async () => {
      await using silent = await startTcpServer(() => undefined)
      await using curl = new ParallelCurl(30, { CONNECTTIMEOUT_MS: 500 })
      const url = silent.url().replace('http:', 'https:')
      const started = performance.now()
      const all = await Promise.allSettled(Array.from({ length: 30 }, () => curl.request(url)))
      expect(all.every(({ status }) => status === 'rejected')).to.equal(true)
      // One after the other it takes 15 seconds; libcurl 8.22 takes half of one, 7.88 one.
      expect(performance.now() - started).to.be.below(7500)
    }).timeout(60_000)
  })
})
