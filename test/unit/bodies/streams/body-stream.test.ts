/** A body on its way into a stream: a paused transfer is resumed. Does not know libcurl. */
import { expect } from 'chai'
import { StreamHandover } from '../../../../src/bodies/streams/body-stream.js'
import { NO_CONTEXT } from '../../../../src/transfer/caller-context.js'
import type { Transfer } from '../../../../src/transfer/transfer.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const PIECE = 1 << 16

describe('a body that is handed out as a stream', () => {
  for (const [what, batches] of [
    ['at once', [5]],
    ['in pieces that are small each', [3, 2]],
    ['one by one', [1, 1, 1, 1, 1]],
  ] as const) {
    it(`goes on once it is read where the stream was filled ${what}`, async () => {
      let resumed = 0
      const caller = NO_CONTEXT
      const transfer = { caller, errno: 0, responseCode: 200, getInfo: () => 200, resume: () => resumed++ }
      const handover = new StreamHandover(transfer as unknown as Transfer, {
        followsRedirects: false,
        mayTryAgain: () => false,
        abort: () => undefined,
      })
      handover.begin()
      handover.headersArrived()
      for (let i = 0; i < 3; i++) await turn()
      for (const count of batches) {
        for (let i = 0; i < count; i++) handover.write(Buffer.alloc(PIECE))
        for (let i = 0; i < 3; i++) await turn()
      }
      expect(handover.isFull, 'libcurl is told to pause').to.equal(true)
      expect(resumed).to.equal(0)
      let read = 0
      handover.stream.on('data', (chunk: Buffer) => (read += chunk.length))
      for (let i = 0; i < 5; i++) await turn()
      expect([read, handover.isFull]).to.deep.equal([5 * PIECE, false])
      expect(resumed).to.be.above(0)
    })
  }
})
