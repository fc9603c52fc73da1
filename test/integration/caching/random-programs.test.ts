/**
 * Random programs against a model: whatever happens, a request gets a whole body of its own page, for its own visitor,
 * and none that is older than the responses allow. Does not depend on which rule is tried.
 */
import { readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import fc from 'fast-check'
import type { HttpCache } from '../../../src/index.js'
import { ParallelCurl, type Transfer } from '../../../src/index.js'
import { CachingBench } from '../../support/caching.js'
import type { Handler } from '../../support/servers/http/http-exchange.js'

/** What the server says of a page. Seconds. */
interface Page {
  readonly maxAge: number
  readonly meanwhile: number
  readonly ifError: number
  readonly control: '' | 'no-store' | 'no-cache' | 'must-revalidate'
  readonly validator: 'etag' | 'date' | 'none'
  readonly varies: boolean
  readonly isLong: boolean
}

interface Get {
  readonly kind: 'get'
  readonly page: number
  readonly user: number
  readonly language: number
  readonly method: 'GET' | 'HEAD'
  readonly way: 'memory' | 'later' | 'none' | 'function' | 'stream' | 'aborted' | 'redirect' | 'followed'
  readonly server: 'well' | '503' | 'gone' | 'cut'
  readonly control: '' | 'no-cache' | 'max-stale' | 'only-if-cached'
  readonly times: number
  readonly cache: number
}
type Step =
  | Get
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'change' | 'unsafe'; readonly page: number }
  | { readonly kind: 'prune' | 'clear' | 'break' | 'reopen'; readonly at: number }

const PAGES = 2
const page = fc.record<Page>({
  maxAge: fc.constantFrom(0, 60, 60),
  meanwhile: fc.constantFrom(0, 0, 100),
  ifError: fc.constantFrom(0, 0, 100),
  control: fc.constantFrom('', '', '', 'no-store', 'no-cache', 'must-revalidate'),
  validator: fc.constantFrom('etag', 'etag', 'date', 'none'),
  varies: fc.boolean(),
  isLong: fc.constantFrom(false, false, false, true),
})
const pageNumber = fc.nat(PAGES - 1)
const get = fc.record<Get>({
  kind: fc.constant('get'),
  page: pageNumber,
  user: fc.nat(1),
  language: fc.nat(1),
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD'),
  way: fc.constantFrom(
    ...([
      'memory',
      'memory',
      'later',
      'none',
      'function',
      'stream',
      'aborted',
      'redirect',
      'followed',
    ] as const),
  ),
  server: fc.constantFrom('well', 'well', 'well', 'well', '503', 'gone', 'cut'),
  control: fc.constantFrom('', '', '', '', '', 'no-cache', 'max-stale', 'only-if-cached'),
  times: fc.constantFrom(1, 1, 2),
  cache: fc.nat(1),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: get },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait'), seconds: fc.constantFrom(1, 30, 61, 120, 300) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('change', 'unsafe'), page: pageNumber }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('prune', 'clear', 'break', 'reopen'), at: fc.nat(20) }),
  },
)

/** What the server has said of one body. */
interface Sent {
  readonly key: string
  readonly page: Page
  /** The last time at which it was sent or confirmed. */
  at: number
  isInvalid: boolean
}

class World {
  readonly sent = new Map<string, Sent>()
  mode: Get['server'] = 'well'
  private readonly versions = new Array<number>(PAGES).fill(0)
  private caches: HttpCache[]
  private late: { readonly transfer: Transfer; readonly body: string }[] = []
  /** True if a body may be gone that somebody reads later. */
  private hasRemoved = false

  constructor(
    readonly bench: CachingBench,
    readonly pages: readonly Page[],
    readonly curl: ParallelCurl,
  ) {
    this.caches = [bench.open(), bench.open()]
    bench.server.route(/./, this.answer)
  }

  /** Takes a step. What nobody has read at once is read after the next one. */
  async run(given: Step): Promise<void> {
    const { late } = this
    this.late = []
    // An entry keeps the body before the present one, and no other.
    const mayBeReplacedTwice = given.kind === 'get' && given.times > 1
    if (mayBeReplacedTwice) this.read(late)
    await this.take(given)
    if (!mayBeReplacedTwice) this.read(late)
  }

