/** A worker whose Redis goes away, or cannot be used at all. */
import { expect } from 'chai'
import { createWorker } from '../../../src/bullmq/index.js'
import { ParallelCurl } from '../../../src/index.js'
import { runChild } from '../../support/programs/child.js'
import { startRedis } from '../../support/programs/redis.js'
import { closeMade, requireProgram } from '../../support/programs/requires.js'
import { startTcpServer, type TcpConnection } from '../../support/servers/tcp-server.js'

describe('A worker of a queue', () => {
  it('lets its commands wait for a Redis that is away, whatever the connection says', async function () {
    requireProgram(this, 'redis-server')
    await using redis = await startRedis()
    const curl = new ParallelCurl(1)
    for (const more of [{}, { maxRetriesPerRequest: 20 }]) {
      const worker = createWorker('patient', curl, { connection: { ...redis.connection, ...more } })
      const { client, blockingClient } = worker.getBackend()
      const limits = [await client, await blockingClient].map(
        (one) => one?.options['maxRetriesPerRequest'] as unknown,
      )
      await closeMade(worker)
      expect(limits).to.deep.equal([null, null])
    }
    await curl.close()
  })

  // The loop of BullMQ would keep this process from everything else.
  it('closes with an error if its Redis is too old for BullMQ', async () => {
    await using server = await startTcpServer(answerAsOldRedis)
    const source = `
      import { ParallelCurl } from './src/index.js'
      import { createWorker } from './src/bullmq/index.js'
      const connection = { host: '127.0.0.1', port: Number(process.argv[1]) }
      const worker = createWorker('old', new ParallelCurl(1), { connection })
      worker.on('error', ({ name, message }) => console.log(name, message))
      worker.on('closed', () => process.exit(0))`
    const { code, stdout, hung } = await runChild(source, {
      args: [String(server.port)],
      killAfterMs: 20_000,
    })
    expect({ code, hung }).to.deep.equal({ code: 0, hung: false })
    expect(stdout).to.match(/^QueueProblem queue old: Redis version needs to be .* 4\.0\.0$/m)
  })
})

/** Answers each command with OK, and INFO with the version 4. */
function answerAsOldRedis(connection: TcpConnection): void {
  const info = 'redis_version:4.0.0\r\n'
  connection.socket.on('data', (chunk: Buffer) => {
    for (const [, command] of chunk.toString('latin1').matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g))
      connection.send(command === 'info' ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n')
  })
}
