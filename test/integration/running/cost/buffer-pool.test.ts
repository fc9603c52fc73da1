/**
 * Large bodies whose memory is used again: whatever a user has kept of them, and however late they ask, it is
 * what the server sent.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { ParallelCurl, type Transfer } from '../../../../src/index.js'
import { LARGE_PLACE, takeSpare } from '../../../../src/memory/buffer-pool.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'

/** As long as those of one test are alike: each may come to lie where another one was. */
const LENGTH = 300_000

/** Bytes that no other seed gives. */
function bodyOf(seed: number, isAscii: boolean, length: number): Buffer {
  const word = Buffer.from(`${seed} is the seed of this body; `, 'latin1')
  const body = Buffer.alloc(length, word)
  if (!isAscii) for (let i = 0; i < length; i += 97) body[i] = 0x80 + ((i + seed) % 128)
  return body
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('memory of bodies that is used again', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route('/body', ({ query }, response) => {
      const body = bodyOf(Number(query.get('seed')), query.has('ascii'), Number(query.get('length')))
      const charset = query.get('charset')
      if (charset !== null) response.setHeader('Content-Type', `text/plain; charset=${charset}`)
      if (!query.has('chunked')) response.setHeader('Content-Length', body.length)
      // More is announced than comes.
      if (query.has('cut')) response.setHeader('Content-Length', body.length + 10_000)
      response.write(body, () => (query.has('cut') ? response.destroy() : response.end()))
    })
  })
  after(() => server.close())

  interface Wanted {
    seed: number
    isAscii: boolean
    isChunked: boolean
    isCut: boolean
    charset: string | null
    less: number
    uses: readonly ('content' | 'body' | 'text')[]
  }

  const urlOf = ({ seed, isAscii, isChunked, isCut, charset, less }: Wanted): string => {
    const query = new URLSearchParams({ seed: String(seed), length: String(LENGTH - less) })
    if (isAscii) query.set('ascii', '')
    if (isChunked) query.set('chunked', '')
    if (isCut) query.set('cut', '')
    if (charset !== null) query.set('charset', charset)
    return server.url(`/body?${query.toString()}`)
  }

  const wanted: fc.Arbitrary<Wanted> = fc.record({
    seed: fc.nat(1_000_000),
    isAscii: fc.boolean(),
    isChunked: fc.boolean(),
    isCut: fc.integer({ min: 0, max: 5 }).map((die) => die === 0),
    charset: fc.constantFrom(null, null, 'windows-1252', 'koi8-r', 'utf-8', 'no-such-charset'),
    less: fc.constantFrom(0, 0, 1, 20_000),
    uses: fc.array(fc.constantFrom('content', 'body', 'text'), { maxLength: 3 }),
  })

  const use = (transfer: Transfer, what: Wanted['uses'][number]): unknown =>
    what === 'text' ? transfer.text() : transfer[what]

  for (const encoding of [undefined, 'latin1', 'ascii', 'utf8', 'buffer'])
    it(`encoding ${encoding ?? 'auto'}: what was kept stays, what is asked for late is the same`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(wanted, { minLength: 2, maxLength: 6 }),
          fc.boolean(),
          async (all, isShared) => {
            await using curl = new ParallelCurl(1, { dedupe: isShared, ...(encoding && { encoding }) })
            const done: { want: Wanted; transfer: Transfer; kept: unknown[] }[] = []
            for (const want of all) {
              const asked = isShared ? 2 : 1
              for (let i = 0; i < asked; i++)
                void curl.startRequest(urlOf(want), (_content, _url, transfer) => {
                  // The second asker of a shared one keeps all.
                  const uses = i === 0 ? want.uses : (['body', 'text'] as const)
                  done.push({ want, transfer, kept: uses.map((what) => use(transfer, what)) })
                })
              await curl.finishAllRequests()
              await nextTurn()
            }
            expect(done).to.have.length(all.length * (isShared ? 2 : 1))
            for (const { want, transfer, kept } of done) {
              const bytes = bodyOf(want.seed, want.isAscii, LENGTH - want.less)
              const text = transfer.text()
              expect(transfer.errno).to.equal(want.isCut ? 18 : 0)
              expect(transfer.body.equals(bytes), 'the body, asked for late').to.equal(true)
              expect(transfer.text() === text, 'the text, asked for after it').to.equal(true)
              for (const value of kept) {
                if (Buffer.isBuffer(value))
                  expect(value.equals(bytes), 'the body that was kept').to.equal(true)
                else if (value !== null) expect(value === text, 'the text that was kept').to.equal(true)
              }
              if (want.charset === null && (encoding === undefined || encoding === 'latin1'))
                expect(text === bytes.toString('latin1'), 'the text').to.equal(true)
            }
          },
        ),
        { numRuns: 12 },
      )
    })

  /** The places that a body of this length leaves, the garbage collector permitting. */
  async function placeLeftBy(look: (transfer: Transfer) => void): Promise<Buffer | undefined> {
    const want = { seed: 7, isAscii: false, isChunked: false, isCut: false, charset: null, less: 0, uses: [] }
    while (takeSpare(LENGTH) !== undefined);
    await using curl = new ParallelCurl(1)
    let place: Buffer | undefined
    for (let i = 0; i < 5 && place === undefined; i++) {
      look(await curl.request(urlOf(want)))
      await nextTurn()
      place = takeSpare(LENGTH)
    }
    return place
  }

  it('is used again where only the text of a body is in use', async () => {
    expect(LENGTH).to.be.above(LARGE_PLACE)
    const place = await placeLeftBy((transfer) => expect(transfer.content).to.have.length(LENGTH))
    expect(place?.equals(bodyOf(7, false, LENGTH))).to.equal(true)
  })

  it('is not used again where the bytes of a body are in use, or its text is not', async () => {
    expect(await placeLeftBy(({ content, body }) => expect(content).to.have.length(body.length))).to.equal(
      undefined,
    )
    expect(
      await placeLeftBy(({ body, content }) => expect(body).to.have.length(content?.length ?? 0)),
    ).to.equal(undefined)
    expect(await placeLeftBy(() => undefined)).to.equal(undefined)
  })
})
