/**
 * Random sequences of all that starts, ends and aborts requests, without a network: each request has one
 * outcome, and nobody waits when nothing is outstanding.
 */
import fc from 'fast-check'
import { sequence } from '../../../support/wireless/any-sequence.js'
import { FOUND } from '../../../support/wireless/found-sequences.js'
import { SequenceRun } from '../../../support/wireless/sequence-run.js'

describe('every waiter wakes', () => {
  it('gives each request one outcome, and leaves nobody waiting when nothing is outstanding', async () => {
    await fc.assert(
      fc.asyncProperty(sequence, async (given) => {
        const run = new SequenceRun(given)
        for (const one of given.steps) await run.do(one)
        await run.end()
      }),
      { numRuns: Number(process.env['PARALLELCURL_RUNS'] ?? 500), examples: FOUND.map((one) => [one]) },
    )
  }).timeout(600_000)
})
