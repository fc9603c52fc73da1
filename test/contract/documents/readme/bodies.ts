/** Examples of downloads, streams and uploads. Does not know the rest of it. */
import { expect } from 'chai'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { patternBytes } from '../../../support/servers/http/http-handlers.js'
import type { ExampleRun } from '../../../support/documents/example-run.js'
import { serveFile } from '../../../support/servers/http/served-file.js'
import { QUICK_RETRIES, seen, type ExampleCase } from './example-case.js'

const image = patternBytes(300_000)
const photo = patternBytes(5000)
const zipped = gzipSync(patternBytes(200_000))

const large = patternBytes(5_000_000)
const serveImage = (run: ExampleRun): void => {
  run.replace('4700372992', '5000000')
  run.server.route('/big.iso', (request, response) => {
    serveFile({ bytes: large, etag: '"one"' }, request, response, 0)
  })
}

export const bodyCases: readonly ExampleCase[] = [
  {
    heading: 'Downloads and uploads / Downloads',
    has: 'big.iso',
    given: `${QUICK_RETRIES}const curl = new ParallelCurl()`,
    prepare: async (run) => {
      mkdirSync(join(run.folder, 'downloads'))
      run.replace('/srv/downloads', join(run.folder, 'downloads')).replace('4700372992', '300000')
      // Each answer breaks off after a while.
      run.server.route('/big.iso', ({ headers: { range } }, response) => {
        const from = Number(/\d+/.exec(range ?? '0')?.[0])
        response.writeHead(range === undefined ? 200 : 206, {
          ETag: '"one"',
          'Content-Length': image.length - from,
          ...(range !== undefined && {
            'Content-Range': `bytes ${from}-${image.length - 1}/${image.length}`,
          }),
        })
        if (from === 200_000) response.end(image.subarray(from))
        else response.write(image.subarray(from, from + 100_000), () => response.destroy())
      })
      // An earlier run, which has failed.
      await run.typescript(`
        await new ParallelCurl().request('https://example.com/big.iso', {
          output: 'big.iso', outputDir: '/srv/downloads', keepPartial: true,
        }).catch(() => undefined)
`)
    },
    check: ({ stdout }, run, text) => {
      expect(stdout.trim().replaceAll(/\s+/g, ' ')).to.equal(
        /console\.log\(output\) \/\/ (.*)/.exec(text)?.[1],
      )
      expect(run.bytes('downloads/big.iso').equals(image)).to.equal(true)
      const asked = run.server.requests.map(({ url, headers }) => [url, headers.range, headers['if-range']])
      expect(asked).to.deep.equal([
        ['/big.iso', undefined, undefined],
        ['/big.iso', 'bytes=100000-', '"one"'],
        ['/big.iso', 'bytes=200000-', '"one"'],
      ])
    },
  },
  {
    heading: 'Segments',
    has: 'segments: 8',
    given: `${QUICK_RETRIES}const curl = new ParallelCurl()`,
    prepare: serveImage,
    check: ({ stdout }, run) => {
      expect(stdout).to.equal('4700372992 206\n')
      expect(run.bytes('big.iso').equals(large)).to.equal(true)
      // The first one, and four of the least length.
      expect(run.server.requests).to.have.length(5)
    },
  },
  {
    heading: 'Segments',
    has: '--segments 8',
    prepare: serveImage,
    check: (_ran, run) => {
      expect(run.bytes('big.iso').equals(large)).to.equal(true)
      expect(run.server.requests).to.have.length(5)
    },
  },
  {
    heading: 'Streaming / Bodies as streams',
    has: "responseType: 'stream'",
    given: `
      import { createWriteStream } from 'node:fs'
      import { pipeline } from 'node:stream/promises'
      import { createGunzip } from 'node:zlib'
      const curl = new ParallelCurl()
      const url = 'https://example.com/out.gz'
      const urls = ['https://example.com/1', 'https://example.com/2']
      const use = (chunk) => console.log(String(chunk))`,
    then: "console.log(headers['content-type'])",
    prepare: ({ server }) => {
      server.route('/out.gz', (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'application/gzip' }).end(zipped)
      })
    },
    check: ({ lines }, run) => {
      expect(run.bytes('out').equals(gunzipSync(zipped))).to.equal(true)
      expect(lines.slice(0, -1)).to.have.members(['page of /1', 'page of /2'])
      expect(lines.at(-1)).to.equal('application/gzip')
      expect(seen(run)).to.have.members(['GET /out.gz', 'GET /1', 'GET /2'])
    },
  },
  {
    heading: 'Downloads and uploads / Uploads',
    has: "upload: 'photo.jpg'",
    given: `
      import { createReadStream } from 'node:fs'
      const curl = new ParallelCurl(10, { FOLLOWLOCATION: true })
      const url = 'https://example.com/upload'
      const formData = new FormData()
      formData.append('a', 'b')
      formData.append('file', new File(['of the form'], 'f.txt', { type: 'text/x-test' }))`,
    prepare: (run) => {
      run.write('photo.jpg', photo).write('log', 'a line\n')
      // Each one has to be sent again: the second one is small enough for that, though it is a stream.
      run.server.route('/upload', (_request, response) => {
        response.writeHead(307, { Location: '/again' }).end()
      })
    },
    check: (_ran, run) => {
      expect(seen(run)).to.deep.equal(
        ['PUT', 'POST', 'PUT', 'POST', 'POST'].flatMap((method) => [`${method} /upload`, `${method} /again`]),
      )
      const arrived = run.server.requests.map(({ body }) => body.toString('latin1'))
      const lengths = run.server.requests.map(
        ({ headers }) => headers['content-length'] ?? headers['transfer-encoding'],
      )
      for (const i of [0, 1]) {
        expect(arrived[i]).to.equal(photo.toString('latin1'))
        expect(lengths[i]).to.equal('5000')
      }
      for (const i of [2, 3, 4, 5]) {
        expect(arrived[i]).to.equal('a line\n')
        expect(lengths[i]).to.equal('chunked')
      }
      for (const i of [6, 7]) {
        expect(arrived[i]).to.include('name="a"\r\n\r\nb\r\n')
        expect(arrived[i]).to.include('filename="f.txt"\r\nContent-Type: text/x-test\r\n\r\nof the form\r\n')
      }
      for (const i of [8, 9]) {
        expect(arrived[i]).to.include('name="title"\r\n\r\nHoliday\r\n')
        expect(arrived[i]).to.include(
          `name="photo"; filename="holiday.jpg"\r\nContent-Type: image/jpeg\r\n\r\n${photo.toString('latin1')}\r\n`,
        )
        expect(arrived[i]).to.include(
          'name="log"; filename="log.txt"\r\nContent-Type: text/plain\r\n\r\na line\n\r\n',
        )
      }
    },
  },
]
