/**
 * Work that is deferred to the end of a turn of the event loop. Its only visible effect: there are no more
 * handles than transfers in flight.
 */
import { expect } from 'chai'
import { ParallelCurl, type RequestCallback, type Transfer } from '../../../../src/index.js'
import { runChild } from '../../../support/programs/child.js'
import { type HttpServer, startHttpServer } from '../../../support/servers/http/http-server.js'

const LIMIT = 20
const ALL = 10 * LIMIT

describe('the end of a turn', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })

  const handlesOf = (curl: ParallelCurl): number => curl.inspect().created
  /** All of those in flight answer at once, again and again: each batch is as large as it can be. */
  async function answering(): Promise<void> {
    const gate = server.gate('batch')
    for (let done = 0; done < ALL; done += LIMIT) {
      await gate.waiting(LIMIT)
      gate.release(LIMIT)
    }
  }
  const urls = (): string[] => Array.from({ length: ALL }, () => server.url('/gate/batch'))

  it('request() takes as many handles as there are in flight', async () => {
    await using curl = new ParallelCurl(LIMIT)
    const left = urls()
    const ports: unknown[] = []
    const lane = async (): Promise<void> => {
      for (let url = left.pop(); url !== undefined; url = left.pop())
        ports.push((await curl.request(url)).getInfo('PRIMARY_PORT'))
    }
    await Promise.all([answering(), ...Array.from({ length: LIMIT }, lane)])
    expect(ports).to.deep.equal(new Array(ALL).fill(server.port))
    expect(handlesOf(curl)).to.equal(LIMIT)
  })

  it('stream() takes as many handles as there are in flight, where its loop is done with a batch at once', async () => {
    await using curl = new ParallelCurl(LIMIT)
    const ports: unknown[] = []
    const answered = answering()
    for await (const transfer of curl.stream(urls())) ports.push(transfer.getInfo('PRIMARY_PORT'))
    await answered
    expect(ports).to.deep.equal(new Array(ALL).fill(server.port))
    expect(handlesOf(curl)).to.equal(LIMIT)
  })

  const note =
    (ports: unknown[]): RequestCallback =>
    (_content, _url, transfer) => {
      ports.push(transfer.getInfo('PRIMARY_PORT'))
    }
  const noteLater =
    (ports: unknown[]): RequestCallback =>
    async (...outcome) => {
      await Promise.resolve()
      note(ports)(...outcome)
    }
  for (const [what, callback] of [
    ['a queue of startRequest()', note],
    ['one whose callbacks return promises that settle at once', noteLater],
  ] as const) {
    it(`and ${what}`, async () => {
      await using curl = new ParallelCurl(LIMIT)
      const ports: unknown[] = []
      const answered = answering()
      for (const url of urls()) void curl.startRequest(url, callback(ports))
      await curl.finishAllRequests()
      await answered
      expect(ports).to.deep.equal(new Array(ALL).fill(server.port))
      expect(handlesOf(curl)).to.equal(LIMIT)
    })
  }

  it('a request that is alone is launched in the turn in which its predecessor ends, unless the handle is held', async () => {
    await using curl = new ParallelCurl(1)
    const live: unknown[] = []
    for (let i = 0; i < 3; i++)
      void curl.startRequest(server.url('/echo'), () => {
        live.push(curl.inspect().live)
        // Before any promise or tick that was asked for later than this batch.
        process.nextTick(() => live.push(curl.inspect().live))
      })
    await curl.finishAllRequests()
    expect(live).to.deep.equal([0, 1, 0, 1, 0, 0])
    expect(handlesOf(curl)).to.equal(1)
  })

  it('transfers that are held longer keep their handles, and all slots are used all the same', async () => {
    await using curl = new ParallelCurl(LIMIT)
    const gate = server.gate('held')
    const held: Transfer[] = []
    let letGo!: () => void
    const isOver = new Promise<void>((resolve) => {
      letGo = resolve
    })
    for (let i = 0; i < 2 * LIMIT; i++)
      void curl.startRequest(server.url('/gate/held'), async (_content, _url, transfer) => {
        held.push(transfer)
        await isOver
      })
    await gate.waiting(LIMIT)
    gate.release(LIMIT)
    await gate.waiting(LIMIT)
    expect(held.map((transfer) => transfer.getInfo('PRIMARY_PORT'))).to.deep.equal(
      new Array(LIMIT).fill(server.port),
    )
    expect(handlesOf(curl)).to.equal(2 * LIMIT)
    gate.open()
    letGo()
    await curl.finishAllRequests()
  })

  it('a transfer is in flight at once, and its infos can be read', async () => {
    await using curl = new ParallelCurl(1)
    const asked: unknown[] = []
    await curl.startRequest(server.url('/echo'), (_content, _url, { responseCode }) => {
      asked.push(responseCode)
    })
    const [transfer] = [...curl.outstandingRequests.values()] as [Transfer]
    expect(curl.stats().inFlight).to.equal(1)
    expect(transfer.getInfo('SIZE_DOWNLOAD_T')).to.equal(0)
    expect(transfer.getInfo('RESPONSE_CODE')).to.equal(0)
    await curl.finishAllRequests()
    expect(asked).to.deep.equal([200])
    expect(server.requests).to.have.length(1)
  })

  it('a request that is aborted in the turn in which it was started never reaches the server, and has its one outcome', async () => {
    await using curl = new ParallelCurl(2)
    const outcomes: unknown[] = []
    const start = (): void => {
      void curl.startRequest(server.url('/echo'), (content, _url, { errno, cause }) => {
        outcomes.push([content, errno, cause])
      })
    }
    start()
    curl.abort('why')
    start()
    await curl.finishAllRequests()
    expect(outcomes).to.deep.include.members([[null, 42, 'why']])
    expect(outcomes).to.have.length(2)
    expect(server.requests).to.have.length(1)
  })

  it('a request that fails at its launch costs none of the others', async () => {
    await using curl = new ParallelCurl(3)
    const errnos: number[] = []
    for (const url of [server.url('/echo'), 'nonsense://h/', server.url('/echo')])
      void curl.startRequest(url, (_content, _url, { errno }) => errnos.push(errno))
    await curl.finishAllRequests()
    expect(errnos.sort()).to.deep.equal([0, 0, 1])
  })

  it('an outcome whose delivery throws strands no transfer that is in flight by then', async () => {
    const source = `import { ParallelCurl } from './src/index.js'
      const [url] = process.argv.slice(1)
      const curl = new ParallelCurl(1)
      process.on('uncaughtException', ({ message }) => console.log(message))
      const { counters } = curl.dispatcher
      counters.add = () => {
        delete counters.add
        throw new Error('broken')
      }
      void curl.startRequest(url)
      void curl.startRequest(url, (_content, _url, { responseCode }) => {
        console.log(responseCode)
        process.exit()
      })`
    const { stdout } = await runChild(source, { args: [server.url('/echo')] })
    expect(stdout).to.equal('broken\n200\n')
    expect(server.requests).to.have.length(2)
  })
})
