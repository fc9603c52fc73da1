/** Failing transfers over HTTP/2: each has one outcome, and in time. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ParallelCurl, type CurlError, type Transfer } from '../../../../src/index.js'
import { hasFault } from '../../../../src/engine/node-libcurl/faults.js'
import { startHttp2Server, respond, type Http2Request } from '../../../support/servers/http2/http2-server.js'
import { startHttpServer } from '../../../support/servers/http/http-server.js'
import { startRawHttp2Server } from '../../../support/servers/http2/raw-http2-server.js'
import { requireProgram } from '../../../support/programs/requires.js'
import { startNginx } from '../../../support/programs/server-programs.js'
import { VirtualClock } from '../../../support/virtual-clock.js'

const MINUTE = 60_000
const outcomeOf = (error: unknown): string => {
  const { errno, message } = error as CurlError
  return `${String(errno)} ${message}`
}

describe('HTTP/2 that stands still (D28)', () => {
  const silence: Record<string, (request: Http2Request) => void> = {
    'before its head': () => undefined,
    'within its body': ({ stream }) => {
      stream.respond({ ':status': 200 })
      stream.write('part')
    },
  }
  for (const [where, say] of Object.entries(silence)) {
    it(`a server that says nothing more ${where}: the transfer fails, and its connection is closed`, async () => {
      await using server = await startHttp2Server((request) => {
        if (request.path === '/silent') say(request)
        else respond(request)
      })
      const clock = new VirtualClock()
      const { CAINFO_BLOB } = server
      await using curl = new ParallelCurl(2, { CAINFO_BLOB, standstillTimeoutMs: MINUTE }, clock)
      const failed = curl.request(server.url('/silent')).catch(outcomeOf)
      await server.until(() => server.requests.length === 1, 'a request')
      clock.advance(MINUTE - 1000)
      expect(curl.outstandingRequests.size).to.equal(1)
      clock.advance(2000)
      expect(await failed).to.match(
        /^28 .*nothing was sent or received for 60\d\d\d ms \(standstillTimeoutMs\)$/,
      )
      await server.until(() => server.closed === 1, 'the end of the connection')
      // The next request has a connection of its own.
      expect((await curl.request(server.url('/next'))).content).to.equal('/next')
      expect(server.requests.map(({ connection }) => connection)).to.deep.equal([0, 1])
    })
  }

  it('is tried again where `retry` says so', async () => {
    await using server = await startHttp2Server((request, { requests }) => {
      if (requests.length > 1) respond(request)
    })
    const clock = new VirtualClock()
    const { CAINFO_BLOB } = server
    const retry = { limit: 1, backoffMs: 0 }
    await using curl = new ParallelCurl(2, { CAINFO_BLOB, retry }, clock)
    const transfer = curl.request(server.url('/a'))
    await server.until(() => server.requests.length === 1, 'a request')
    // The default.
    clock.advance(11 * MINUTE)
    const { content, attempts } = await transfer
    expect([content, attempts.map(({ errno }) => errno)]).to.deep.equal(['/a', [28, 0]])
  })

  it('does not end a transfer that moves, however slowly', async () => {
    let request: Http2Request | undefined
    await using server = await startHttp2Server((arrived) => {
      request = arrived
      arrived.stream.respond({ ':status': 200 })
    })
    const clock = new VirtualClock()
    let arrived = (): void => undefined
    const options = {
      CAINFO_BLOB: server.CAINFO_BLOB,
      standstillTimeoutMs: MINUTE,
      NOPROGRESS: false,
      XFERINFOFUNCTION: (_total: number, now: number): number => {
        if (now >= sent) arrived()
        return 0
      },
    }
    let sent = 0
    await using curl = new ParallelCurl(1, options, clock)
    const transfer = curl.request(server.url('/a'))
    await server.until(() => request !== undefined, 'a request')
    for (let i = 0; i < 5; i++) {
      const arrival = new Promise<void>((resolve) => (arrived = resolve))
      sent++
      request?.stream.write('x')
      await arrival
      clock.advance(MINUTE - 1000)
    }
    request?.stream.end()
    expect((await transfer).content).to.equal('xxxxx')
  })

  it('ends no silent HTTP/1.1 over TLS, nor HTTP/2 with standstillTimeoutMs off', async () => {
    await using plain = await startHttpServer({ tls: true })
    let request: Http2Request | undefined
    await using server = await startHttp2Server((arrived) => {
      request = arrived
    })
    const clock = new VirtualClock()
    const gate = plain.gate('x')
    await using curl = new ParallelCurl(2, { SSL_VERIFYPEER: false }, clock)
    const both = [
      curl.request(plain.url('/gate/x'), { HTTP_VERSION: 2 }),
      curl.request(server.url('/a'), { standstillTimeoutMs: Infinity }),
    ]
    await gate.waiting(1)
    await server.until(() => request !== undefined, 'a request')
    clock.advance(600 * MINUTE)
    gate.release(1)
    if (request !== undefined) respond(request)
    expect((await Promise.all(both)).map(({ responseCode }) => responseCode)).to.deep.equal([200, 200])
  })
})

describe('HTTP/2 answers that come before all of the body was sent (D29)', () => {
  const body = Buffer.alloc(3_000_000, 'x')
  for (const [status, length] of [
    [413, true],
    [413, false],
    [200, true],
  ] as const) {
    it(`${String(status)} ${length ? 'with' : 'without'} a length, then a reset with NO_ERROR: the answer`, async () => {
      await using server = await startHttp2Server(({ stream }) => {
        stream.respond({ ':status': status, ...(length ? { 'content-length': '7' } : {}) })
        stream.end('too big', () => {
          stream.close(0)
        })
      })
      const clock = new VirtualClock()
      await using curl = new ParallelCurl(1, { CAINFO_BLOB: server.CAINFO_BLOB, retry: 2 }, clock)
      const done: unknown[] = []
      const request = curl
        .request(server.url('/a'), { upload: body })
        .catch((error: unknown) => error)
        .finally(() => done.push(true))
      await server.until(() => server.requests.length === 1, 'a request')
      // libcurl 7.88 may wait for ever until it may send the rest.
      while (done.length === 0) {
        await new Promise(setImmediate)
        clock.advance(500)
      }
      const transfer = (await request) as Transfer
      expect([transfer.responseCode, transfer.content]).to.deep.equal([status, 'too big'])
      expect(server.requests).to.have.length(1)
    })
  }

  it('nginx answers 100 POSTs before it has read them, and each is sent once', async function () {
    requireProgram(this, 'nginx', 'nginx-light')
    await using server = await startNginx('location /early/ { return 200; }')
    // libcurl 7.88 may hear of the reset while it sends, and loses the response
    // (docs/http2-and-connections.md). That is seldom, but in a process that has done nothing yet, or on a
    // busy machine.
    await using warm = new ParallelCurl(1, { CAINFO: server.CAINFO })
    await warm.request(server.url('/early/warm'), { POSTFIELDS: 'a=1' }).catch(() => undefined)
    const before = server.connections().length
    await using curl = new ParallelCurl(100, { CAINFO: server.CAINFO })
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        curl.request(server.url(`/early/${String(i)}`), { POSTFIELDS: 'a=1' }).then(
          ({ responseCode }) => responseCode,
          (error: unknown) => (error as CurlError).errno,
        ),
      ),
    )
    const others = outcomes.filter((outcome) => outcome !== 200)
    expect(others).to.deep.equal(others.map(() => 92))
    expect(others).to.have.length.at.most(hasFault('early-response-lost') ? 20 : 0)
    expect(server.connections().slice(before)).to.have.length(100)
  })

  it('a stream that is reset with an error in the middle of an answer is a failure', async () => {
    await using server = await startHttp2Server(({ stream }) => {
      stream.respond({ ':status': 200, 'content-length': '7' })
      stream.write('too', () => {
        stream.close(2)
      })
    })
    await using curl = new ParallelCurl(1, { CAINFO_BLOB: server.CAINFO_BLOB })
    const error = await curl.request(server.url('/a'), { upload: body }).catch((thrown: unknown) => thrown)
    expect((error as CurlError).errno).to.be.oneOf([18, 92])
  })
})

describe('HTTP/2 bodies that end by a reset with NO_ERROR (D27)', () => {
  it('fail and are retried where they had a length, and the file that was there stays until the whole one has come', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    const output = join(folder, 'kept')
    writeFileSync(output, 'good')
    const seen: string[] = []
    await using server = await startRawHttp2Server((to, number) => {
      seen.push(readFileSync(output, 'utf8'))
      to.head(6)
      to.data(number === 0 ? 'par' : 'parted')
      if (number === 0) to.reset(0)
      else to.end()
    })
    await using curl = new ParallelCurl(1, { CAINFO_BLOB: server.CAINFO_BLOB })
    const retry = { limit: 1, backoffMs: 0 }
    const { attempts } = await curl.request(server.url(), { output, retry })
    // libcurl 7.88 reports an empty reply if all of it comes in one piece.
    expect(attempts[0]?.errno).to.be.oneOf([18, 52])
    expect(attempts.slice(1).map(({ errno }) => errno)).to.deep.equal([0])
    expect([...seen, readFileSync(output, 'utf8')]).to.deep.equal(['good', 'good', 'parted'])
    rmSync(folder, { recursive: true })
  })

  it('fail where the connection ends within a body without a length', async () => {
    await using server = await startRawHttp2Server((to) => {
      to.head()
      to.data('part')
      to.close()
    })
    await using curl = new ParallelCurl(1, { CAINFO_BLOB: server.CAINFO_BLOB })
    const error = await curl.request(server.url()).catch((thrown: unknown) => thrown)
    expect((error as CurlError).errno).to.equal(18)
  })

  it('fail where the answer ends within its headers', async () => {
    await using server = await startRawHttp2Server((to) => {
      to.reset(0)
    })
    await using curl = new ParallelCurl(1, { CAINFO_BLOB: server.CAINFO_BLOB })
    const error = await curl.request(server.url()).catch((thrown: unknown) => thrown)
    expect((error as CurlError).errno).to.be.oneOf([52, 92])
    expect(server.requests).to.equal(1)
  })
})
