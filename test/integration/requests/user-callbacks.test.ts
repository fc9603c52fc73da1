/**
 * Functions of the user's that libcurl calls. What they throw fails that one transfer, and nothing that they
 * do, or that a promise does which they resolve, brings libcurl down.
 */
import { inspect } from 'node:util'
import { expect } from 'chai'
import { OptionError, ParallelCurl, type Transfer } from '../../../src/index.js'
import { patternBytes } from '../../support/servers/http/http-handlers.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { Recorder } from '../../support/recorder.js'
import { type Options, send, sendAlone } from '../../support/requests.js'

const READFUNC_ABORT = 0x10000000

describe('functions that libcurl calls', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  describe('functions of libcurl get', () => {
    it('the body: WRITEFUNCTION', async () => {
      const chunks: Buffer[] = []
      const WRITEFUNCTION = (data: Buffer): number => chunks.push(data) && data.length
      const { content, transfer } = await sendAlone(server.url('/bytes/100000'), {
        options: { WRITEFUNCTION },
      })
      expect(transfer.error).to.equal('')
      expect(content).to.equal(null)
      expect(transfer.body).to.have.length(0)
      expect(chunks.length).to.be.greaterThan(1)
      expect(Buffer.concat(chunks).equals(patternBytes(100_000))).to.equal(true)
    })

    it('each header line: HEADERFUNCTION', async () => {
      const lines: string[] = []
      const HEADERFUNCTION = (line: Buffer): number => lines.push(line.toString()) && line.length
      const { content } = await sendAlone(server.url('/redirect/1'), {
        options: { HEADERFUNCTION, FOLLOWLOCATION: true },
      })
      expect(content).to.contain('/redirect/0')
      expect(lines.filter((line) => line.startsWith('HTTP/'))).to.deep.equal([
        'HTTP/1.1 302 Found\r\n',
        'HTTP/1.1 200 OK\r\n',
      ])
      expect(lines.filter((line) => line === '\r\n')).to.have.length(2)
    })

    it('how far it is: XFERINFOFUNCTION', async () => {
      const seen: number[][] = []
      const XFERINFOFUNCTION = (...counts: number[]): number => {
        seen.push(counts)
        return 0
      }
      await sendAlone(server.url('/bytes/1000'), { options: { XFERINFOFUNCTION, NOPROGRESS: false } })
      expect(seen.at(-1)).to.deep.equal([1000, 1000, 0, 0])
    })

    it('room for what is sent: READFUNCTION', async () => {
      const body = patternBytes(200_000)
      let sent = 0
      const options: Options = {
        UPLOAD: true,
        INFILESIZE: body.length,
        READFUNCTION: (buffer: Buffer): number => {
          const count = body.copy(buffer, 0, sent)
          sent += count
          return count
        },
      }
      await sendAlone(server.url('/echo'), { options })
      expect(server.requests[0]?.method).to.equal('PUT')
      expect(server.requests[0]?.body.equals(body)).to.equal(true)
    })

    it('what libcurl logs, the headers that are sent among it: DEBUGFUNCTION', async () => {
      const sent: string[] = []
      const DEBUGFUNCTION = (type: number, data: Buffer): number => {
        if (type === 2) sent.push(data.toString())
        return 0
      }
      await sendAlone(server.url('/echo'), { options: { DEBUGFUNCTION, VERBOSE: true } })
      expect(sent.join('')).to.match(/^GET \/echo HTTP\/1\.1\r\nHost: /)
    })

    it('the transfer as `this`', async () => {
      const urls: unknown[] = []
      const options: Options = {
        WRITEFUNCTION(this: unknown, data: Buffer) {
          urls.push((this as Transfer).url)
          return data.length
        },
      }
      await sendAlone(server.url('/echo'), { options })
      expect(urls).to.deep.equal([server.url('/echo')])
    })

    it('the handle first and a string, as in PHP, where the option is given by number', async () => {
      const got: unknown[] = []
      const WRITEFUNCTION = 20011
      const HEADERFUNCTION = 20079
      const options: Options = {
        [WRITEFUNCTION]: (ch: Transfer, data: Buffer | string): number =>
          got.push(ch.url, String(data)) && data.length,
        [HEADERFUNCTION]: (ch: Transfer, line: string): number => (ch.url ? line.length : 0),
      }
      const { transfer } = await sendAlone(server.url('/status/200'), { options })
      expect(transfer.error).to.equal('')
      expect(got).to.deep.equal([server.url('/status/200'), 'status 200'])
    })
  })

  it('are called for every request if they are shared', async () => {
    const chunks: string[] = []
    await using curl = new ParallelCurl(3, {
      WRITEFUNCTION: (data: Buffer) => chunks.push(data.toString()) && data.length,
    })
    await Promise.all([200, 201, 202, 203].map((status) => send(curl, server.url(`/status/${status}`))))
    expect(chunks.sort()).to.deep.equal(['status 200', 'status 201', 'status 202', 'status 203'])
  })

  type Kind = [name: string, make: (body: () => unknown) => Options]
  const kinds: Kind[] = [
    ['WRITEFUNCTION', (WRITEFUNCTION) => ({ WRITEFUNCTION }) as Options],
    ['HEADERFUNCTION', (HEADERFUNCTION) => ({ HEADERFUNCTION }) as Options],
    ['XFERINFOFUNCTION', (XFERINFOFUNCTION) => ({ XFERINFOFUNCTION, NOPROGRESS: false }) as Options],
    ['READFUNCTION', (READFUNCTION) => ({ READFUNCTION, UPLOAD: true, INFILESIZE: 10 }) as Options],
    ['DEBUGFUNCTION', (DEBUGFUNCTION) => ({ DEBUGFUNCTION, VERBOSE: true }) as Options],
  ]

  for (const [name, make] of kinds) {
    describe(`${name} that throws`, () => {
      for (const thrown of [new Error('boom'), 'text', 5, 5n, true, null, undefined, Symbol('x'), { a: 1 }]) {
        it(`${thrown instanceof Error ? 'an Error' : inspect(thrown)}: that transfer fails with it as its cause, the others go on`, async () => {
          await using curl = new ParallelCurl(3)
          const options = make(() => {
            throw thrown
          })
          const failing = send(curl, server.url('/echo'), { options })
          const others = [1, 2, 3].map((i) => send(curl, server.url(`/echo?${i}`)))
          const { transfer, content } = await failing
          expect(transfer.errno).not.to.equal(0)
          expect(transfer.error).not.to.equal('')
          expect(content).to.equal(null)
          expect(Object.is(transfer.cause, thrown)).to.equal(true)
          if (thrown !== undefined) expect(transfer.toError()?.cause).to.equal(thrown)
          for (const other of await Promise.all(others)) expect(other.transfer.errno).to.equal(0)
          expect((await send(curl, server.url('/echo'))).transfer.errno).to.equal(0)
        })
      }
    })
  }

  for (const [name, make] of kinds.slice(0, 2)) {
    for (const returned of [undefined, null, 'x', NaN, 1.5, Infinity, 2 ** 40, {}, Promise.resolve(1)]) {
      it(`${name} that returns ${inspect(returned)} fails its transfer with a mistake as the cause`, async () => {
        const { transfer } = await sendAlone(server.url('/echo'), { options: make(() => returned) })
        expect(transfer.errno).to.equal(23)
        expect(transfer.cause).to.be.instanceOf(OptionError)
        expect(transfer.error).to.contain(name)
      })
    }
  }

  it('READFUNCTION that returns more than the buffer holds fails its transfer', async () => {
    const options: Options = { UPLOAD: true, READFUNCTION: (buffer: Buffer) => buffer.length + 10 }
    const { transfer } = await sendAlone(server.url('/echo'), { options })
    expect(transfer.errno).to.equal(42)
    expect(transfer.cause).to.be.instanceOf(OptionError)
  })

  it('can end their transfer by libcurl’s return values', async () => {
    const upload = { UPLOAD: true, READFUNCTION: () => READFUNC_ABORT }
    for (const [options, errno] of [
      [{ WRITEFUNCTION: () => 0 }, 23],
      [{ WRITEFUNCTION: () => -1 }, 23],
      [{ HEADERFUNCTION: () => 0 }, 23],
      [{ XFERINFOFUNCTION: () => 1, NOPROGRESS: false }, 42],
      [upload, 42],
    ] as [Options, number][]) {
      const { transfer } = await sendAlone(server.url('/echo'), { options })
      expect(transfer.errno, transfer.error).to.equal(errno)
      expect(transfer.cause).to.equal(undefined)
    }
  })

  describe('that call the library, at once or when a promise continues on libcurl’s stack:', () => {
    type Act = (curl: ParallelCurl, recorder: Recorder, more: string) => void
    const acts: [string, Act][] = [
      ['startRequest', (curl, recorder, more) => void curl.startRequest(more, recorder.callback)],
      [
        'startRequest with options',
        (curl, recorder, more) =>
          void curl.startRequest(more, recorder.callback, 1, 'post', { USERAGENT: 'x' }),
      ],
      ['setMaxRequests', (curl) => { curl.setMaxRequests(5) }], // prettier-ignore
      ['setOptions', (curl) => { curl.setOptions({ multi: { MAX_TOTAL_CONNECTIONS: 20 } }) }], // prettier-ignore
      ['abort', (curl) => { curl.abort() }], // prettier-ignore
      ['finishAllRequests', (curl) => void curl.finishAllRequests()],
      ['close', (curl) => void curl.close()],
    ]
    for (const [actName, act] of acts) {
      for (const [kind, make] of kinds) {
        for (const how of ['at once', 'in a continuation']) {
          it(`${actName} ${how} in ${kind}`, async () => {
            const curl = new ParallelCurl(4)
            const recorder = new Recorder()
            const handled = { WRITEFUNCTION: 'all', HEADERFUNCTION: 'all', READFUNCTION: 10 } as Record<
              string,
              unknown
            >
            let resolve: () => void = () => undefined
            const resolved = new Promise<void>((done) => (resolve = done))
            let acted = false
            const actOnce = (): void => {
              if (acted) return
              acted = true
              act(curl, recorder, server.url('/echo?more'))
            }
            if (how === 'in a continuation') void resolved.then(actOnce)
            const options = make((...args: unknown[]) => {
              if (how === 'at once') actOnce()
              else resolve()
              return handled[kind] === 'all' ? (args[0] as Buffer).length : (handled[kind] ?? 0)
            })
            const urls = Array.from({ length: 12 }, (_, i) => server.url(`/bytes/${20_000 + i}`))
            for (const url of urls) void curl.startRequest(url, recorder.callback, 1, null, options)
            await curl.finishAllRequests()
            await curl.close()
            expect(acted).to.equal(true)
            recorder.exactlyOnce(
              actName.startsWith('startRequest') ? [...urls, server.url('/echo?more')] : urls,
            )
          })
        }
      }
    }
  })
})
