/**
 * `enqueue`, `work`, `status` and `drain` as functions: what they write, how they end, and what they leave
 * alone.
 */
import { Writable } from 'node:stream'
import type { Queue } from 'bullmq'
import { expect } from 'chai'
import {
  drainCommand,
  enqueueCommand,
  statusCommand,
  workCommand,
  type CommandStreams,
  type WorkSignals,
} from '../../../src/bullmq/commands.js'
import { openQueues } from '../../../src/bullmq/index.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { freePort, type RedisServer, startRedis } from '../../support/programs/redis.js'
import { closeMade, requireProgram } from '../../support/programs/requires.js'

class Streams implements CommandStreams {
  out = ''
  err = ''
  readonly stdout = sink((text) => (this.out += text))
  readonly stderr = sink((text) => (this.err += text))

  get lines(): Record<string, unknown>[] {
    return this.out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }
}

/** Says that work is to end, in the place of the system. */
class Signals implements WorkSignals {
  onFirst = (): void => undefined
  onLast = (): void => undefined

  listen(who: { onFirst: () => void; onLast: () => void }): void {
    this.onFirst = who.onFirst
    this.onLast = who.onLast
  }
}

function sink(take: (text: string) => void): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      take(chunk.toString())
      done()
    },
  })
}

describe('the commands for queues', () => {
  let redis: RedisServer
  let server: HttpServer
  let place: { redis: string; queue: string }
  let queue: Queue
  let number = 0

  before(async function () {
    requireProgram(this, 'redis-server')
    redis = await startRedis('sesame')
    server = await startHttpServer()
  })
  after(() => closeMade(server, redis))
  beforeEach(() => {
    place = { redis: redis.url, queue: `commands-${++number}` }
    ;[queue] = openQueues(place.queue, { connection: redis.connection, skipMetasUpdate: true }) as [Queue]
  })
  afterEach(() => queue.close())

  const settings = { maxRequests: 4, options: {} }

  it('transfer a list from one terminal to another', async () => {
    const nowhere = `http://me:secret@127.0.0.1:${await freePort()}/`
    const requests = [server.url('/status/200'), server.url('/status/404'), { url: nowhere, id: 'nowhere' }]
    const adding = { ...place, requests, backoff: { type: 'fixed', delay: 1 } }
    const [first, second] = [new Streams(), new Streams()]
    expect(await enqueueCommand(adding, first)).to.equal(0)
    expect(await enqueueCommand(adding, second)).to.equal(0)
    expect([first.out, second.out]).to.deep.equal(['{"read":3,"added":3}\n', '{"read":3,"added":0}\n'])

    const work = new Streams()
    expect(await workCommand({ ...place, ...settings, untilEmpty: true }, work)).to.equal(0)
    expect(work.lines.map(({ status, ok, id }) => [status, ok, id])).to.have.deep.members([
      [200, true, undefined],
      [404, true, undefined],
      [0, false, 'nowhere'],
    ])

    const status = new Streams()
    expect(await statusCommand(place, status)).to.equal(0)
    expect(status.out).to.match(/^waiting +0\nactive +0\ndelayed +0\ncompleted +2\nfailed +1\nper minute /)
    expect(status.out).to.match(
      /last failures:\n {2}id-nowhere http:\/\/\*\*\*@127\.0\.0\.1:\d+\/: .*\(attempts: 3\)\n$/,
    )
    expect(work.out + work.err + status.out)
      .to.not.include('secret')
      .and.not.include('sesame')
  })

  it('remove waiting jobs with drain, and no others', async () => {
    await enqueueCommand({ ...place, requests: ['http://a.test/1', 'http://a.test/2'] }, new Streams())
    const streams = new Streams()
    expect(await drainCommand(place, streams)).to.equal(0)
    expect(streams.out).to.equal('{"removed":2}\n')
    expect(await queue.getWaitingCount()).to.equal(0)
  })

  it('finish the transfers in flight at the first signal', async () => {
    await enqueueCommand(
      { ...place, requests: [1, 2, 3, 4, 5].map((i) => server.url(`/gate/one?${i}`)) },
      new Streams(),
    )
    const [streams, signals] = [new Streams(), new Signals()]
    const working = workCommand({ ...place, ...settings, signals }, streams)
    await server.gate('one').waiting(4)
    signals.onFirst()
    server.gate('one').open()
    expect(await working).to.equal(0)
    expect(streams.lines).to.have.length(4)
    expect(await queue.getJobCounts('waiting', 'active')).to.deep.equal({ waiting: 1, active: 0 })
  })

  it('give the jobs in flight back at the second signal', async () => {
    await enqueueCommand({ ...place, requests: [server.url('/gate/two')] }, new Streams())
    const [streams, signals] = [new Streams(), new Signals()]
    const working = workCommand({ ...place, ...settings, signals }, streams)
    await server.gate('two').waiting(1)
    signals.onFirst()
    signals.onLast()
    expect(await working).to.equal(0)
    expect(streams.out).to.equal('')
    expect(await queue.getJobCounts('waiting', 'active', 'failed')).to.deep.equal({
      waiting: 1,
      active: 0,
      failed: 0,
    })
  })

  type Run = (at: typeof place, streams: Streams) => Promise<number>
  const commands: [string, Run][] = [
    ['enqueue', (at, streams) => enqueueCommand({ ...at, requests: ['http://a.test/'] }, streams)],
    ['work', (at, streams) => workCommand({ ...at, ...settings, untilEmpty: true }, streams)],
    ['status', statusCommand],
    ['drain', drainCommand],
  ]
  for (const [name, run] of commands) {
    const refuses = async (at: Partial<typeof place>, message: RegExp): Promise<void> => {
      const streams = new Streams()
      expect(await run({ ...place, ...at }, streams)).to.equal(2)
      expect(streams.err).to.match(message)
      expect(streams.err.trim().split('\n')).to.have.length(1)
      expect(streams.out).to.equal('')
      expect(streams.err).to.not.include('sesame')
    }

    it(`${name} reports in one line that Redis is not reachable`, async () => {
      const port = await freePort()
      await refuses(
        { redis: `redis://:sesame@127.0.0.1:${port}` },
        /^parallelcurl: redis:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/,
      )
    })

    it(`${name} reports in one line that the password is wrong or missing`, async () => {
      await refuses({ redis: redis.url.replace('sesame', 'sesame2') }, /: user or password is wrong$/m)
      await refuses({ redis: redis.url.replace(':sesame@', '') }, /: it asks for a password/)
      await refuses({ redis: 'redis://:sesame@' }, /: the URL of a Redis is /)
    })

    it(`${name} does not change a queue of another program`, async () => {
      await queue.add('somebody', { else: true }, { jobId: 'theirs' })
      const before = await queue.getJobCounts()
      await refuses({}, /^parallelcurl: queue commands-\d+ has jobs that are not ours: "somebody"/)
      expect(await queue.getJobCounts()).to.deep.equal(before)
      expect(await queue.getJob('theirs')).to.deep.include({ attemptsStarted: 0, data: { else: true } })
    })
  }

  it('enqueue names the request that is invalid', async () => {
    const streams = new Streams()
    expect(await enqueueCommand({ ...place, requests: ['http://a.test/', { url: '' }] }, streams)).to.equal(2)
    expect(streams.err).to.match(/^parallelcurl: enqueue: request 2: url must be/)
  })
})
