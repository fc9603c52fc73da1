/**
 * Requests of undici's functions through a CurlDispatcher: what the server sees, and what the caller gets.
 */
import { expect } from 'chai'
import { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { CurlDispatcher } from '../../../src/undici/index.js'
import type { HttpServer } from '../../support/servers/http/http-server.js'
import { withDispatcher } from '../../support/undici/dispatcher-place.js'
import { answerWith, startTcpServer } from '../../support/servers/tcp-server.js'
import { UNDICIS } from '../../support/undici/undicis.js'

/** Header lines as the server saw them, without the host's. */
const linesOf = (raw: readonly string[]): string[] =>
  raw.flatMap((name, at) => (at % 2 === 1 || /^host$/i.test(name) ? [] : [`${name}: ${String(raw[at + 1])}`]))

for (const [name, undici] of UNDICIS) {
  describe(`requests of ${name} through a CurlDispatcher`, () => {
    let server: HttpServer
    let dispatcher: CurlDispatcher
    withDispatcher(
      (place) => {
        ;({ server, dispatcher } = place)
      },
      {
        prepare: (server) => {
          server.route('/reply', (_request, response) => {
            response.setHeader('X-Many', ['1', '2'])
            response.writeHead(203, 'As Told', {
              Trailer: 'X-End',
              'X-Raw': Buffer.from('é').toString('latin1'),
            })
            response.write('hello ')
            response.addTrailers({ 'X-End': 'yes' })
            response.end('world')
          })
        },
      },
    )

    const seen = (): HttpServer['requests'][number] => server.requests.at(-1)!

    it('get status, text, headers, body and trailers', async () => {
      const reply = await undici.request(server.url('/reply?a=b'), { dispatcher })
      expect(await reply.body.text()).to.equal('hello world')
      expect([reply.statusCode, reply.statusText]).to.deep.equal([203, 'As Told'])
      expect(reply.headers).to.include({ trailer: 'X-End', 'x-raw': Buffer.from('é').toString('latin1') })
      expect(reply.headers['x-many']).to.deep.equal(['1', '2'])
      expect(reply.trailers).to.deep.equal({ 'x-end': 'yes' })
      expect(seen().url).to.equal('/reply?a=b')
    })

    it('send no header that nobody asked for', async () => {
      await (await undici.request(server.url(), { dispatcher })).body.dump()
      expect(linesOf(seen().rawHeaders)).to.deep.equal([])
    })

    it('send headers of every form as they are', async () => {
      const forms = [
        { 'X-One': '1', 'x-empty': '', 'X-List': ['a', 'b'], 'user-agent': 'me', 'X-None': undefined },
        new Map<string, string | string[]>([
          ['X-One', '1'],
          ['x-empty', ''],
          ['X-List', ['a', 'b']],
          ['user-agent', 'me'],
        ]),
        ['X-One', '1', 'x-empty', '', 'X-List', 'a', 'X-List', 'b', 'user-agent', 'me'],
      ]
      for (const headers of forms) {
        await (await undici.request(server.url(), { dispatcher, headers: headers as never })).body.dump()
        expect(linesOf(seen().rawHeaders)).to.deep.equal([
          'X-One: 1',
          'x-empty: ',
          'X-List: a',
          'X-List: b',
          'user-agent: me',
        ])
      }
    })

    it('send their own headers on one handle, also after equal ones, others and failures', async () => {
      const get = async (path: string, headers: Record<string, string>): Promise<void> => {
        await (await undici.request(server.url(path), { dispatcher, headers })).body.dump()
      }
      server.route('/cut', (_request, response) => void response.destroy())
      const one = { 'x-own': '1' }
      const other = { 'x-other': '2' }
      const plan = [
        one,
        one,
        other,
        one,
        'cut',
        one,
        'cut',
        other,
        {},
        one,
        'post',
        one,
        other,
        other,
      ] as const
      for (const step of plan) {
        if (step === 'cut') await get('/cut', one).catch(() => undefined)
        else if (step === 'post') {
          const given = { dispatcher, method: 'POST' as const, body: 'body', headers: one }
          await (await undici.request(server.url(), given)).body.dump()
          expect(linesOf(seen().rawHeaders)).to.deep.equal(['x-own: 1', 'Content-Length: 4'])
        } else {
          await get('/echo', step)
          expect([seen().method, linesOf(seen().rawHeaders)]).to.deep.equal([
            'GET',
            Object.entries(step).map(([header, value]) => `${header}: ${value}`),
          ])
        }
      }
    })

    it('send bodies of every kind, with a length where there is one', async () => {
      const bytes = Buffer.from('-body-')
      const form = new undici.FormData()
      form.append('field', 'value')
      const bodies: [string, () => unknown, string | undefined][] = [
        ['text', () => 'body', '4'],
        ['bytes', () => bytes.subarray(1, 5), '4'],
        ['a view', () => new Uint16Array(new Uint8Array([98, 111, 100, 121]).buffer), '4'],
        ['a stream', () => Readable.from(['bo', 'dy']), undefined],
        [
          'a generator',
          () =>
            (function* () {
              yield* ['bo', 'dy']
            })(),
          undefined,
        ],
        [
          'an async generator',
          () =>
            (async function* () {
              yield* [Buffer.from('bo'), 'dy']
            })(),
          undefined,
        ],
        ['a blob', () => new Blob(['body']), '4'],
      ]
      for (const [what, make, length] of bodies) {
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'REPORT'] as const) {
          const body = make() as string
          await (
            await undici.request(server.url(), { dispatcher, method: method as 'PUT', body })
          ).body.dump()
          expect(seen().body.toString(), what).to.equal('body')
          expect([seen().method, seen().headers['content-length']], what).to.deep.equal([method, length])
          expect(seen().headers, what).not.to.have.any.keys('expect', 'content-type')
        }
      }
      await (await undici.request(server.url(), { dispatcher, method: 'PUT', body: form })).body.dump()
      expect(seen().headers['content-type']).to.match(/^multipart\/form-data; boundary=/)
      expect(seen().body.toString()).to.contain('name="field"\r\n\r\nvalue\r\n')
      expect(seen().headers['content-length']).to.equal(String(seen().body.length))
    })

    it('send the length that a header announces, with a body of exactly that length', async () => {
      const headers = { 'content-length': '4' }
      const send = async (body: unknown): Promise<unknown> => {
        const given = { dispatcher, headers, method: 'POST' as const, body: body as string }
        return (await undici.request(server.url(), given)).body.dump()
      }
      for (const right of ['body', Readable.from(['bo', 'dy'])]) {
        await send(right)
        expect(seen().headers).to.include(headers)
        expect(seen().headers).not.to.have.property('transfer-encoding')
      }
      for (const wrong of ['longer', Readable.from(['a']), Readable.from(['abc', 'def'])]) {
        const error = await send(wrong).then(
          () => null,
          (thrown: unknown) => thrown,
        )
        expect(error).to.include({ code: 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH' })
      }
      await send('body')
    })

    it('announce a body of no bytes with methods that have one', async () => {
      for (const [method, length] of [
        ['POST', '0'],
        ['PUT', '0'],
        ['PATCH', '0'],
        ['GET', undefined],
        ['DELETE', undefined],
      ] as const) {
        for (const body of [null, '']) {
          await (await undici.request(server.url(), { dispatcher, method, body })).body.dump()
          expect([seen().method, seen().headers['content-length']]).to.deep.equal([method, length])
        }
      }
    })

    it('get no body for HEAD, and the headers that a GET would have', async () => {
      const before = server.connections
      const { statusCode, headers, body } = await undici.request(server.url('/bytes/100'), {
        dispatcher,
        method: 'HEAD',
      })
      expect(await body.text()).to.equal('')
      expect([statusCode, headers['content-length'], seen().method]).to.deep.equal([200, '100', 'HEAD'])
      await (await undici.request(server.url('/bytes/100'), { dispatcher })).body.dump()
      expect(server.connections - before, 'the connection is used again').to.equal(1)
    })

    it('add a query, and leave the path as it is', async () => {
      const query = { a: 'x y', list: [1, 2], none: null }
      await (await undici.request(server.url('/echo'), { dispatcher, query })).body.dump()
      expect(seen().url).to.equal('/echo?a=x%20y&list=1&list=2&none=')
      await new Promise((resolve, reject) => {
        const origin = new URL(server.url()).origin
        dispatcher.dispatch(
          { origin, path: '/a/../echo/./%2F', method: 'GET' },
          {
            onRequestStart: () => undefined,
            onResponseEnd: resolve,
            onResponseError: (_c, error) => reject(error),
          },
        )
      })
      expect(seen().url).to.equal('/a/../echo/./%2F')
    })

    it('close the connection if asked to', async () => {
      const before = server.connections
      for (const own of [{ reset: true }, { headers: { connection: 'close' } }, {}, {}]) {
        await (await undici.request(server.url(), { dispatcher, ...own })).body.dump()
        const closes = Object.keys(own).length > 0
        expect(seen().headers.connection).to.equal(closes ? 'close' : undefined)
      }
      expect(server.connections - before).to.equal(3)
    })

    it('wait for 100 Continue if asked to', async () => {
      const given = { dispatcher, method: 'POST' as const, body: 'body', expectContinue: true }
      await (await undici.request(server.url(), given)).body.dump()
      expect(seen().headers.expect).to.equal('100-continue')
      expect(seen().body.toString()).to.equal('body')
    })

    it('get informational responses before the final one', async () => {
      const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'
      await using raw = await startTcpServer(
        answerWith(`${early}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`),
      )
      const infos: unknown[] = []
      const reply = await undici.request(raw.url(), {
        dispatcher,
        onInfo: ({ statusCode, headers }) => infos.push([statusCode, { ...headers }]),
      })
      expect(await reply.body.text()).to.equal('ok')
      expect(infos).to.deep.equal([
        [103, { link: '</a>' }],
        [100, {}],
      ])
    })

    it('work with stream() and pipeline()', async () => {
      const chunks: Buffer[] = []
      const sink = new Writable({
        write(chunk: Buffer, _encoding, done) {
          chunks.push(chunk)
          done()
        },
      })
      const { trailers } = await undici.stream(
        server.url('/reply'),
        { dispatcher, method: 'GET' },
        () => sink,
      )
      expect(Buffer.concat(chunks).toString()).to.equal('hello world')
      expect(trailers).to.deep.equal({ 'x-end': 'yes' })
      const duplex = undici.pipeline(server.url('/echo'), { dispatcher, method: 'POST' }, ({ body }) => body)
      duplex.end('piped')
      expect(await text(duplex)).to.contain('piped')
      expect(seen().body.toString()).to.equal('piped')
    })

    it('go through interceptors of undici', async () => {
      const { redirect, retry, dump } = undici.interceptors
      const redirecting = dispatcher.compose(redirect({ maxRedirections: 2 }) as never)
      const followed = await undici.request(server.url('/redirect-to?url=/reply'), {
        dispatcher: redirecting,
      })
      expect(await followed.body.text()).to.equal('hello world')
      let failures = 2
      server.route('/flaky', (_request, response) =>
        response.writeHead(failures-- > 0 ? 503 : 200).end('there'),
      )
      const retrying = dispatcher.compose(retry({ minTimeout: 1, maxTimeout: 1 }) as never)
      const tried = await undici.request(server.url('/flaky'), { dispatcher: retrying })
      expect([tried.statusCode, await tried.body.text()]).to.deep.equal([200, 'there'])
      const dumping = dispatcher.compose(dump({ maxSize: 1 << 20 }) as never)
      const dumped = await undici.request(server.url('/bytes/1000'), { dispatcher: dumping })
      expect([dumped.statusCode, await dumped.body.text()]).to.deep.equal([200, ''])
    })
  })
}
