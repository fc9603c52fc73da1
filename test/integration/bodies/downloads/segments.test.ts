/**
 * One file in segments (`segments`): whatever the server does, the file is the one on the server or there is
 * none. Does not know how segments are chosen. PARALLELCURL_SOAK=1 has more cuts.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { ParallelCurl, type RequestOptions } from '../../../../src/index.js'
import { send } from '../../../support/requests.js'
import { bytes, FIRST, MIB, others, retry, SegmentsPlace } from '../../../support/segments.js'
import type { Handler } from '../../../support/servers/http/http-exchange.js'
import { patternBytes } from '../../../support/servers/http/http-handlers.js'
import { serveFile, type Served } from '../../../support/servers/http/served-file.js'

const isSoak = process.env['PARALLELCURL_SOAK'] !== undefined

describe('a download in segments', () => {
  const at = new SegmentsPlace()

  it('fetches every byte once, as many ranges at a time as were asked for, and is one transfer', async () => {
    const url = at.serve(at.holding({ bytes, etag: '"1"' }, 'once'))
    const curl = new ParallelCurl(10)
    let count = 0
    const outcome = send(curl, url, {
      options: { output: at.file, segments: 4 },
      userData: 'mine',
      read: (transfer) => [++count, transfer.getInfo('RESPONSE_CODE'), transfer.timings.totalMs > 0],
    })
    await at.server.gate('once').waiting(3)
    const { pending, delayed, inFlight, done } = curl.stats()
    expect([pending, delayed, inFlight, done]).to.deep.equal([0, 0, 1, 0])
    expect([...curl.outstandingRequests.values()].map((transfer) => transfer.url)).to.deep.equal([url])
    const { bodies } = curl.stats({ bodies: true })
    expect([bodies?.expectedBytes, bodies?.unknown]).to.deep.equal([bytes.length, 0])
    at.server.gate('once').open()
    const { transfer, content, read, userData } = await outcome
    await curl.close()
    expect([read, content, userData]).to.deep.equal([[1, 206, true], null, 'mine'])
    expect([transfer.errno, transfer.error, transfer.responseCode]).to.deep.equal([0, '', 206])
    expect(transfer.output).to.deep.equal({ path: at.file, size: bytes.length })
    expect([transfer.receivedBytes, transfer.attempts.length]).to.deep.equal([bytes.length, 1])
    expect(at.isRight()).to.equal(true)
    const spans = at.ranges.map((range) => /(\d+)-(\d+)/.exec(range!)!.slice(1).map(Number))
    spans.sort((a, b) => a[0]! - b[0]!)
    expect(spans[0]).to.deep.equal([0, MIB - 1])
    for (const [i, [start]] of spans.slice(1).entries()) expect(start).to.equal(spans[i]![1]! + 1)
    expect(spans.at(-1)![1]).to.equal(bytes.length - 1)
    expect([spans.length, at.server.peakInFlight <= 4]).to.deep.equal([5, true])
    expect(at.server.requests.map(({ headers }) => headers['if-range'])).to.deep.equal([
      undefined,
      ...spans.slice(1).map(() => '"1"'),
    ])
    const { done: all, failed, receivedBytes } = curl.stats()
    expect([all, failed, receivedBytes]).to.deep.equal([1, 0, bytes.length])
    expect(at.inFolder()).to.deep.equal(['file.bin'])
  })

  it('is one request where one is enough, or the server or the options allow no more', async () => {
    const old = { 'Last-Modified': 'Mon, 01 Jan 2024 00:00:00 GMT' }
    const small = bytes.subarray(0, 1000)
    type Case = [what: string, handler: Handler, seen: (string | undefined)[], RequestOptions?, Buffer?]
    const whole = [FIRST]
    const turned = [FIRST, undefined]
    const partial =
      (headers: Record<string, string>): Handler =>
      (request, response) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
        serveFile({ bytes, ...(!('ETag' in headers) && { etag: '"1"' }) }, request, response, 0)
      }
    const cases: Case[] = [
      ['no ranges', at.served({ bytes, etag: '"1"', ranges: 'ignored' }), whole],
      ['a small file', at.served({ bytes: small, etag: '"1"' }), whole, {}, small],
      ['no validator', at.served({ bytes }), turned],
      ['a weak validator', at.served({ bytes, etag: 'W/"1"' }), turned],
      ['416', at.served({ bytes, etag: '"1"', ranges: 'refused' }), turned],
      ['another range', at.served({ bytes, etag: '"1"', ranges: 'wrong' }), turned],
      [
        'a length beyond the precision of numbers',
        (request, response) => {
          const { range } = request.headers
          const size = range === undefined ? undefined : `bytes 0-${MIB - 1}/9007199254740993`
          response.setHeader('ETag', '"1"')
          if (size !== undefined) response.writeHead(206, { 'Content-Range': size })
          response.end(size === undefined ? bytes : bytes.subarray(0, MIB))
        },
        turned,
      ],
      ['a content encoding', partial({ 'Content-Encoding': 'br' }), turned],
      [
        'an empty file',
        at.served({ bytes: Buffer.alloc(0), etag: '"1"', ranges: 'refused' }),
        turned,
        {},
        Buffer.alloc(0),
      ],
      [
        'an empty file without ranges',
        at.served({ bytes: Buffer.alloc(0), ranges: 'ignored' }),
        whole,
        {},
        Buffer.alloc(0),
      ],
      [
        'no length',
        (request, response) => {
          response.setHeader('ETag', '"1"')
          if (request.headers.range === undefined) return void response.end(bytes)
          response.writeHead(206, { 'Content-Range': `bytes 0-${MIB - 1}/*` }).end(bytes.subarray(0, MIB))
        },
        turned,
      ],
      [
        'a header of its own',
        at.served({ bytes, ...{ lastModified: old['Last-Modified'] } }),
        [undefined],
        { HTTPHEADER: ['Accept-Encoding: br'] },
      ],
      [
        'a limit of the speed',
        at.served({ bytes, etag: '"1"' }),
        [undefined],
        { MAX_RECV_SPEED_LARGE: 1e10 },
      ],
      ['segments: 1', at.served({ bytes, etag: '"1"' }), [undefined], { segments: 1 }],
    ]
    for (const [what, handler, seen, options, expected] of cases) {
      for (const resume of [false, true]) {
        at.server.forget()
        const transfer = await at.download(at.serve(handler), { ...options, resume })
        expect(transfer.error, what).to.equal('')
        expect(transfer.output?.size, what).to.equal((expected ?? bytes).length)
        expect(at.isRight(expected), what).to.equal(true)
        expect(at.ranges, what).to.deep.equal(seen)
        expect(at.inFolder(), what).to.deep.equal(['file.bin'])
      }
    }
  })

  it('has segments by a date, too', async () => {
    const lastModified = 'Mon, 01 Jan 2024 00:00:00 GMT'
    await at.download(at.serve(at.served({ bytes, lastModified })))
    expect(at.isRight()).to.equal(true)
    expect(at.ranges).to.have.length(5)
    expect(at.server.requests[1]!.headers['if-range']).to.equal(lastModified)
  })

  it('begins anew by one request if the file changes while it is fetched', async () => {
    const changed = { bytes: others, etag: '"2"' }
    const wrong = (part: Partial<Record<string, string>>): Handler => {
      return (_request, response) => {
        response.writeHead(206, { ETag: '"1"', 'Content-Length': 1000, ...part }).end(bytes.subarray(0, 1000))
      }
    }
    const from = (range: string): number => Number(/\d+/.exec(range)![0])
    const cases: [what: string, later: Handler][] = [
      ['another file (200)', at.served(changed)],
      ['another file (206)', at.served({ ...changed, ranges: 'ignoresIfRange' })],
      ['416', at.served({ ...changed, ranges: 'refused' })],
      ['another range', wrong({ 'Content-Range': `bytes 5-1004/${bytes.length}` })],
      ['no range', wrong({})],
      ['no validator', at.served({ bytes: others, ranges: 'ignoresIfRange' })],
      [
        'another length',
        (request, response) => {
          const start = from(request.headers.range!)
          const range = { 'Content-Range': `bytes ${start}-${start + 999}/${bytes.length + 1}` }
          wrong(range)(request, response, at.server)
        },
      ],
    ]
    for (const [what, later] of cases) {
      for (const resume of [false, true]) {
        at.server.forget()
        let count = 0
        const handler: Handler = (request, response, server) => {
          if (request.headers.range === undefined) at.served(changed)(request, response, server)
          // One of the segments comes as it was.
          else if (count++ < 2) at.served({ bytes, etag: '"1"' })(request, response, server)
          else later(request, response, server)
        }
        const transfer = await at.download(at.serve(handler), { resume, retry: 3 })
        expect([transfer.error, transfer.responseCode], what).to.deep.equal(['', 200])
        expect(at.isRight(others), what).to.equal(true)
        expect(
          at.ranges.filter((range) => range === undefined),
          what,
        ).to.have.length(1)
        expect(transfer.receivedBytes, what).to.equal(others.length)
        expect(at.inFolder(), what).to.deep.equal(['file.bin'])
      }
    }
  })

  it('writes the right file, wherever its responses are cut', async () => {
    const cuts = fc.array(fc.nat(2 * MIB), { minLength: 50, maxLength: 50 })
    await fc.assert(
      fc.asyncProperty(cuts, fc.integer({ min: 2, max: 6 }), async (points, segments) => {
        at.server.forget()
        const url = at.serve(at.served({ bytes, etag: '"1"', cuts: [...points, undefined] }))
        const transfer = await at.download(url, { segments, retry })
        expect(transfer.error).to.equal('')
        expect(at.isRight()).to.equal(true)
      }),
      { numRuns: isSoak ? 200 : 5 },
    )
  })

  it('takes the end of a slow segment over', async () => {
    const large = patternBytes(9 * MIB)
    const file: Served = { bytes: large, etag: '"1"' }
    let slow: (() => void) | null = null
    const url = at.serve((request, response, server) => {
      const [, from] = /(\d+)-/.exec(request.headers.range!)!
      if (Number(from) !== 5 * MIB) {
        serveFile(file, request, response, 0)
        return
      }
      // The second half of the file stops after its first chunk.
      const range = {
        'Content-Range': `bytes ${5 * MIB}-${9 * MIB - 1}/${9 * MIB}`,
        'Content-Length': 4 * MIB,
      }
      response.writeHead(206, { ETag: '"1"', ...range }).write(large.subarray(5 * MIB, 5 * MIB + 1000))
      slow = server.gate('slow').enter(() => {
        response.end(large.subarray(5 * MIB + 1000))
      })
    })
    const outcome = at.download(url, { segments: 2 })
    // Half of what is left, once.
    await at.server.waitForRequests(4)
    expect(slow).not.to.equal(null)
    at.server.gate('slow').open()
    const transfer = await outcome
    expect([transfer.error, transfer.responseCode, at.isRight(large)]).to.deep.equal(['', 206, true])
    const starts = at.ranges.map((range) => Number(/\d+/.exec(range!)![0]) / MIB)
    expect(starts.slice(0, 3).sort()).to.deep.equal([0, 1, 5])
    expect(starts[3]).to.be.closeTo(7, 0.01)
    expect(starts).to.have.length(4)
  })

  it('gives the range of a segment that is refused or cut to the others', async () => {
    const refusals: [what: string, refuse: Handler][] = [
      ['503', (_request, response) => response.writeHead(503).end('too many connections')],
      ['closed', (_request, response) => void response.socket?.destroy()],
    ]
    for (const [what, refuse] of refusals) {
      at.server.forget()
      let count = 0
      const file: Served = { bytes, etag: '"1"' }
      const held = at.holding(file, what)
      // Two connections are served, the others are refused.
      const handler: Handler = (request, response, server) => {
        if (++count === 3 || count === 4) refuse(request, response, server)
        else held(request, response, server)
        if (count === 4) server.gate(what).open()
      }
      const transfer = await at.download(at.serve(handler))
      expect([transfer.error, at.isRight()], what).to.deep.equal(['', true])
    }
  })

  it('fails as a download by one request does, and leaves nothing', async () => {
    const refused = await at.download(
      at.serve((_request, response) => response.writeHead(404).end('not here')),
    )
    expect([refused.errno, refused.responseCode, refused.output]).to.deep.equal([0, 404, null])
    expect(refused.body.toString()).to.equal('not here')
    const cut = await at.download(at.serve(at.served({ bytes, etag: '"1"', cuts: [1000] })))
    expect([cut.errno, cut.output]).to.deep.equal([18, null])
    let count = 0
    const later = await at.download(
      at.serve((request, response, server) => {
        if (count++ === 0) at.served({ bytes, etag: '"1"' })(request, response, server)
        else response.writeHead(503).end('busy')
      }),
    )
    expect([later.errno, later.responseCode, later.output]).to.deep.equal([0, 503, null])
    expect(later.body.toString()).to.equal('busy')
    expect(at.inFolder()).to.deep.equal([])
  })

  it('fails if the server names the rest of the file and sends nothing of it', async () => {
    for (const resume of [false, true]) {
      at.server.forget()
      const handler: Handler = (request, response, server) => {
        const [, from, to] = /(\d+)-(\d+)/.exec(request.headers.range!)!
        if (request.headers.range === FIRST) at.served({ bytes, etag: '"1"' })(request, response, server)
        else {
          const range = `bytes ${from}-${to}/${bytes.length}`
          response.writeHead(206, { ETag: '"1"', 'Content-Range': range, 'Content-Length': 0 }).end()
        }
      }
      const transfer = await at.download(at.serve(handler), { resume, retry })
      expect([transfer.errno, transfer.responseCode, transfer.output]).to.deep.equal([18, 206, null])
      expect(transfer.error).to.equal(`Transferred a partial file: ${MIB} of ${bytes.length} bytes received`)
      const kept = resume ? ['file.bin.part', 'file.bin.part.json'] : []
      expect(at.inFolder()).to.deep.equal(kept)
    }
  })

  it('refuses a number that is none', () => {
    const curl = new ParallelCurl()
    for (const segments of [0, 1.5, 65, '8', null, true, NaN])
      expect(() => curl.startRequest('http://h/', null, [], null, { segments } as never)).to.throw(
        /segments must be a whole number from 1 to 64/,
      )
  })
})
