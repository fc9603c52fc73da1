/** `parallelcurl enqueue`, `work`, `status` and `drain` as people call them. */
import { expect } from 'chai'
import { commandPath, runProgram, type CommandResult } from '../../support/programs/command.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http-server.js'
import { freePort, type RedisServer, startRedis } from '../../support/programs/redis.js'
import { closeMade, requireProgram } from '../../support/programs/requires.js'

describe('integration: BullMQ on the command line', () => {
  let redis: RedisServer
  let server: HttpServer
  before(async function () {
    requireProgram(this, 'redis-server')
    redis = await startRedis()
    server = await startHttpServer()
  })
  after(() => closeMade(server, redis))

  const run = (args: string[], input?: string, url = redis.url): Promise<CommandResult> =>
    runProgram(process.execPath, [commandPath(), ...args], {
      ...(input !== undefined && { input }),
      env: { PARALLELCURL_REDIS: url },
    })

  it('takes a list from one terminal to another', async () => {
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
  })

  it('says in one line what is wrong, and ends with 2', async () => {
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
})
