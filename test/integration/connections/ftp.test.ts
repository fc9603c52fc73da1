/** ftp and ftps with a real server: down, up, lists, resumes, and what is refused. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { capabilities, type CurlError, ParallelCurl, type ParallelCurlOptions } from '../../../src/index.js'
import { type FtpProgram, startVsftpd } from '../../support/programs/ftp-program.js'
import { hasFault } from '../../../src/engine/node-libcurl/faults.js'
import { startHttpServer } from '../../support/servers/http/http-server.js'
import { rejectionOf } from '../../support/requests.js'
import { requireProgram } from '../../support/programs/requires.js'

/** `USE_SSL`: all of it over TLS. */
const SSL_ALL = 3
/** `SSLVERSION`: TLS 1.2 or newer, TLS 1.3 or newer, and TLS 1.3 at most. */
const TLS_1_2 = 6
const TLS_1_3 = 7
const MAX_TLS_1_3 = 0x70000

for (const isSecure of [false, true]) {
  describe(isSecure ? 'ftp over TLS' : 'ftp', () => {
    const started: FtpProgram[] = []
    let server: FtpProgram
    let folder: string
    let curl: ParallelCurl
    before(async function () {
      requireProgram(this, 'vsftpd')
      started.push((server = await startVsftpd({ requiresTls: isSecure })))
    })
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
      curl = new ParallelCurl(4, security())
    })
    afterEach(async () => {
      await curl.close()
      rmSync(folder, { recursive: true })
    })
    after(async () => {
      for (const program of started) await program[Symbol.asyncDispose]()
    })

    const security = (): ParallelCurlOptions => (isSecure ? { USE_SSL: SSL_ALL, CAINFO: server.CAINFO } : {})

    /** A file on the server. */
    const put = (name: string, size: number): Buffer => {
      const bytes = randomBytes(size)
      writeFileSync(join(server.folder, name), bytes)
      return bytes
    }

    it('downloads, to memory, to a file and as a stream, several at once', async () => {
      const sizes = [0, 1, 1000, 3_000_000]
      const files = sizes.map((size) => ({ name: `f${String(size)}`, bytes: put(`f${String(size)}`, size) }))
      await Promise.all(
        files.map(async ({ name, bytes }) => {
          expect((await curl.request(server.url(name))).body.equals(bytes)).to.equal(true)
          const { output } = await curl.request(server.url(name), { output: name, outputDir: folder })
          expect(output?.size).to.equal(bytes.length)
          expect(readFileSync(join(folder, name)).equals(bytes)).to.equal(true)
          const { stream } = await curl.request(server.url(name), { responseType: 'stream' })
          expect(Buffer.concat(await stream.toArray()).equals(bytes)).to.equal(true)
        }),
      )
    })

    it('uploads bytes, a file and a stream of unknown length', async () => {
      const bytes = randomBytes(2_000_000)
      const path = join(folder, 'source')
      writeFileSync(path, bytes)
      await Promise.all([
        curl.request(server.url('up-bytes'), { upload: bytes }),
        curl.request(server.url('up-path'), { upload: path }),
        curl.request(server.url('up-stream'), {
          upload: Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]),
        }),
      ])
      for (const name of ['up-bytes', 'up-path', 'up-stream'])
        expect(readFileSync(join(server.folder, name)).equals(bytes)).to.equal(true)
    })

    for (const inFlight of [1, 5, 20]) {
      it(`100 downloads and 100 uploads, ${String(inFlight)} in flight, use connections again`, async () => {
        const files = [0, 1, 1000, 100_000].map((size) => ({
          name: `r${String(size)}`,
          bytes: put(`r${String(size)}`, size),
        }))
        const upload = randomBytes(50_000)
        const before = server.connections()
        await using many = new ParallelCurl(inFlight, security())
        await Promise.all(
          Array.from({ length: 100 }, async (_, i) => {
            const { name, bytes } = files[i % files.length] as (typeof files)[0]
            const uploaded = many.request(server.url(`u${String(i)}`), { upload })
            expect((await many.request(server.url(name))).body.equals(bytes)).to.equal(true)
            await uploaded
            expect(readFileSync(join(server.folder, `u${String(i)}`)).equals(upload)).to.equal(true)
          }),
        )
        expect(server.connections() - before).to.be.within(1, inFlight)
      }).timeout(60_000)
    }

    if (isSecure)
      it('uses at most TLS 1.2 where this libcurl closes data connections too early for 1.3, unless told otherwise', async () => {
        const byDefault = hasFault('ftp-data-closed-early') ? 'TLSv1.2' : 'TLSv1.3'
        const rows = [
          [{}, byDefault],
          [{ SSLVERSION: TLS_1_2 }, byDefault],
          [{ SSLVERSION: TLS_1_3 }, 'TLSv1.3'],
          [{ SSLVERSION: TLS_1_2 + MAX_TLS_1_3 }, 'TLSv1.3'],
          [{ SSLVERSION: 0 }, byDefault],
        ] as const
        for (const [options, version] of rows) {
          await using one = new ParallelCurl(1, security())
          const before = server.tlsVersions().length
          await one.request(server.url('limited'), { ...options, upload: Buffer.from('x') })
          // A control and a data connection.
          expect(server.tlsVersions().slice(before)).to.deep.equal([version, version])
        }
      })

    it('uses a handle for http, then for ftp, then for http again', async () => {
      await using http = await startHttpServer()
      const bytes = put('between', 1000)
      await using one = new ParallelCurl(1, security())
      for (let i = 0; i < 3; i++) {
        expect((await one.request(http.url('/bytes/10'))).body).to.have.length(10)
        expect((await one.request(server.url('between'))).body.equals(bytes)).to.equal(true)
      }
    })

    it('obeys quotes, times, headers and limits', async () => {
      const bytes = put('quoted', 1000)
      await using one = new ParallelCurl(1, security())
      for (let i = 0; i < 3; i++) {
        const lines: string[] = []
        const transfer = await one.request(server.url('quoted'), {
          QUOTE: ['NOOP'],
          PREQUOTE: ['NOOP', 'NOOP'],
          POSTQUOTE: ['NOOP'],
          FILETIME: true,
          maxHeaderSize: 10_000,
          HEADERFUNCTION: (line: Buffer) => {
            lines.push(line.toString())
            return line.length
          },
        })
        expect(transfer.body.equals(bytes)).to.equal(true)
        expect(lines.filter((line) => /^200 NOOP/.test(line))).to.have.length(4)
        expect(transfer.getInfo('FILETIME_T')).to.be.above(0)
      }
    })

    it('an aborted transfer does not disturb the next ones', async () => {
      const bytes = put('after', 3_000_000)
      await using one = new ParallelCurl(1, security())
      for (let i = 0; i < 3; i++) {
        const controller = new AbortController()
        const { stream } = await one.request(server.url('after'), {
          responseType: 'stream',
          signal: controller.signal,
        })
        stream.on('error', () => undefined)
        controller.abort()
        expect((await one.request(server.url('after'))).body.equals(bytes)).to.equal(true)
      }
    })

    it('transfers in active and passive mode, and sends nothing where libcurl would send active data in the clear', async () => {
      const upload = randomBytes(100_000)
      const bytes = put('both-ways', 100_000)
      const isRefused = isSecure && /^7\.8[78]/.test(capabilities().versions['libcurl'] ?? '')
      await using one = new ParallelCurl(1, security())
      for (const [name, options] of Object.entries({
        active: { FTPPORT: '127.0.0.1' },
        passive: { FTP_USE_EPSV: false },
      })) {
        const request = one.request(server.url(name), { upload, ...options })
        if (isRefused && name === 'active') {
          expect(await rejectionOf(request)).to.include({ errno: 64 })
          expect(existsSync(join(server.folder, name))).to.equal(false)
        } else {
          await request
          expect(readFileSync(join(server.folder, name)).equals(upload)).to.equal(true)
          const { body } = await one.request(server.url('both-ways'), options)
          expect(body.equals(bytes)).to.equal(true)
        }
      }
    })

    it('lists a folder', async () => {
      put('listed', 5)
      const names = await curl.request(server.url(''), { DIRLISTONLY: true })
      expect(names.text().split(/\r?\n/)).to.include('listed')
      expect((await curl.request(server.url(''))).text()).to.match(/ 5 .* listed\r?\n/)
    })

    it('resumes downloads and uploads in the middle', async () => {
      const bytes = put('long', 100_000)
      const rest = await curl.request(server.url('long'), { RESUME_FROM_LARGE: 60_000 })
      expect(rest.body.equals(bytes.subarray(60_000))).to.equal(true)
      const part = await curl.request(server.url('long'), { RANGE: '10-19' })
      expect(part.body.equals(bytes.subarray(10, 20))).to.equal(true)
      writeFileSync(join(server.folder, 'half'), bytes.subarray(0, 60_000))
      await curl.request(server.url('half'), { upload: bytes.subarray(60_000), APPEND: true })
      expect(readFileSync(join(server.folder, 'half')).equals(bytes)).to.equal(true)
    })

    it('a download begins anew where an earlier one was cut: ftp has no validator', async () => {
      const bytes = put('anew', 100_000)
      const options = { output: 'anew', outputDir: folder, resume: true }
      const cut = await rejectionOf(curl.request(server.url('anew'), { ...options, maxBodySize: 50_000 }))
      expect(cut).to.include({ errno: 63 })
      writeFileSync(join(server.folder, 'anew'), bytes.reverse())
      await curl.request(server.url('anew'), options)
      expect(readFileSync(join(folder, 'anew')).equals(bytes)).to.equal(true)
    })

    it('a file that is not there leaves none here', async () => {
      const error = await rejectionOf(curl.request(server.url('nothing'), { output: 'x', outputDir: folder }))
      expect([9, 19, 78]).to.include((error as CurlError).errno)
      expect(existsSync(join(folder, 'x'))).to.equal(false)
    })

    it('a wrong password fails, and is in no message', async () => {
      put('guarded', 1)
      for (const [captureErrorText, options] of [
        [false, { USERPWD: 'somebody:s3cr3t' }],
        [true, {}],
      ] as const) {
        const url =
          'USERPWD' in options
            ? server.url('guarded')
            : server.url('guarded').replace('//', '//somebody:s3cr3t@')
        const events: unknown[] = []
        const error = await rejectionOf(
          curl.request(url, { ...options, captureErrorText, onSocketEvent: (event) => events.push(event) }),
        )
        expect(error).to.include({ errno: 67 })
        const { message, url: named, stack } = error as CurlError
        expect(JSON.stringify([message, named, stack, events])).not.to.include('s3cr3t')
      }
      // And those who may still do.
      expect((await curl.request(server.url('guarded'))).body).to.have.length(1)
    })

    if (isSecure) {
      it('verifies the certificate, and refuses to speak in the clear', async () => {
        put('private', 1)
        await using other = new ParallelCurl(1)
        expect(await rejectionOf(other.request(server.url('private'), { USE_SSL: SSL_ALL }))).to.include({
          errno: 60,
        })
        expect(await rejectionOf(other.request(server.url('private')))).to.include({ errno: 67 })
      })
    }
  })
}
