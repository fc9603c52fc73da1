/**
 * Bodies that become files: whole, continued, restarted, or not there at all; never a wrong one.
 */
import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { OptionError, ParallelCurl, type RequestOptions, type Transfer } from '../../../src/index.js'
import { runChild } from '../../support/programs/child.js'
import { patternBytes } from '../../support/servers/http-handlers.js'
import { startHttpServer, type HttpServer, type RecordedRequest } from '../../support/servers/http-server.js'
import { optionErrorOf, send, sendAlone } from '../../support/requests.js'
import { refusedPort } from '../../support/servers/tcp-server.js'

/** A file on the server, as it is when it is asked for. */
interface Served {
  bytes: Buffer
  etag?: string
  lastModified?: string
  /** What answers a range: the part (206), everything (200), nothing (416), or a part that is not the one (`wrong`). */
  ranges?: 'part' | 'ignored' | 'refused' | 'wrong' | 'ignoresIfRange'
  /** After how many bytes of each answer the connection ends; the last one stands for all later ones. */
  cuts?: (number | undefined)[]
}

const retry = { limit: 60, backoffMs: 0 }

describe('downloads', () => {
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
      answer(served, request, response, server.requests.length - 1)
    })
    return server.url('/served')
  }

  const download = async (url: string, options: RequestOptions): Promise<Transfer> =>
    (await sendAlone(url, { options })).transfer
  const inFolder = (): string[] => readdirSync(folder).sort()

  it('write bodies of every size, and leave memory empty', async () => {
    for (const size of [0, 1, 16_384, 1 << 20, (8 << 20) + 1]) {
      const { transfer, content } = await sendAlone(server.url(`/bytes/${size}`), {
        options: { output: file },
      })
      expect(transfer.error).to.equal('')
      expect(content).to.equal(null)
      expect(transfer.body.length).to.equal(0)
      expect(transfer.output).to.deep.equal({ path: file, size })
      expect(readFileSync(file).equals(patternBytes(size))).to.equal(true)
    }
    expect(inFolder()).to.deep.equal(['file.bin'])
  })

  it('run many at a time', async () => {
    const curl = new ParallelCurl(20)
    const sums = new Set<string>()
    for (let i = 0; i < 40; i++) {
      void curl.startRequest(server.url('/bytes/1000003'), null, i, null, { output: join(folder, String(i)) })
    }
    await curl.finishAllRequests()
    for (const name of inFolder()) sums.add(sha256(readFileSync(join(folder, name))))
    expect(inFolder()).to.have.length(40)
    expect([...sums]).to.deep.equal([sha256(patternBytes(1_000_003))])
    await curl.close()
  })

  it('appear only when they are complete, and replace what was there', async () => {
    writeFileSync(file, 'old')
    const curl = new ParallelCurl()
    const done = send(curl, server.url('/drip/slow?chunks=2'), { options: { output: file } })
    await server.gate('slow').waiting(1)
    expect(readFileSync(file, 'utf8')).to.equal('old')
    server.gate('slow').open()
    await done
    expect(readFileSync(file, 'utf8')).to.equal('chunk 1\nchunk 2\n')
    expect(inFolder()).to.deep.equal(['file.bin'])
    await curl.close()
  })

  it('leave nothing behind when they fail, and what was there as it was', async () => {
    writeFileSync(file, 'old')
    const transfer = await download(server.url('/truncate'), { output: file })
    expect(transfer.errno).to.equal(18)
    expect(transfer.output).to.equal(null)
    expect(inFolder()).to.deep.equal(['file.bin'])
    expect(readFileSync(file, 'utf8')).to.equal('old')
  })

  it('leave nothing behind when they are aborted', async () => {
    const curl = new ParallelCurl()
    const controller = new AbortController()
    const options = { output: file, signal: controller.signal }
    const done = send(curl, server.url('/drip/aborted?chunks=2'), { options })
    await server.gate('aborted').waiting(1)
    controller.abort()
    expect((await done).transfer.errno).to.equal(42)
    expect(inFolder()).to.deep.equal([])
    await curl.close()
  })

  it('do not take what says that there is no file', async () => {
    for (const status of [404, 500, 304]) {
      const { transfer, content } = await sendAlone(server.url(`/status/${status}`), {
        options: { output: file },
      })
      expect(transfer.output).to.equal(null)
      if (status !== 304) expect(content).to.equal(`status ${status}`)
      expect(transfer.responseCode).to.equal(status)
    }
    expect(inFolder()).to.deep.equal([])
  })

  it('are written decoded, and redirects leave nothing in them', async () => {
    const options = { output: file, FOLLOWLOCATION: true, ACCEPT_ENCODING: '' }
    const { transfer } = await sendAlone(server.url('/redirect-to?url=/gzip'), { options })
    expect(transfer.error).to.equal('')
    expect(readFileSync(file, 'utf8')).to.match(/^compressed, or so it came/)
  })

  it('ask a function when the answer begins', async () => {
    let seen: unknown
    const output = (transfer: Transfer): string => {
      seen = [transfer.responseCode, transfer.headers['content-type'], transfer.userData]
      return join(folder, 'named')
    }
    const { transfer } = await sendAlone(server.url('/bytes/5'), { userData: 'mine', options: { output } })
    expect(transfer.output?.path).to.equal(join(folder, 'named'))
    expect(seen).to.deep.equal([200, 'application/octet-stream', 'mine'])
  })

  it('fail where that function throws, with what it threw', async () => {
    const error = new Error('no name')
    const output = (): string => {
      throw error
    }
    const transfer = await download(server.url('/bytes/5000000'), { output })
    expect([transfer.errno, transfer.cause]).to.deep.equal([23, error])
    expect(transfer.error).to.include('no name')
  })

  it('fail once where nothing can be written, with the cause', async () => {
    for (const [output, why] of [
      [join(folder, 'missing', 'file'), 'ENOENT'],
      [folder, 'is there, and no file'],
      ['/dev/null', ''],
      ['/proc/nowhere', 'ENOENT'],
    ] as const) {
      const transfer = await download(server.url('/bytes/3000000'), { output, retry })
      expect(transfer.errno, output).to.equal(23)
      expect(transfer.error).to.include(why)
      expect(transfer.cause).to.be.instanceOf(Error)
      expect(transfer.attempts).to.have.length(1)
    }
    expect(inFolder()).to.deep.equal([])
  })

  it('fail where the disk is full, and free what they took of it', async function () {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
    // Only root may, and not in every container.
    if (status !== 0) return void this.skip()
    try {
      const transfer = await download(server.url('/bytes/30000000'), { output: join(disk, 'file'), retry })
      expect(transfer.errno).to.equal(23)
      expect((transfer.cause as NodeJS.ErrnoException).code).to.equal('ENOSPC')
      expect(readdirSync(disk)).to.deep.equal([])
    } finally {
      spawnSync('umount', [disk])
    }
  })

  it('do not follow a link in the place of a partial file', async () => {
    const target = join(folder, 'target')
    symlinkSync(target, `${file}.part`)
    const transfer = await download(server.url('/bytes/3000000'), { output: file, keepPartial: true })
    expect(transfer.errno).to.equal(23)
    expect((transfer.cause as NodeJS.ErrnoException).code).to.equal('ELOOP')
    expect(existsSync(target)).to.equal(false)
  })

  it('make folders where they are asked to', async () => {
    const output = join(folder, 'a', 'b', 'c')
    const transfer = await download(server.url('/bytes/5'), { output, createDirs: true })
    expect(transfer.output?.path).to.equal(output)
  })

  it('of every size, 20 at a time, need little memory', async function () {
    // 2.5 GiB take a minute and the disk; without them the same is shown smaller.
    const isSoak = process.env['PARALLELCURL_SOAK'] !== undefined
    this.timeout(isSoak ? 600_000 : 60_000)
    const sizes = [0, 1, 1 << 20, isSoak ? 2.5 * 2 ** 30 : 1 << 26]
    const sparse = join(folder, 'sparse')
    for (const size of sizes) {
      writeFileSync(`${sparse}-${size}`, '')
      truncateSync(`${sparse}-${size}`, size)
    }
    server.route(/^\/sparse-/, (request, response) => {
      const path = join(folder, request.path)
      response.setHeader('Content-Length', statSync(path).size)
      createReadStream(path, { highWaterMark: 1 << 18 }).pipe(response)
    })
    const child = await runChild(
      `import { readFileSync } from 'node:fs'
      import { ParallelCurl } from './src/index.js'
      const [, base, folder, ...sizes] = process.argv
      const curl = new ParallelCurl(20)
      const files = sizes.flatMap((size, kind) => Array.from({ length: kind === 3 ? 2 : 12 }, (_, i) => [size, i]))
      await Promise.all(files.map(async ([size, i]) => {
        const { output } = await curl.request(base + size, { output: folder + '/copy-' + size + '-' + i })
        if (output.size !== Number(size)) console.log('wrong size', output)
      }))
      // Of this process alone: what getrusage() says begins with the memory of the one that started it.
      console.log(readFileSync('/proc/self/status', 'utf8').match(/VmHWM:\\s*(\\d+)/)[1] >> 10)`,
      { args: [server.url('/sparse-'), folder, ...sizes.map(String)], killAfterMs: 600_000 },
    )
    expect([child.stderr, child.code]).to.deep.equal(['', 0])
    if (isSoak) console.log(`        ${child.stdout.trim()} MiB`)
    expect(Number(child.stdout)).to.be.below(150)
    for (const size of sizes) {
      const sum = await fileSum(`${sparse}-${size}`)
      expect(await fileSum(join(folder, `copy-${size}-0`))).to.equal(sum)
      expect(await fileSum(join(folder, `copy-${size}-1`))).to.equal(sum)
    }
  })

  describe('below outputDir', () => {
    it('refuse what leads out of it at once', () => {
      const curl = new ParallelCurl()
      for (const output of ['../x', '/etc/x', 'a/../../x', '..', '.', 'a/..']) {
        const error = optionErrorOf(
          () => void curl.startRequest(server.url('/bytes/5'), null, 0, null, { output, outputDir: folder }),
        )
        expect(error.option, output).to.equal('output')
      }
      for (const output of ['', 'a\0b', 5, null]) {
        optionErrorOf(() => void curl.startRequest(server.url(), null, 0, null, { output: output as string }))
      }
    })

    it('refuse what a function gives, and links among the parents', async () => {
      const outside = mkdtempSync(join(tmpdir(), 'outside-'))
      symlinkSync(outside, join(folder, 'link'))
      mkdirSync(join(folder, 'real'))
      symlinkSync(join(folder, 'real'), join(folder, 'inner'))
      for (const output of ['../x', '/etc/x', 'a\0b', 'link/x', 'link/y/x', 'real/']) {
        const options = { output: () => output, outputDir: folder, createDirs: true }
        const transfer = await download(server.url('/bytes/5'), options)
        expect(transfer.errno, output).to.equal(23)
        expect(transfer.cause).to.be.instanceOf(OptionError)
      }
      expect(readdirSync(outside)).to.deep.equal([])
      const inner = await download(server.url('/bytes/5'), { output: 'inner/x', outputDir: folder })
      expect(inner.output?.path).to.equal(join(folder, 'real', 'x'))
      rmSync(outside, { recursive: true })
    })

    it('replace a link in the place of the file, and not what it points to', async () => {
      const target = join(folder, 'target')
      writeFileSync(target, 'precious')
      symlinkSync(target, join(folder, 'link'))
      await download(server.url('/bytes/5'), { output: 'link', outputDir: folder })
      expect(readFileSync(target, 'utf8')).to.equal('precious')
      expect(readFileSync(join(folder, 'link')).equals(patternBytes(5))).to.equal(true)
    })

    it('take names from servers, tamed', async () => {
      const names: [header: string | null, path: string, name: string][] = [
        [null, '/named/a%20b.txt?c/d', 'a b.txt'],
        [null, '/named/', 'download'],
        [null, '/named/%2e%2e%2fx', 'x'],
        ['attachment; filename="x.pdf"', '/named/y', 'x.pdf'],
        ["attachment; filename=y.pdf; filename*=UTF-8''%c5%af.pdf", '/named/y', 'ů.pdf'],
        ['attachment; filename="../../etc/passwd"', '/named/y', 'passwd'],
        ['attachment; filename="..\\\\..\\\\evil.exe"', '/named/y', 'evil.exe'],
        ['attachment; filename=".bashrc"', '/named/y', '_bashrc'],
        ['attachment; filename=".."', '/named/y', 'y'],
        [`attachment; filename="${'n'.repeat(300)}.txt"`, '/named/y', `${'n'.repeat(196)}.txt`],
      ]
      for (const [header, path, name] of names) {
        server.route(/^\/named/, (_request, response) => {
          if (header !== null) response.setHeader('Content-Disposition', header)
          response.end('x')
        })
        const transfer = await download(server.url(path), { output: true, outputDir: folder })
        expect(transfer.error).to.equal('')
        expect(transfer.output?.path).to.equal(join(folder, name))
      }
    })
  })

  describe('that are cut', () => {
    const bytes = patternBytes(1_000_000)

    it('continue where they were, when they are tried again', async () => {
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

    it('are right after cuts anywhere', async () => {
      // 50 cuts in one download, at points from the bytes themselves.
      const cuts = Array.from({ length: 50 }, (_, i) => ((bytes[i * 997] ?? 0) * 157) % 20_011)
      const url = serve({ bytes, etag: '"1"', cuts: [...cuts, undefined] })
      const transfer = await download(url, { output: file, retry })
      expect(transfer.error).to.equal('')
      expect(transfer.attempts).to.have.length(51)
      expect(readFileSync(file).equals(bytes)).to.equal(true)
    })

    it('begin anew where they cannot be continued', async () => {
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

    it('begin anew where the file has changed meanwhile', async () => {
      const other = Buffer.from(bytes).reverse()
      for (const ranges of ['part', 'ignoresIfRange'] as const) {
        server.forget()
        const served: Served = { bytes, etag: '"1"', ranges, cuts: [100_000, undefined] }
        server.route('/changing', (request, response) => {
          const index = server.requests.length - 1
          if (index > 0) Object.assign(served, { bytes: other, etag: '"2"' })
          answer(served, request, response, index)
        })
        const transfer = await download(server.url('/changing'), { output: file, retry })
        expect(transfer.error).to.equal('')
        expect(readFileSync(file).equals(other)).to.equal(true)
      }
    })

    it('fail where nobody asked to try again', async () => {
      const url = serve({ bytes, etag: '"1"', cuts: [100_000] })
      expect((await download(url, { output: file })).errno).to.equal(18)
      expect(inFolder()).to.deep.equal([])
    })

    it('are not mistaken for the answers that came between', async () => {
      const served: Served = { bytes, etag: '"1"', cuts: [100_000, undefined] }
      server.route('/busy', (request, response) => {
        const index = server.requests.length - 1
        if (index % 2 === 1) response.writeHead(503).end('busy')
        else answer(served, request, response, index / 2)
      })
      const transfer = await download(server.url('/busy'), { output: file, retry })
      expect(transfer.attempts.map(({ responseCode }) => responseCode)).to.deep.equal([200, 503, 206])
      expect(readFileSync(file).equals(bytes)).to.equal(true)
    })
  })

  describe('with resume', () => {
    const bytes = patternBytes(1_000_000)

    async function leave(at: number, served: Partial<Served> = {}): Promise<void> {
      const url = serve({ bytes, etag: '"1"', cuts: [at], ...served })
      const transfer = await download(url, { output: file, resume: true })
      expect(transfer.errno).to.equal(18)
      server.forget()
    }

    it('continue what an earlier one has left, from any point', async () => {
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

    it('give a right file whatever the server has by then', async () => {
      const other = patternBytes(900_000).reverse()
      const cases: Partial<Served>[] = [
        { bytes: other, etag: '"2"' },
        { bytes: other, etag: '"2"', ranges: 'ignoresIfRange' },
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

    it('keep what there is where the server has no answer', async () => {
      await leave(500_000)
      const transfer = await download(server.url('/status/500'), { output: file, resume: true })
      expect(transfer.responseCode).to.equal(500)
      expect(statSync(`${file}.part`).size).to.equal(500_000)
    })

    it('begin anew where the notes are gone, broken, or of another URL', async () => {
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

    it('never continue what was decoded', async () => {
      const options = { output: file, resume: true, ACCEPT_ENCODING: '' }
      const url = serve({ bytes, etag: '"1"', cuts: [400_000] })
      expect((await download(url, options)).errno).to.equal(18)
      server.forget()
      await download(serve({ bytes, etag: '"1"' }), { output: file, resume: true })
      expect(server.requests[0]?.headers.range).to.equal(undefined)
      expect(readFileSync(file).equals(bytes)).to.equal(true)
    })

    it('write no password beside the file', async () => {
      const url = serve({ bytes, etag: '"1"', cuts: [10] }).replace('://', '://user:secret@')
      await download(url, { output: file, resume: true })
      expect(readFileSync(`${file}.part.json`, 'latin1')).to.not.include('secret')
    })

    it('leave the file to the next one, and what there was of it, when they fail before a body comes', async () => {
      const curl = new ParallelCurl(1)
      const options = { output: file, resume: true }
      const wrong = [`http://127.0.0.1:${String(await refusedPort())}/`, server.url('/status/404')]
      for (const url of wrong) await send(curl, url, { options })
      const { transfer } = await send(curl, server.url('/bytes/5'), { options })
      expect([transfer.error, transfer.output?.size]).to.deep.equal(['', 5])
      await curl.close()
    })

    it('let two transfers not write to the same file', async () => {
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

async function fileSum(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function answer(served: Served, request: RecordedRequest, response: ServerResponse, index: number): void {
  const { bytes, etag, lastModified, ranges = 'part', cuts = [undefined] } = served
  if (etag !== undefined) response.setHeader('ETag', etag)
  if (lastModified !== undefined) response.setHeader('Last-Modified', lastModified)
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
  const ifRange = request.headers['if-range']
  const isSame = ranges !== 'part' || ifRange === undefined || ifRange === etag || ifRange === lastModified
  let from = 0
  if (range !== null && ranges === 'refused') {
    response.writeHead(416, { 'Content-Range': `bytes */${bytes.length}` }).end('no such range')
    return
  }
  if (range !== null && isSame && ranges !== 'ignored') {
    from = Number(range[1])
    const said = ranges === 'wrong' ? from + 1 : from
    response.setHeader('Content-Range', `bytes ${said}-${bytes.length - 1}/${bytes.length}`)
    response.statusCode = 206
  }
  const body = bytes.subarray(from)
  response.setHeader('Content-Length', body.length)
  const cut = index < cuts.length ? cuts[index] : cuts.at(-1)
  if (cut === undefined || cut >= body.length) {
    response.end(body)
    return
  }
  response.flushHeaders()
  if (cut === 0) response.socket?.end()
  else response.write(body.subarray(0, cut), () => response.socket?.end())
}