  private async take(given: Step): Promise<void> {
    switch (given.kind) {
      case 'get':
        await Promise.all(Array.from({ length: given.times }, () => this.get(given)))
        // Those of stale-while-revalidate, too.
        await this.curl.finishAllRequests()
        this.mode = 'well'
        return
      case 'wait':
        this.bench.now += given.seconds * 1000
        return
      case 'change':
        this.versions[given.page]!++
        return
      case 'unsafe':
        this.mode = 'well'
        await this.curl.request(this.url(given.page), {
          CUSTOMREQUEST: 'DELETE',
          cache: this.caches[0] as HttpCache,
        })
        for (const sent of this.sent.values()) if (sent.page === this.pages[given.page]) sent.isInvalid = true
        return
      case 'prune':
        this.hasRemoved = true
        await this.caches[given.at % 2]!.prune({ maxBytes: given.at * 100 })
        return
      case 'clear':
        this.hasRemoved = true
        this.caches[0]!.clear()
        return
      case 'break':
        this.hasRemoved = true
        this.break(given.at)
        return
      case 'reopen':
        this.caches = [this.bench.open(), this.bench.open()]
    }
  }

  private read(late: World['late']): void {
    for (const { transfer, body } of late) {
      try {
        expect(transfer.content).to.equal(body)
      } catch (error) {
        if (!this.hasRemoved || (error as { errno?: number }).errno !== 26) throw error
      }
    }
  }

  private url(number: number): string {
    return this.bench.server.url(`/${String(number)}`)
  }

  private async get(given: Get): Promise<void> {
    const { bench, curl } = this
    this.mode = given.server
    const chunks: Buffer[] = []
    const stop = new AbortController()
    const isRedirected = given.way === 'redirect' || given.way === 'followed'
    // What the cache may know: a stale response is asked about while it is used.
    const known = new Map(this.sent)
    const asked: Promise<Transfer> = curl.request(
      bench.server.url(`/${isRedirected ? 'to/' : ''}${String(given.page)}`),
      {
        cache: this.caches[given.cache] as HttpCache,
        captureHeaders: true,
        NOBODY: given.method === 'HEAD' ? 1 : 0,
        FOLLOWLOCATION: given.way === 'followed' ? 1 : 0,
        HTTPHEADER: [
          `Authorization: ${String(given.user)}`,
          `X-Language: ${String(given.language)}`,
          ...(given.control === '' ? [] : [`Cache-Control: ${given.control}`]),
        ],
        ...(given.way === 'none' && { responseType: 'none' as const }),
        ...(given.way === 'stream' && { responseType: 'stream' as const }),
        ...(given.way === 'function' && { onData: (chunk: Buffer) => void chunks.push(Buffer.from(chunk)) }),
        ...(given.way === 'aborted' && {
          signal: stop.signal,
          onData: () => {
            stop.abort()
          },
        }),
      },
    )
    let transfer: Transfer
    try {
      transfer = await asked
      for await (const chunk of transfer.bodyStream ?? []) chunks.push(chunk as Buffer)
    } catch (error) {
      const { errno } = error as { errno: number }
      if (given.way === 'aborted' && errno === 42) return
      expect(given.server, String(error)).to.be.oneOf(['gone', 'cut'])
      return
    }
    const { responseCode: status, cache: outcome, headers } = transfer
    if (status === 503) return void expect(given.server).to.equal('503')
    if (status === 504) return void expect(given.control).to.equal('only-if-cached')
    if (status === 302)
      return void expect([given.way, headers['location']]).to.deep.equal([
        'redirect',
        `/${String(given.page)}`,
      ])
    expect(status).to.equal(200)
    const mark = String(headers['x-mark'])
    const sent = this.sent.get(mark) as Sent
    expect(sent.key).to.equal(this.keyOf(given.page, given.user, given.language))
    const body = given.method === 'HEAD' ? '' : bodyOf(mark, sent.page)
    if (given.way === 'later') this.late.push({ transfer, body })
    else if (given.way === 'function' || given.way === 'stream')
      expect(Buffer.concat(chunks).toString()).to.equal(body)
    else if (given.way !== 'none' && given.way !== 'aborted') expect(transfer.content).to.equal(body)
    if (outcome === 'hit') this.assertMayBeUsed(known.get(mark) as Sent, given, transfer.attempts.length > 0)
    if (outcome === 'miss' || outcome === 'revalidated')
      expect(mark, outcome).to.equal(this.markOf(given.page, given.user, given.language))
  }

