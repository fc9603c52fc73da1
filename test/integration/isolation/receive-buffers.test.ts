/** The receive buffer of a handle fits the next request, whatever connection the last one had (D26). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { keepsBuffers } from '../../../src/engine/request/reset-leftovers.js'
import { ParallelCurl } from '../../../src/index.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import {
  largeHeadsBody,
  type LargeHeadsServer,
  startLargeHeads,
} from '../../support/servers/http2/large-heads.js'
import { type Options, send } from '../../support/requests.js'

const HTTP_2 = 3
const handlesOf = (curl: ParallelCurl): { created: number; idle: number } => curl.inspect()

describe('a handle that had another connection', () => {
  let server: HttpServer
  let folder: string
  before(async () => {
    server = await startHttpServer()
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  })
  after(async () => {
    rmSync(folder, { recursive: true })
    await server.close()
  })
  beforeEach(() => server.forget())

  describe('D26: receive buffers', () => {
    let heads: LargeHeadsServer
    let CAINFO: string
    before(async () => {
      heads = await startLargeHeads()
      CAINFO = join(folder, 'heads.pem')
      writeFileSync(CAINFO, heads.authority)
    })
    after(async () => heads[Symbol.asyncDispose]())

    /** Asks for all of them at once, and expects each body to be its own. */
    async function expectOwnBodies(curl: ParallelCurl, count: number, options: Options = {}): Promise<void> {
      const outcomes = await Promise.all(
        Array.from({ length: count }, async (_, i) => {
          const bytes = 1 + ((i * 7919) % 30_000)
          const { transfer, content, read } = await send(curl, heads.url(i, 20 + (i % 70), bytes), {
            options,
            read: (transfer) => transfer.getInfo('HTTP_VERSION'),
          })
          return { error: transfer.error, isRight: content === largeHeadsBody(i, bytes), version: read }
        }),
      )
      expect(outcomes).to.deep.equal(
        Array.from({ length: count }, () => ({ error: '', isRight: true, version: HTTP_2 })),
      )
    }

    it('have the right size for the next transfer of a handle that left a shared HTTP/2 connection', async () => {
      await using curl = new ParallelCurl(20, { CAINFO })
      await expectOwnBodies(curl, 60)
      // Other options than before: each handle is reset, or, where that does not help, replaced.
      const { created } = handlesOf(curl)
      await expectOwnBodies(curl, 60, { AUTOREFERER: true })
      if (!keepsBuffers) expect(handlesOf(curl).created).to.equal(created)
      await expectOwnBodies(curl, 60)
    })

    it('hold the headers of a response, with any number in flight and any BUFFERSIZE', async function () {
      this.timeout(60_000)
      // Of more than 256, each has a small one, where they are not shared.
      for (const [limit, options] of [
        [300, {}],
        [20, { BUFFERSIZE: 1024 }],
        [20, { BUFFERSIZE: 16_384, FOLLOWLOCATION: true }],
      ] as const) {
        await using curl = new ParallelCurl(limit, { CAINFO, ...options })
        await expectOwnBodies(curl, 60)
      }
      await using curl = new ParallelCurl(300, { CAINFO })
      // Made for HTTP in cleartext.
      await send(curl, server.url('/echo'))
      await expectOwnBodies(curl, 60)
      await using own = new ParallelCurl(20, { CAINFO })
      await expectOwnBodies(own, 60, { BUFFERSIZE: 2048 })
    })

    it('never mix bodies, with one request in twelve broken off', async function () {
      this.timeout(120_000)
      const count = Number(process.env['PARALLELCURL_HEADS'] ?? 600)
      await using curl = new ParallelCurl(40, { CAINFO })
      const wrong: string[] = []
      let outcomes = 0
      for (let i = 0; i < count; i++) {
        const bytes = 1 + ((i * 7919) % 30_000)
        const soon = 1 + (i % 50)
        const ends: Options[] = [
          { signal: AbortSignal.timeout(soon) },
          { TIMEOUT_MS: soon },
          { maxBodySize: 1 },
        ]
        await curl.startRequest(
          heads.url(i, 20 + (i % 70), bytes),
          (content, _url, { errno }) => {
            outcomes++
            if (errno === 0 && content !== largeHeadsBody(i, bytes))
              wrong.push(`${String(i)}: ${String(content)}`)
          },
          undefined,
          null,
          i % 12 === 0 ? ends[(i / 12) % ends.length] : {},
        )
      }
      await curl.finishAllRequests()
      expect({ outcomes, wrong }).to.deep.equal({ outcomes: count, wrong: [] })
    })
  })
})
