/**
 * A download in segments beside other requests: limits, retries, aborts, and what cannot be written. The
 * request is one transfer all the same. Does not know what servers do to ranges.
 */
import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ParallelCurl, type Transfer } from '../../../../src/index.js'
import { send } from '../../../support/requests.js'
import { bytes, FIRST, MIB, others, retry, SegmentsPlace } from '../../../support/segments.js'
import { serveFile, type Served } from '../../../support/servers/http/served-file.js'

describe('a download in segments under way', () => {
  const at = new SegmentsPlace()

  it('is aborted as one transfer, and keeps what it has if that is wanted', async () => {
    for (const resume of [false, true]) {
      const name = `abort${String(resume)}`
      const url = at.serve(at.holding({ bytes, etag: '"1"' }, name))
      const curl = new ParallelCurl(10)
      const controller = new AbortController()
      const { signal } = controller
      const options = { output: at.file, segments: 4, resume, signal }
      const outcome = send(curl, url, { options })
      await at.server.gate(name).waiting(3)
      controller.abort(new Error('enough'))
      const { transfer } = await outcome
      expect([transfer.errno, (transfer.cause as Error).message]).to.deep.equal([42, 'enough'])
      expect(transfer.output).to.equal(null)
      await curl.close()
      await at.server.waitForIdle()
      expect(at.inFolder()).to.deep.equal(resume ? ['file.bin.part', 'file.bin.part.json'] : [])
      expect(curl.stats()).to.deep.include({ done: 1, failed: 1, inFlight: 0, pending: 0 })
    }
    const transfer = await at.download(at.serve(at.served({ bytes, etag: '"1"' })), { resume: true })
    expect([at.isRight(), transfer.receivedBytes < bytes.length]).to.deep.equal([true, true])
  })

  it('is ended by abort(), by its time limit, and before it is sent', async () => {
    const url = at.serve(at.holding({ bytes, etag: '"1"' }, 'ends'))
    const curl = new ParallelCurl(10)
    const options = { output: at.file, segments: 4 }
    const first = send(curl, url, { options })
    await at.server.gate('ends').waiting(3)
    curl.abort(new Error('all'))
    expect((await first).transfer.errno).to.equal(42)
    const late = await send(curl, url, { options: { ...options, totalTimeoutMs: 100 } })
    expect(late.transfer.errno).to.equal(28)
    const aborted = { ...options, signal: AbortSignal.abort(new Error('before')) }
    expect((await send(curl, url, { options: aborted })).transfer.errno).to.equal(42)
    await curl.close()
    expect(curl.inspect()).to.deep.include({ live: 0 })
    expect(at.inFolder()).to.deep.equal([])
  })

  it('keeps to the limits of a host: each of its requests counts', async () => {
    const url = at.serve(at.served({ bytes, etag: '"1"' }))
    const curl = new ParallelCurl(10, { maxRequestsPerHost: 2 })
    const options = { output: at.file, segments: 6 }
    const { transfer } = await send(curl, url, { options })
    await curl.close()
    expect([transfer.error, at.isRight()]).to.deep.equal(['', true])
    expect(at.server.peakInFlight).to.be.at.most(2)
    expect(at.ranges).to.have.length(6)
  })

  it('comes before requests that were not sent yet', async () => {
    const url = at.serve(at.served({ bytes, etag: '"1"' }))
    const curl = new ParallelCurl(1)
    const options = { output: at.file, segments: 3 }
    const outcome = send(curl, url, { options })
    const other = send(curl, at.server.url('/echo'))
    await Promise.all([outcome, other])
    await curl.close()
    expect(at.isRight()).to.equal(true)
    expect(at.server.requests.map(({ path }) => path).at(-1)).to.equal('/echo')
  })

  it('retries each segment by its policy', async () => {
    const url = at.serve(at.served({ bytes, etag: '"1"', cuts: [undefined, 0, 1000, 0, 2000, 0, undefined] }))
    const transfer = await at.download(url, { retry })
    expect([transfer.error, at.isRight(), transfer.errno]).to.deep.equal(['', true, 0])
  })

  it('asks the function that names the file with the request and the first response', async () => {
    const url = at.serve(at.served({ bytes, etag: '"1"' }))
    const seen: unknown[] = []
    const output = (transfer: Transfer): string => {
      seen.push(transfer.userData, transfer.responseCode, transfer.headers['etag'], transfer.effectiveUrl)
      return at.file
    }
    const transfer = await at.download(url, { output }, 'mine')
    expect([transfer.error, at.isRight()]).to.deep.equal(['', true])
    expect(seen).to.deep.equal(['mine', 206, '"1"', url])
    const thrown = await at.download(url, {
      output: () => {
        throw new Error('no name')
      },
    })
    expect([thrown.errno, (thrown.cause as Error).message]).to.deep.equal([23, 'no name'])
  })

  it('takes the name that the server gives', async () => {
    const url = at.serve((request, response, server) => {
      response.setHeader('Content-Disposition', 'attachment; filename="named.bin"')
      at.served({ bytes, etag: '"1"' })(request, response, server)
    })
    const transfer = await at.download(url, { output: true, outputDir: at.place.folder })
    expect(transfer.output?.path).to.equal(join(at.place.folder, 'named.bin'))
    const again = await at.download(url, { output: true, outputDir: at.place.folder })
    expect([again.errno, again.error]).to.deep.equal([23, again.error])
    expect(again.error).to.match(/exists already/)
  })

  it('fails once if the disk is full or the file cannot be written', async function () {
    const missing = await at.download(at.serve(at.served({ bytes, etag: '"1"' })), {
      output: join(at.place.folder, 'missing', 'file'),
    })
    expect([missing.errno, (missing.cause as NodeJS.ErrnoException).code]).to.deep.equal([23, 'ENOENT'])
    mkdirSync(at.file)
    const taken = await at.download(at.serve(at.served({ bytes, etag: '"1"' })))
    expect([taken.errno, at.inFolder()]).to.deep.equal([23, ['file.bin']])
    const disk = join(at.place.folder, 'disk')
    mkdirSync(disk)
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk])
    // Only root may, and not in every container.
    if (status !== 0) return void this.skip()
    try {
      for (const resume of [false, true]) {
        at.server.forget()
        const transfer = await at.download(at.serve(at.served({ bytes, etag: '"1"' })), {
          output: join(disk, 'file'),
          resume,
          keepPartial: false,
          retry,
        })
        expect(transfer.errno).to.equal(23)
        expect((transfer.cause as NodeJS.ErrnoException).code).to.equal('ENOSPC')
        expect(readdirSync(disk)).to.deep.equal([])
        expect(at.ranges.length).to.be.at.most(5)
      }
    } finally {
      spawnSync('umount', [disk])
    }
  })

  it('fails by the limits of a body as a download by one request does', async () => {
    const url = at.serve(at.served({ bytes, etag: '"1"' }))
    for (const limit of [{ maxBodySize: 2 * MIB }, { MAXFILESIZE_LARGE: 2 * MIB }]) {
      at.server.forget()
      const transfer = await at.download(url, limit)
      expect([transfer.errno, at.inFolder()]).to.deep.equal([63, []])
      expect(at.ranges).to.deep.equal([FIRST, undefined])
    }
  })

  it('has one outcome and a right file or none, whatever servers and callers do at random', async function () {
    this.timeout(300_000)
    const rounds = process.env['PARALLELCURL_SOAK'] === undefined ? 3 : 100
    let versions = 1
    const files = Array.from({ length: 12 }, () => ({ bytes, etag: '"1"' }))
    at.server.route(/^\/file\/\d+/, (request, response) => {
      const file = files[Number(request.path.slice(6))] as Served
      const isChanged = Math.random() < 0.02
      if (isChanged)
        Object.assign(file, { bytes: file.bytes === bytes ? others : bytes, etag: `"${++versions}"` })
      const kind = Math.random()
      if (kind < 0.05) response.writeHead(503).end('busy')
      else if (kind < 0.1) response.socket?.destroy()
      else {
        const cuts = [Math.random() < 0.3 ? Math.floor(Math.random() * 2e6) : undefined]
        serveFile({ ...file, cuts, ranges: kind < 0.15 ? 'ignored' : 'part' }, request, response, 0)
      }
    })
    for (let round = 0; round < rounds; round++) {
      const curl = new ParallelCurl(1 + Math.floor(Math.random() * 20), { retry: { limit: 3, backoffMs: 1 } })
      const outcomes = files.map(async (_file, i) => {
        const signal = Math.random() < 0.5 ? AbortSignal.timeout(Math.ceil(Math.random() * 150)) : undefined
        const output = join(at.place.folder, `file${i}`)
        const options = {
          output,
          segments: 1 + Math.floor(Math.random() * 6),
          resume: Math.random() < 0.7,
          signal,
        }
        const { transfer } = await send(curl, at.server.url(`/file/${i}`), { options })
        if (transfer.output === null) return
        const found = readFileSync(output)
        expect(found.equals(bytes) || found.equals(others), 'a right file').to.equal(true)
      })
      await Promise.all(outcomes)
      await curl.close()
      expect(curl.stats()).to.deep.include({ pending: 0, delayed: 0, inFlight: 0, done: files.length })
      expect([curl.inspect().live, curl.inspect().scheduled.length]).to.deep.equal([0, 0])
      expect(at.inFolder().filter((name) => name.startsWith('.'))).to.deep.equal([])
    }
  })
})
