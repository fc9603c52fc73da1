/**
 * Downloads that are continued: after a cut, or by a later run. The file is right, whatever the server has by
 * then.
 */
import { expect } from 'chai'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ParallelCurl, type RequestOptions, type Transfer } from '../../../../src/index.js'
import { patternBytes } from '../../../support/servers/http/http-handlers.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'
import { send, sendAlone } from '../../../support/requests.js'
import { serveFile, type Served } from '../../../support/servers/http/served-file.js'
import { refusedPort } from '../../../support/servers/tcp-server.js'

const retry = { limit: 60, backoffMs: 0 }

describe('downloads that are continued', () => {
  let server: HttpServer
  let folder: string
  let file: string
  before(async () => {
    server = await startHttpServer()
  })
  beforeEach(() => {
    server.forget()
    folder = mkdtempSync(join(tmpdir(), 'downloads-'))
    file = join(folder, 'file.bin')
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })
  after(() => server.close())

  function serve(served: Served): string {
    server.route('/served', (request, response) => {
      serveFile(served, request, response, server.requests.length - 1)
    })
    return server.url('/served')
  }

  const download = async (url: string, options: RequestOptions): Promise<Transfer> =>
    (await sendAlone(url, { options })).transfer
  const inFolder = (): string[] => readdirSync(folder).sort()

  describe('downloads that are cut', () => {
    const bytes = patternBytes(1_000_000)

    it('continue at the cut in the next attempt', async () => {
      const url = serve({ bytes, etag: '"1"', cuts: [100_000, 0, 300_000, undefined] })
      const transfer = await download(url, { output: file, retry })
      expect(transfer.error).to.equal('')
      expect(transfer.output?.size).to.equal(bytes.length)
      expect(readFileSync(file).equals(bytes)).to.equal(true)
      const ranges = server.requests.map(({ headers }) => [headers.range, headers['if-range']])
      expect(ranges).to.deep.equal([
        [undefined, undefined],
        ['bytes=100000-', '"1"'],
        ['bytes=100000-', '"1"'],
        ['bytes=400000-', '"1"'],
      ])
    })

    it('write the right file, wherever they are cut', async () => {
      // 50 cuts in one download, at points from the bytes themselves.
      const cuts = Array.from({ length: 50 }, (_, i) => ((bytes[i * 997] ?? 0) * 157) % 20_011)
      const url = serve({ bytes, etag: '"1"', cuts: [...cuts, undefined] })
      const transfer = await download(url, { output: file, retry })
      expect(transfer.error).to.equal('')
      expect(transfer.attempts).to.have.length(51)
      expect(readFileSync(file).equals(bytes)).to.equal(true)
    })

    it('start again from the first byte if the server cannot continue', async () => {
      const old = { 'Last-Modified': 'Mon, 01 Jan 2024 00:00:00 GMT' }
      const cases: [what: string, served: Partial<Served>][] = [
        ['no validator', {}],
        ['weak etag', { etag: 'W/"1"' }],
        ['ranges ignored', { etag: '"1"', ranges: 'ignored' }],
        ['416', { etag: '"1"', ranges: 'refused' }],
        ['another part', { etag: '"1"', ranges: 'wrong' }],
        ['date', { lastModified: old['Last-Modified'] }],
      ]
      for (const [what, served] of cases) {
        server.forget()
        const url = serve({ bytes, cuts: [100_000, undefined], ...served })
        const transfer = await download(url, { output: file, retry })
        expect(transfer.error, what).to.equal('')
        expect(readFileSync(file).equals(bytes), what).to.equal(true)
        rmSync(file)
      }
      expect(server.requests[1]?.headers['if-range']).to.equal(old['Last-Modified'])
    })

    it('start again from the first byte if the file has changed on the server', async () => {
      const other = Buffer.from(bytes).reverse()
      for (const ranges of ['part', 'ignoresIfRange'] as const) {
        server.forget()
        const served: Served = { bytes, etag: '"1"', ranges, cuts: [100_000, undefined] }
        server.route('/changing', (request, response) => {
          const index = server.requests.length - 1
          if (index > 0) Object.assign(served, { bytes: other, etag: '"2"' })
          serveFile(served, request, response, index)
        })
        const transfer = await download(server.url('/changing'), { output: file, retry })
        expect(transfer.error).to.equal('')
        expect(readFileSync(file).equals(other)).to.equal(true)
      }
    })

    it('fail without retries', async () => {
      const url = serve({ bytes, etag: '"1"', cuts: [100_000] })
      expect((await download(url, { output: file })).errno).to.equal(18)
      expect(inFolder()).to.deep.equal([])
    })

    it('do not append the bodies of error responses between two attempts', async () => {
      const served: Served = { bytes, etag: '"1"', cuts: [100_000, undefined] }
      server.route('/busy', (request, response) => {
        const index = server.requests.length - 1
        if (index % 2 === 1) response.writeHead(503).end('busy')
        else serveFile(served, request, response, index / 2)
      })
      const transfer = await download(server.url('/busy'), { output: file, retry })
      expect(transfer.attempts.map(({ responseCode }) => responseCode)).to.deep.equal([200, 503, 206])
      expect(readFileSync(file).equals(bytes)).to.equal(true)
    })
  })

  describe('downloads with resume', () => {
    const bytes = patternBytes(1_000_000)

    async function leave(at: number, served: Partial<Served> = {}): Promise<void> {
      const url = serve({ bytes, etag: '"1"', cuts: [at], ...served })
      const transfer = await download(url, { output: file, resume: true })
      expect(transfer.errno).to.equal(18)
      server.forget()
    }

    it('continue the partial file of an earlier download, from any length', async () => {
      for (let i = 1; i <= 50; i++) {
        const at = (i * 7919 * 13) % bytes.length
        await leave(at)
        expect(statSync(`${file}.part`).size).to.equal(at)
        expect(existsSync(file)).to.equal(false)
        const url = serve({ bytes, etag: '"1"' })
        const transfer = await download(url, { output: file, resume: true })
        expect(transfer.output?.size).to.equal(bytes.length)
        expect(server.requests[0]?.headers.range).to.equal(`bytes=${at}-`)
        expect(readFileSync(file).equals(bytes)).to.equal(true)
        expect(inFolder()).to.deep.equal(['file.bin'])
        rmSync(file)
      }
    })

    it('leave no range on the handle, which the next requests use', async () => {
      await leave(1000)
      const url = serve({ bytes, etag: '"1"' })
      const curl = new ParallelCurl(1)
      try {
        const next = join(folder, 'next.bin')
        const given = [
          { output: file, resume: true },
          { output: next },
          { responseType: 'none' },
          {},
        ] as const
        const done = []
        for (const options of given) done.push(await curl.request(url, options))
        expect(curl.inspect().created).to.equal(1)
        expect(server.requests.map(({ headers }) => headers.range)).to.deep.equal([
          'bytes=1000-',
          undefined,
          undefined,
          undefined,
        ])
        expect(done.map(({ body }) => body.length)).to.deep.equal([0, 0, 0, bytes.length])
        expect(readFileSync(file).equals(bytes)).to.equal(true)
        expect(readFileSync(next).equals(bytes)).to.equal(true)
      } finally {
        await curl.close()
      }
    })

    it('write the right file, whatever the server has by then', async () => {
      const other = patternBytes(900_000).reverse()
      const cases: Partial<Served>[] = [
        { bytes: other, etag: '"2"' },
        { bytes: other, etag: '"2"', ranges: 'ignoresIfRange' },
        { bytes: Buffer.from(bytes).reverse(), ranges: 'ignoresIfRange' },
        { bytes: other, etag: '"2"', ranges: 'ignored' },
        { bytes: other, etag: '"2"', ranges: 'refused' },
        { bytes: other, etag: '"2"', ranges: 'wrong' },
        { bytes: other.subarray(0, 1000), etag: '"2"', ranges: 'refused' },
      ]
      for (const served of cases) {
        await leave(500_000)
        const wanted = served.bytes as Buffer
        const transfer = await download(serve({ bytes, ...served }), { output: file, resume: true })
        expect(transfer.error).to.equal('')
        expect(readFileSync(file).equals(wanted)).to.equal(true)
        rmSync(file)
      }
    })

    it('keep the partial file if the server does not respond', async () => {
      await leave(500_000)
      const transfer = await download(server.url('/status/500'), { output: file, resume: true })
      expect(transfer.responseCode).to.equal(500)
      expect(statSync(`${file}.part`).size).to.equal(500_000)
    })

    it('start again if the notes about the partial file are missing, broken or for another URL', async () => {
      const notes = `${file}.part.json`
      for (const text of [null, '{', '{}', readless()]) {
        await leave(500_000)
        if (text === null) rmSync(notes)
        else writeFileSync(notes, text)
        const transfer = await download(serve({ bytes, etag: '"1"' }), { output: file, resume: true })
        expect(server.requests[0]?.headers.range).to.equal(undefined)
        expect(transfer.output?.size).to.equal(bytes.length)
        expect(readFileSync(file).equals(bytes)).to.equal(true)
      }
    })

    it('never continue a file that was decompressed', async () => {
      const options = { output: file, resume: true, ACCEPT_ENCODING: '' }
      const url = serve({ bytes, etag: '"1"', cuts: [400_000] })
      expect((await download(url, options)).errno).to.equal(18)
      server.forget()
      await download(serve({ bytes, etag: '"1"' }), { output: file, resume: true })
      expect(server.requests[0]?.headers.range).to.equal(undefined)
      expect(readFileSync(file).equals(bytes)).to.equal(true)
    })

    it('write no password into the notes beside the file', async () => {
      const url = serve({ bytes, etag: '"1"', cuts: [10] }).replace('://', '://user:secret@')
      await download(url, { output: file, resume: true })
      expect(readFileSync(`${file}.part.json`, 'latin1')).to.not.include('secret')
    })

    it('keep and release the partial file when they fail before a body arrives', async () => {
      const curl = new ParallelCurl(1)
      const options = { output: file, resume: true }
      const wrong = [`http://127.0.0.1:${String(await refusedPort())}/`, server.url('/status/404')]
      for (const url of wrong) await send(curl, url, { options })
      const { transfer } = await send(curl, server.url('/bytes/5'), { options })
      expect([transfer.error, transfer.output?.size]).to.deep.equal(['', 5])
      await curl.close()
    })

    it('refuse a second transfer to the same file', async () => {
      const curl = new ParallelCurl()
      const options = { output: file, resume: true }
      const first = send(curl, server.url('/drip/both?chunks=2'), { options })
      await server.gate('both').waiting(1)
      const second = await send(curl, server.url('/bytes/5'), { options })
      expect(second.transfer.errno).to.equal(23)
      expect(second.transfer.error).to.include('another transfer')
      server.gate('both').open()
      expect((await first).transfer.error).to.equal('')
      await curl.close()
    })
  })
})

/** Notes of another URL. */
function readless(): string {
  return JSON.stringify({
    url: 'other',
    entity: { validator: '"1"', etag: '"1"', lastModified: null, total: null, encoding: null },
  })
}
