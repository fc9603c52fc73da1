/** `parallelcurl enqueue`, `work`, `status` and `drain` as people call them. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Queue } from 'bullmq'
import { expect } from 'chai'
import { enqueue, openQueues } from '../../../src/bullmq/index.js'
import { commandPath, runProgram, type CommandResult } from '../../support/programs/command.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { freePort, type RedisServer, startRedis } from '../../support/programs/redis.js'
import { closeMade, requireProgram } from '../../support/programs/requires.js'

describe('the commands for queues in a shell', () => {
  let redis: RedisServer
  let server: HttpServer
  before(async function () {
    requireProgram(this, 'redis-server')
    redis = await startRedis()
    server = await startHttpServer()
    server.route('/login', (_request, response) => {
      response.setHeader('Set-Cookie', 'a=1; Max-Age=1000').end('in')
    })
  })
  after(() => closeMade(server, redis))

  const run = (args: string[], input?: string, url = redis.url): Promise<CommandResult> =>
    runProgram(process.execPath, [commandPath(), ...args], {
      ...(input !== undefined && { input }),
      env: { PARALLELCURL_REDIS: url },
    })

  it('transfer a list from one terminal to another', async () => {
    const lines = [
      server.url('/echo?1'),
      JSON.stringify({ url: server.url('/echo?2'), id: 7, method: 'PUT', data: 'x' }),
      '{"no": "request"}',
    ]
    const place = ['--queue', 'pages']
    const added = await run(['enqueue', ...place, '-H', 'X-A: b', '-i', '-'], lines.join('\n'))
    expect([added.code, added.text]).to.deep.equal([1, '{"read":2,"added":2}\n'])
    expect(added.stderr).to.match(/^parallelcurl: stdin:3: /)

    const worked = await run(['work', ...place, '-A', 'worker/1', '--until-empty'])
    expect([worked.code, worked.stderr]).to.deep.equal([0, ''])
    expect(worked.text.trim().split('\n')).to.have.length(2)
    const seen = server.requests.map(({ method, url, headers, body }) => [
      method,
      url,
      headers['x-a'],
      headers['user-agent'],
      body.toString(),
    ])
    expect(seen).to.have.deep.members([
      ['GET', '/echo?1', 'b', 'worker/1', ''],
      ['PUT', '/echo?2', 'b', 'worker/1', 'x'],
    ])

    const status = await run(['status', ...place])
    expect([status.code, status.stderr]).to.deep.equal([0, ''])
    expect(status.text).to.include('completed  2\n')
    const drained = await run(['drain', ...place])
    expect([drained.code, drained.text]).to.deep.equal([0, '{"removed":0}\n'])
  }).timeout(60_000)

  it('report wrong usage in one line, with exit code 2', async () => {
    const nowhere = `redis://:sesame@127.0.0.1:${await freePort()}`
    const results = await Promise.all([
      run(['work', '--queue', 'pages'], undefined, nowhere),
      run(['work']),
      run(['enqueue', '--queue', 'pages']),
      run(['status', '--queue', 'pages', '--quee', 'x']),
    ])
    const messages = [/ECONNREFUSED/, /--queue NAME is missing/, /there is no URL/, /--quee/]
    results.forEach(({ code, text, stderr }, i) => {
      expect([code, text]).to.deep.equal([2, ''])
      expect(stderr)
        .to.match(messages[i]!)
        .and.match(/^parallelcurl: [^\n]*\n$/)
      expect(stderr).to.not.include('sesame')
    })
  })

  describe('D12: signals to work', () => {
    let number = 0
    let name: string
    beforeEach(() => {
      server.forget()
      name = `signals-${++number}`
    })

    /** Adds requests, and works until it is told to stop. */
    const work = async (
      paths: readonly string[],
      options: readonly string[],
      onStart: (child: ChildProcess) => void,
      at = redis,
    ): Promise<CommandResult> => {
      const [queue] = openQueues(name, { connection: at.connection }) as [Queue]
      await enqueue(
        queue,
        paths.map((path) => server.url(path)),
      )
      await queue.close()
      return runProgram(process.execPath, [commandPath(), 'work', '--queue', name, ...options], {
        env: { PARALLELCURL_REDIS: at.url },
        onStart,
      })
    }
    /** Returns the numbers of jobs in the queue. */
    const left = async (): Promise<unknown> => {
      const [queue] = openQueues(name, { connection: redis.connection }) as [Queue]
      try {
        return await queue.getJobCounts('waiting', 'active', 'failed')
      } finally {
        await queue.close()
      }
    }

    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGHUP', 143],
      ['SIGQUIT', 143],
      ['SIGINT', 130],
    ] as const) {
      it(`${signal} gives endless jobs back after the grace period, and saves cookies`, async () => {
        const folder = mkdtempSync(join(tmpdir(), 'signals-'))
        const jar = join(folder, 'jar')
        const result = await work(['/login', '/hang'], ['--grace', '0.2', '-c', jar], (child) => {
          // The answer that is over, and the one that never comes.
          child.stdout?.once('data', () => {
            void server.waitForRequests(2).then(() => child.kill(signal))
          })
        })
        expect([result.code, result.signal]).to.deep.equal([code, null])
        expect(result.stderr).to.match(/^parallelcurl: waiting at most 0\.2 s for transfers in flight/)
        expect(result.text.trim().split('\n')).to.have.length(1)
        expect(await left()).to.deep.equal({ waiting: 1, active: 0, failed: 0 })
        expect(readFileSync(jar, 'utf8')).to.include('\ta\t1')
        rmSync(folder, { recursive: true })
      })
    }

    it('a signal lets transfers in flight finish within the grace period, and leaves the other jobs', async () => {
      const paths = Array.from({ length: 5 }, (_, i) => `/gate/grace?${String(i)}`)
      const { code, text } = await work(paths, ['--grace', '60', '--parallel-max', '2'], (child) => {
        // The answers come only once the command has said that it knows of the signal.
        child.stderr?.on('data', (data: Buffer) => {
          if (data.includes('waiting at most')) server.gate('grace').open()
        })
        void server
          .gate('grace')
          .waiting(2)
          .then(() => child.kill('SIGTERM'))
      })
      expect([code, text.trim().split('\n').length]).to.deep.equal([143, 2])
      expect(await left()).to.deep.equal({ waiting: 3, active: 0, failed: 0 })
    })

    it('a second signal ends the command at once', async () => {
      const { code } = await work(['/hang'], ['--grace', '3600'], (child) => {
        void server.waitForRequests(1).then(() => {
          child.stderr?.once('data', () => child.kill('SIGHUP'))
          child.kill('SIGTERM')
        })
      })
      expect(code).to.equal(143)
      expect(await left()).to.deep.equal({ waiting: 1, active: 0, failed: 0 })
    })

    it('a signal ends the command if Redis is unreachable', async () => {
      await using away = await startRedis()
      const { code, signal } = await work(
        ['/hang'],
        ['--grace', '0'],
        (child) => {
          void server
            .waitForRequests(1)
            .then(() => away.stop())
            .then(() => child.kill('SIGTERM'))
        },
        away,
      )
      // The search for Redis blocks the process, so the signal itself has to end it.
      expect(code ?? signal).to.be.oneOf([143, 'SIGTERM'])
    })
  })
})
