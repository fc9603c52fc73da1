/** Arguments that queues and workers refuse at the call, before anything connects. Needs no Redis. */
import type { Queue } from 'bullmq'
import { expect } from 'chai'
import {
  createWorker,
  createWorkers,
  enqueue,
  openQueues,
  type QueuedRequest,
} from '../../../../src/bullmq/index.js'
import { OptionError, ParallelCurl } from '../../../../src/index.js'
import { rejectionOf } from '../../../support/requests.js'

const LIKE_NONE = [
  ['missing', {}, 'got undefined'],
  ['null', { connection: null }, 'got null'],
  ['a string', { connection: 'redis://:sesame@localhost' }, 'got a string'],
  ['a URL', { connection: new URL('redis://:sesame@localhost') }, 'got an object (URL)'],
  ['a list', { connection: ['localhost'] }, 'got an array'],
] as const

describe('the connection of queues and workers', () => {
  for (const [kind, wrong, got] of LIKE_NONE) {
    it(`is refused, and shown to nobody: ${kind}`, async () => {
      const curl = new ParallelCurl(1)
      const options = wrong as never
      const refusals: [call: string, () => unknown][] = [
        ['createWorker', () => createWorker('refused', curl, options)],
        ['createWorkers', () => createWorkers('refused', curl, options)],
        ['openQueues', () => openQueues('refused', options)],
      ]
      try {
        for (const [call, refusal] of refusals) {
          const error = await rejectionOf(Promise.resolve().then(refusal))
          expect(error, call).to.be.instanceOf(OptionError)
          const { message, option } = error as OptionError
          expect(message).to.match(new RegExp(`^${call}: connection must be an object: `))
          expect(message.endsWith(got), message).to.equal(true)
          expect(option).to.equal('connection')
        }
      } finally {
        await curl.close()
      }
    })
  }
})

describe('enqueue()', () => {
  for (const wrong of [[], [null], undefined, 'redis://:sesame@localhost', { host: 'localhost' }]) {
    it(`refuses what is no queue: ${JSON.stringify(wrong)}`, async () => {
      let read = 0
      const requests = function* (): Iterable<QueuedRequest> {
        read++
        yield { url: 'http://127.0.0.1/' }
      }
      const error = (await rejectionOf(enqueue(wrong as unknown as Queue, requests()))) as OptionError
      expect(error).to.be.instanceOf(OptionError)
      expect(error.message).to.match(
        /^enqueue: queue must be a queue of BullMQ, or a list of at least one, got /,
      )
      expect(error.message).not.to.contain('sesame')
      expect([error.option, read]).to.deep.equal(['queue', 0])
    })
  }
})
