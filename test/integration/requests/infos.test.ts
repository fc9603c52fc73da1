/** Infos, timings and named fields of a transfer: while it is held, and later. */
import { expect } from 'chai'
import { ParallelCurl, type Transfer } from '../../../src/index.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf, send, sendAlone } from '../../support/requests.js'

describe('infos', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  const read = (url: string, infos: (string | number)[], options = {}): Promise<unknown> =>
    sendAlone(url, { options, read: (transfer) => infos.map((info) => transfer.getInfo(info)) }).then(
      (outcome) => outcome.read,
    )

  it('can be read by any spelling of their names', async () => {
    const spellings = [
      'RESPONSE_CODE',
      'CURLINFO_RESPONSE_CODE',
      'HTTP_CODE',
      'CURLINFO_HTTP_CODE',
      2097154,
      '2097154',
    ]
    expect(await read(server.url('/status/404'), spellings)).to.deep.equal([404, 404, 404, 404, 404, 404])
  })

  it('have the values that libcurl has', async () => {
    const infos = [
      'PRIMARY_IP',
      'PRIMARY_PORT',
      'LOCAL_IP',
      'SIZE_DOWNLOAD_T',
      'CONTENT_LENGTH_DOWNLOAD_T',
      'NUM_CONNECTS',
    ]
    const values = await read(server.url('/status/200'), [
      ...infos,
      'CONTENT_TYPE',
      'SCHEME',
      'EFFECTIVE_METHOD',
      'REDIRECT_URL',
    ])
    expect(values).to.satisfy((list: unknown[]) => String(list[7]).toLowerCase() === 'http')
    expect((values as unknown[]).toSpliced(7, 1)).to.deep.equal([
      '127.0.0.1',
      server.port,
      '127.0.0.1',
      10,
      10,
      1,
      'text/plain; charset=utf-8',
      'GET',
      '',
    ])
  })

  it('count redirects, and name the target of one that is not followed', async () => {
    const [count, url, effective] = (await read(
      server.url('/redirect/2'),
      ['REDIRECT_COUNT', 'REDIRECT_URL', 'EFFECTIVE_URL'],
      {
        FOLLOWLOCATION: true,
      },
    )) as unknown[]
    expect([count, url, effective]).to.deep.equal([2, '', server.url('/redirect/0')])
    expect(await read(server.url('/redirect/2'), ['REDIRECT_COUNT', 'REDIRECT_URL'])).to.deep.equal([
      0,
      server.url('/redirect/1'),
    ])
  })

  it('can be read of a failed transfer, also of one that never connected', async () => {
    expect(await read('', ['RESPONSE_CODE', 'PRIMARY_IP', 'NUM_CONNECTS', 'CONTENT_TYPE'])).to.deep.equal([
      0,
      '',
      0,
      '',
    ])
    expect(await read(server.url('/truncate'), ['RESPONSE_CODE', 'SIZE_DOWNLOAD_T'])).to.deep.equal([200, 10])
  })

  it('throw for an unknown name, with the nearest name', async () => {
    const { read } = await sendAlone(server.url(), {
      read: (transfer) =>
        ['TOTAL_TIMES', 'NONSENSE', 123, '__proto__'].map((info) =>
          optionErrorOf(() => transfer.getInfo(info)),
        ),
    })
    expect((read as Error[])[0]?.message).to.contain('TOTAL_TIME')
  })

  describe('infos of a transfer that is no longer held', () => {
    async function later(
      options = {},
      during: (transfer: Transfer) => void = () => undefined,
    ): Promise<Transfer> {
      await using curl = new ParallelCurl(1)
      const { transfer } = await send(curl, server.url('/redirect/1'), {
        options: { FOLLOWLOCATION: true, ...options },
        read: during,
      })
      await curl.finishAllRequests()
      // Another transfer has the handle now.
      await send(curl, server.url('/status/404'))
      return transfer
    }

    it('can be read by the named fields', async () => {
      const transfer = await later()
      expect(transfer).to.include({ errno: 0, error: '', responseCode: 200, url: server.url('/redirect/1') })
      expect(transfer.effectiveUrl).to.equal(server.url('/redirect/0'))
      expect(transfer.content).to.contain('/redirect/0')
      expect(transfer.userData).to.deep.equal([])
      expect(transfer.attempts).to.have.length(1)
      expect(transfer.cookies).to.deep.equal([])
    })

    it('throw a hint for other names', async () => {
      const transfer = await later()
      expect(() => transfer.getInfo('PRIMARY_PORT')).to.throw(Error, /keepInfo: \['PRIMARY_PORT'\]/)
      expect(() => transfer.info()).to.throw(Error, /keepInfo/)
      expect(() => transfer.timings).to.throw(Error, /keepInfo/)
      optionErrorOf(() => transfer.getInfo('NONSENSE'))
    })

    it('can be read if they were read before', async () => {
      const transfer = await later({}, (held) => held.getInfo('PRIMARY_PORT'))
      expect(transfer.getInfo('CURLINFO_PRIMARY_PORT')).to.equal(server.port)
    })

    it('can be read if keepInfo lists them, by any spelling', async () => {
      const transfer = await later({ keepInfo: ['CURLINFO_PRIMARY_PORT', 'SCHEME'] })
      expect(transfer.getInfo('PRIMARY_PORT')).to.equal(server.port)
      expect(() => transfer.getInfo('LOCAL_PORT')).to.throw(Error, /keepInfo/)
    })

    it('can all be read with keepInfo: true', async () => {
      const transfer = await later({ keepInfo: true })
      expect(transfer.info()).to.include({ PRIMARY_PORT: server.port, RESPONSE_CODE: 200, REDIRECT_COUNT: 1 })
      expect(transfer.timings.totalMs).to.be.greaterThan(0)
    })

    it('can be read from an earlier snapshot', async () => {
      let snapshot: Record<string, unknown> = {}
      await later({}, (held) => (snapshot = held.info()))
      expect(snapshot).to.include({ RESPONSE_CODE: 200, PRIMARY_PORT: server.port })
      expect(JSON.parse(JSON.stringify(snapshot))).to.be.an('object')
    })
  })

  it('can be read until the promise of the callback has settled', async () => {
    await using curl = new ParallelCurl(1)
    const ports: unknown[] = []
    void curl.startRequest(server.url(), async (_content, _url, transfer) => {
      await server.gate('other').waiting(1)
      ports.push(transfer.getInfo('PRIMARY_PORT'))
      server.gate('other').open()
    })
    void curl.startRequest(server.url('/gate/other'))
    await curl.finishAllRequests()
    expect(ports).to.deep.equal([server.port])
  })

  it('can be read after await request() until the end of that turn of the event loop', async () => {
    await using curl = new ParallelCurl(1)
    const transfer = await curl.request(server.url())
    expect(transfer.getInfo('PRIMARY_PORT')).to.equal(server.port)
    // However many promises that takes.
    for (let i = 0; i < 10; i++) await Promise.resolve()
    expect(transfer.getInfo('LOCAL_IP')).to.equal('127.0.0.1')
    await new Promise((resolve) => setImmediate(resolve))
    expect(() => transfer.getInfo('LOCAL_PORT')).to.throw(Error, /keepInfo/)
  })

  it('change after they were read in flight', async () => {
    const during: unknown[] = []
    const { read } = await sendAlone(server.url('/bytes/100000'), {
      options: {
        WRITEFUNCTION(this: unknown, data: Buffer): number {
          during.push((this as Transfer).getInfo('SIZE_DOWNLOAD_T'))
          return data.length
        },
      },
      read: (transfer) => transfer.getInfo('SIZE_DOWNLOAD_T'),
    })
    expect(during.length).to.be.greaterThan(1)
    expect(read).to.equal(100_000)
  })

  it('contain timings as phases in order, in milliseconds', async () => {
    const { read } = await sendAlone(server.url('/redirect/1'), {
      options: { FOLLOWLOCATION: true },
      read: (transfer) => ({ ...transfer.timings }),
    })
    const timings = read as Record<string, number>
    expect(timings).to.have.all.keys(
      ...[
        'queueMs',
        'nameLookupMs',
        'connectMs',
        'appConnectMs',
        'preTransferMs',
        'startTransferMs',
        'redirectMs',
        'totalMs',
      ],
    )
    expect(timings['appConnectMs']).to.equal(0)
    expect(timings['totalMs']).to.be.at.least(timings['startTransferMs'] as number)
    expect(timings['startTransferMs']).to.be.at.least(timings['preTransferMs'] as number)
  })

  it('contain the cookies of the cookie engine as a list', async () => {
    const { transfer } = await sendAlone(server.url('/cookies/set?a=b&c=d'), { options: { COOKIEFILE: '' } })
    expect(transfer.cookies.map((line) => line.split('\t').slice(5).join('='))).to.have.members([
      'a=b',
      'c=d',
    ])
  })

  it('show no body and no credentials in toJSON()', async () => {
    const url = server.url('/status/200').replace('//', '//user:sEcReT@')
    const { transfer } = await sendAlone(url)
    const json = JSON.stringify(transfer)
    expect(json).not.to.contain('sEcReT')
    expect(json).not.to.contain('status 200')
    expect(JSON.parse(json)).to.include({ errno: 0, responseCode: 200, state: 'done' })
  })
})
