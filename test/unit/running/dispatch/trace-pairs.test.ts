/**
 * Random sequences of all that starts, ends and aborts requests: on the channels of `diagnostics_channel`
 * each start has exactly one end or error.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { sequence } from '../../../support/wireless/any-sequence.js'
import { FOUND } from '../../../support/wireless/found-sequences.js'
import { SequenceRun } from '../../../support/wireless/sequence-run.js'
import { TraceRecorder } from '../../../support/trace-recorder.js'

describe('channels of diagnostics_channel', () => {
  it('have one end or error for each start, whatever happens to requests', async () => {
    let requests = 0
    await fc.assert(
      fc.asyncProperty(sequence, async (given) => {
        const recorder = new TraceRecorder()
        try {
          const run = new SequenceRun(given)
          for (const one of given.steps) await run.do(one)
          await run.end()
          requests += recorder.expectPairs()
        } finally {
          recorder.stop()
        }
      }),
      { numRuns: Number(process.env['PARALLELCURL_RUNS'] ?? 200), examples: FOUND.map((one) => [one]) },
    )
    expect(requests).to.be.greaterThan(100)
  }).timeout(600_000)
})
