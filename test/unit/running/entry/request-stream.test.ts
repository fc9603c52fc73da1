/** The window and the order of a stream, with random inputs. Does not know the dispatcher. */
import { expect } from 'chai'
import fc from 'fast-check'
import { RequestStream } from '../../../../src/running/entry/request-stream.js'
import type { Transfer } from '../../../../src/transfer/transfer.js'
import { TransferRecord } from '../../../../src/running/record/transfer-record.js'
import type { LaunchOrder } from '../../../../src/engine/request/wire-request.js'
import type { TransferContext } from '../../../../src/transfer/transfer-types.js'

let lastId = 0
const transfer = (): TransferRecord =>
  new TransferRecord({} as TransferContext, ++lastId, 'http://h/', {}, {} as LaunchOrder, 0)

describe('RequestStream', () => {
  it('yields each input once, keeps to its window and its order, and holds one at a time, whatever is done when', async function () {
    this.timeout(300_000)
    const run = async (
      count: number,
      window: number,
      ordered: boolean,
      isAsync: boolean,
      picks: number[],
    ): Promise<void> => {
      const outstanding: TransferRecord[] = []
      const held = new Set<Transfer>()
      const hurried = new Set<TransferRecord>()
      const made = new Map<Transfer, number>()
      const line: TransferRecord[] = []
      let pulled = 0
      let yielded = 0
      function* source(): Generator<number> {
        while (pulled < count) yield pulled++
      }
      async function* later(): AsyncGenerator<number> {
        yield* source()
      }
      const stream = new RequestStream<number>(
        isAsync ? later() : source(),
        {
          make: (input) => {
            const one = transfer()
            made.set(one, input)
            line.push(one)
            return one
          },
          submit: (one) => void outstanding.push(one),
          abort: () => undefined,
          hurry: (one) => hurried.add(one),
          release: (one) => expect(held.delete(one), 'released once').to.equal(true),
        },
        { window, ordered, signal: undefined },
      )
      const order: number[] = []
      for (let turn = 0; ; turn++) {
        const next = stream.next()
        let result: IteratorResult<Transfer, undefined> | undefined
        void next.then((value) => (result = value))
        for (let i = 0; i < 10; i++) await Promise.resolve()
        expect(pulled - yielded).to.be.at.most(window + (isAsync ? 1 : 0))
        while (result === undefined) {
          if (ordered) expect(hurried.has(line[order.length]!), 'the next one is hurried').to.equal(true)
          const [done] = outstanding.splice(picks[turn++ % picks.length]! % outstanding.length, 1)
          held.add(done!)
          done!.sink!.deliver(done!)
          for (let i = 0; i < 10; i++) await Promise.resolve()
        }
        if (result.done) break
        yielded++
        order.push(made.get(result.value)!)
        expect(held.has(result.value), 'held').to.equal(true)
      }
      expect(held.size).to.equal(0)
      const all = Array.from({ length: count }, (_, i) => i)
      expect(ordered ? order : [...order].sort((a, b) => a - b)).to.deep.equal(all)
    }
    await fc.assert(
      fc.asyncProperty(
        fc.nat(600),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        fc.boolean(),
        fc.array(fc.nat(50), { minLength: 1, maxLength: 20 }),
        run,
      ),
      { numRuns: 60 },
    )
  })
})