  private assertMayBeUsed({ page: said, at, isInvalid }: Sent, given: Get, hasFailed: boolean): void {
    const grace = hasFailed
      ? said.ifError
      : given.control === 'max-stale'
        ? Infinity
        : given.control === ''
          ? said.meanwhile
          : 0
    if (!hasFailed) expect(given.control).not.to.equal('no-cache')
    expect(said.control).to.be.oneOf(['', 'must-revalidate'])
    expect(isInvalid).to.equal(false)
    const age = (this.bench.now - at) / 1000
    expect(age).to.be.lessThan(said.maxAge + (said.control === 'must-revalidate' ? 0 : grace))
  }

  private keyOf(number: number, user: number, language: number): string {
    return [number, user, this.pages[number]!.varies ? language : '*'].join(' ')
  }

  private markOf(number: number, user: number, language: number): string {
    return `<${this.keyOf(number, user, language)} ${String(this.versions[number])}>`
  }

  private readonly answer: Handler = ({ url, method, headers }, response) => {
    if (this.mode === 'gone') return void response.destroy()
    if (this.mode === '503') return void response.writeHead(503).end('out of order')
    const number = Number(url.slice(url.lastIndexOf('/') + 1))
    const given = this.pages[number] as Page
    if (method === 'DELETE') return void response.writeHead(204).end()
    const fields: Record<string, string> = {
      'Cache-Control': [
        `max-age=${String(given.maxAge)}`,
        `stale-while-revalidate=${String(given.meanwhile)}`,
        `stale-if-error=${String(given.ifError)}`,
        given.control,
      ].join(', '),
    }
    if (url.startsWith('/to/')) {
      response.writeHead(302, { ...fields, Location: `/${String(number)}` }).end('moved')
      return
    }
    const mark = this.markOf(number, Number(headers.authorization), Number(headers['x-language']))
    const date = new Date(Date.UTC(2020, 0, 1) + this.versions[number]! * 1000).toUTCString()
    if (given.varies) fields['Vary'] = 'X-Language'
    if (given.validator === 'etag') fields['ETag'] = JSON.stringify(mark)
    if (given.validator === 'date') fields['Last-Modified'] = date
    const isSame =
      given.validator === 'etag'
        ? headers['if-none-match'] === fields['ETag']
        : given.validator === 'date' && headers['if-modified-since'] === date
    const key = this.keyOf(number, Number(headers.authorization), Number(headers['x-language']))
    const body = bodyOf(mark, given)
    const isCut = this.mode === 'cut' && !isSame && method === 'GET'
    if (!isCut) this.sent.set(mark, { key, page: given, at: this.bench.now, isInvalid: false })
    response.writeHead(isSame ? 304 : 200, {
      ...fields,
      'X-Mark': mark,
      ...(!isSame && { 'Content-Length': body.length }),
    })
    if (isCut) response.write(body.slice(0, 10), () => response.destroy())
    else response.end(isSame || method === 'HEAD' ? undefined : body)
  }

  private break(at: number): void {
    const files = this.bench.files()
    const file = files[at % Math.max(1, files.length)]
    if (file === undefined) return
    if (at % 2 === 0) truncateSync(file, 5)
    else writeFileSync(file, 'broken')
  }
}

function bodyOf(mark: string, { isLong }: Page): string {
  return mark.repeat(isLong ? 30_000 : 3)
}

describe('random programs with a cache', () => {
  it('never give a wrong, a mixed, a too old or somebody else’s body', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(page, { minLength: PAGES, maxLength: PAGES }),
        fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }),
        async (pages, steps) => {
          const bench = await CachingBench.start()
          try {
            await using curl = new ParallelCurl(2)
            const world = new World(bench, pages, curl)
            for (const each of steps) await world.run(each)
            expect(
              readdirSync(bench.cache.dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
                name.endsWith('.tmp'),
              ),
            ).to.deep.equal([])
          } finally {
            await bench.close()
          }
        },
      ),
      { numRuns: Number(process.env['RUNS'] ?? 10) },
    )
  })
})
