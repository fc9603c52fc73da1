/**
 * Random sequences of all that starts, ends and aborts requests, without a network: each request has one
 * outcome, and nobody waits when nothing is outstanding.
 */
import fc from 'fast-check'
import { sequence, type Request, type Sequence } from '../../../support/wireless/any-sequence.js'
import { SequenceRun } from '../../../support/wireless/sequence-run.js'

const REQUEST: Request = {
  way: 'callback',
  url: 0,
  access: 'none',
  signal: null,
  timeout: null,
  retry: 0,
  isNewSession: false,
  priority: 0,
  then: 'nothing',
}

/** A gate of proxies was asked while every slot was taken, and no proxy that came free afterwards woke it. */
const ASKED_IN_VAIN: Sequence = {
  steps: [
    ['now', { do: 'request', given: { ...REQUEST, access: 'both' } }],
    ['now', { do: 'request', given: REQUEST }],
    ['now', { do: 'request', given: REQUEST }],
    ['now', { do: 'sessions' }],
  ],
  moods: [{ session: 'made', act: 'start' }],
  maxRequests: 4,
  idle: 0,
  strategy: 'function',
}

describe('every waiter wakes', () => {
  it('gives each request one outcome, and leaves nobody waiting when nothing is outstanding', async () => {
    await fc.assert(
      fc.asyncProperty(sequence, async (given) => {
        const run = new SequenceRun(given)
        for (const one of given.steps) await run.do(one)
        await run.end()
      }),
      { numRuns: Number(process.env['PARALLELCURL_RUNS'] ?? 500), examples: [[ASKED_IN_VAIN]] },
    )
  }).timeout(600_000)
})
