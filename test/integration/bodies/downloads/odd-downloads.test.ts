/**
 * Downloads from servers that answer oddly: endless errors (D4), a part with status 200 (D18), less than the
 * range (D19), names that exist (B6). Does not know how files are written.
 */
import { expect } from 'chai'
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { ParallelCurl } from '../../../../src/index.js'
import { patternBytes } from '../../../support/servers/http/http-handlers.js'
import type { HttpServer } from '../../../support/servers/http/http-server.js'
import { download, withDownloadPlace } from '../../../support/downloads.js'

const TOTAL = 20_000
const CUT = 5000
const whole = patternBytes(TOTAL)

describe('downloads from odd servers', () => {
  let server: HttpServer
  let folder: string
  let file: string
  withDownloadPlace((place) => {
    ;({ server, folder, file } = place)
  })

  /** The whole of it, cut; then what `answer` makes of each range. */
  const cutOnce = (answer: (from: number, response: ServerResponse) => void): void => {
    server.route('/odd', (request, response) => {
      response.setHeader('ETag', '"a"')
      const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
      if (range !== null) {
        answer(Number(range[1]), response)
        return
      }
      if (server.requests.length > 1) {
        response.end(whole)
        return
      }
      response.setHeader('Content-Length', TOTAL)
      response.write(whole.subarray(0, CUT), () => response.destroy())
    })
  }
  const part = (response: ServerResponse, status: number, from: number, end: number): void => {
    response.writeHead(status, {
      'Content-Range': `bytes ${from}-${end - 1}/${TOTAL}`,
      'Content-Length': end - from,
    })
    response.end(whole.subarray(from, end))
  }
  const ranges = (): (string | undefined)[] => server.requests.map(({ headers }) => headers.range)

  for (const options of [{}, { resume: true }]) {
    it(`use Content-Range of a part that comes with status 200 (D18) ${JSON.stringify(options)}`, async () => {
      cutOnce((from, response) => {
        part(response, 200, from, TOTAL)
      })
      const transfer = await download(server.url('/odd'), {
        output: file,
        retry: { limit: 4, backoffMs: 0 },
        ...options,
      })
      expect([transfer.errno, transfer.output?.size]).to.deep.equal([0, TOTAL])
      expect(readFileSync(file).equals(whole)).to.equal(true)
      expect(ranges()).to.deep.equal([undefined, `bytes=${CUT}-`])
    })
  }

  it('start again if a part with status 200 is not the requested one (D18)', async () => {
    cutOnce((_from, response) => {
      part(response, 200, CUT + 1000, TOTAL)
    })
    const transfer = await download(server.url('/odd'), { output: file, retry: { limit: 4, backoffMs: 0 } })
    expect([transfer.errno, transfer.output?.size]).to.deep.equal([0, TOTAL])
    expect(readFileSync(file).equals(whole)).to.equal(true)
  })

  it('fail with errno 18 if the server sends a part without a request for one, with status 206 or 200 (D18)', async () => {
    for (const status of [200, 206]) {
      server.route('/part', (_request, response) => {
        part(response, status, CUT, TOTAL)
      })
      writeFileSync(file, 'good')
      const transfer = await download(server.url('/part'), { output: file })
      expect([status, transfer.errno, transfer.output]).to.deep.equal([status, 18, null])
      expect(transfer.error).to.include('a part of the file although the whole file was requested')
      expect(readFileSync(file, 'utf8')).to.equal('good')
    }
  })

  it('accept a range that is the whole file as the whole file (D18)', async () => {
    server.route('/all', (_request, response) => {
      part(response, 200, 0, TOTAL)
    })
    const transfer = await download(server.url('/all'), { output: file })
    expect([transfer.errno, transfer.output?.size]).to.deep.equal([0, TOTAL])
  })

  for (const options of [{}, { resume: true }]) {
    it(`request further ranges as long as each brings bytes (D19) ${JSON.stringify(options)}`, async () => {
      cutOnce((from, response) => {
        part(response, 206, from, Math.min(from + 1000, TOTAL))
      })
      const transfer = await download(server.url('/odd'), {
        output: file,
        retry: { limit: 1, backoffMs: 0 },
        ...options,
      })
      expect([transfer.errno, transfer.output?.size]).to.deep.equal([0, TOTAL])
      expect(readFileSync(file).equals(whole)).to.equal(true)
      const steps = Array.from({ length: (TOTAL - CUT) / 1000 }, (_, i) => `bytes=${CUT + i * 1000}-`)
      expect(ranges()).to.deep.equal([undefined, ...steps])
    })
  }

  it('stop requesting ranges if one brings no byte (D19)', async () => {
    cutOnce((from, response) => {
      response.writeHead(206, { 'Content-Range': `bytes ${from}-${from}/${TOTAL}`, 'Content-Length': 0 })
      response.end()
    })
    const transfer = await download(server.url('/odd'), { output: file, retry: { limit: 2, backoffMs: 0 } })
    expect(transfer.errno).to.equal(18)
    expect(server.requests).to.have.length(2)
    expect(readdirSync(folder)).to.deep.equal([])
  })

  it('keep at most 1 MiB of the body of an error status (D4)', async () => {
    const bytes = 8 << 20
    server.route('/gone', (_request, response) => {
      response.writeHead(404).end(patternBytes(bytes))
    })
    const transfer = await download(server.url('/gone'), { output: file })
    expect([transfer.errno, transfer.responseCode]).to.deep.equal([0, 404])
    expect(transfer.body.length).to.be.within((1 << 20) - 16_384, 1 << 20)
    expect(transfer.body.equals(patternBytes(bytes).subarray(0, transfer.body.length))).to.equal(true)
  })

  it('keep up to 1 MiB of the error body of the next attempt, too (D4)', async () => {
    server.route('/busy', (_request, response) => {
      response.writeHead(503).end(patternBytes(700_000))
    })
    const transfer = await download(server.url('/busy'), { output: file, retry: { limit: 2, backoffMs: 0 } })
    expect([transfer.attempts.length, transfer.body.length]).to.deep.equal([3, 700_000])
  })

  describe('downloads whose name the server gives (B6)', () => {
    beforeEach(() => {
      server.route('/named', (request, response) => {
        response.setHeader('Content-Disposition', 'attachment; filename="package.json"')
        response.end(patternBytes(request.url.endsWith('big') ? 5_000_000 : 10))
      })
      server.route('/package.json', (_request, response) => response.end('new'))
      server.route('/elsewhere', (_request, response) =>
        response.writeHead(302, { Location: '/package.json' }).end(),
      )
    })
    const named = { output: true, outputDir: '' } as const

    for (const path of ['/named', '/named?big', '/elsewhere']) {
      for (const options of [{}, { keepPartial: true }]) {
        it(`replace no existing file: ${path} ${JSON.stringify(options)}`, async () => {
          const there = join(folder, 'package.json')
          writeFileSync(there, 'good')
          const all = { ...named, ...options, outputDir: folder, FOLLOWLOCATION: true }
          const transfer = await download(server.url(path), { ...all, retry: { limit: 3, backoffMs: 0 } })
          expect([transfer.errno, transfer.output, transfer.attempts.length]).to.deep.equal([23, null, 1])
          expect(transfer.error).to.include('exists already')
          expect((transfer.cause as NodeJS.ErrnoException).code).to.equal('EEXIST')
          expect(readFileSync(there, 'utf8')).to.equal('good')
          expect(readdirSync(folder)).to.deep.equal(['package.json'])
        })
      }
    }

    it('replace no symbolic link, not even a broken one', async () => {
      symlinkSync(join(folder, 'nowhere'), join(folder, 'package.json'))
      const transfer = await download(server.url('/named'), { ...named, outputDir: folder })
      expect(transfer.errno).to.equal(23)
      expect(readdirSync(folder)).to.deep.equal(['package.json'])
    })

    it('write two different files when two arrive at the same time', async () => {
      await using curl = new ParallelCurl(2, { ...named, outputDir: folder })
      const errnos: number[] = []
      for (let i = 0; i < 2; i++)
        void curl.startRequest(server.url('/named?big'), (_content, _url, { errno }) => errnos.push(errno))
      await curl.finishAllRequests()
      expect(errnos.sort()).to.deep.equal([0, 23])
      expect(readFileSync(join(folder, 'package.json')).equals(patternBytes(5_000_000))).to.equal(true)
    })

    it('create new files otherwise; a name from the requested URL replaces an existing file, as any name of the caller', async () => {
      const first = await download(server.url('/named'), { ...named, outputDir: folder })
      expect([first.errno, first.output?.path]).to.deep.equal([0, join(folder, 'package.json')])
      const second = await download(server.url('/package.json'), { ...named, outputDir: folder })
      expect(second.errno).to.equal(0)
      expect(readFileSync(join(folder, 'package.json'), 'utf8')).to.equal('new')
    })
  })
})
