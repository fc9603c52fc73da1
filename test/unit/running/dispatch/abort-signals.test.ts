/** Listeners on abort signals. Does not know how a transfer is aborted. */
import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import { AbortSignals } from '../../../../src/running/dispatch/abort-signals.js'
import { TransferRecord } from '../../../../src/running/record/transfer-record.js'
import type { LaunchOrder } from '../../../../src/engine/request/wire-request.js'
import type { TransferContext } from '../../../../src/transfer/transfer-types.js'

let lastId = 0
const transfer = (): TransferRecord =>
  new TransferRecord({} as TransferContext, ++lastId, 'http://h/', {}, {} as LaunchOrder, 0)

describe('AbortSignals', () => {
  it('keeps one listener for each signal as long as somebody needs it, and aborts each once', () => {
    const aborted: [TransferRecord, unknown][] = []
    const signals = new AbortSignals((one, reason) => aborted.push([one, reason]))
    const controller = new AbortController()
    const count = (): number => getEventListeners(controller.signal, 'abort').length
    const [a, b, c] = [transfer(), transfer(), transfer()]
    for (const one of [a, b, c]) signals.watch(controller.signal, one)
    expect(count()).to.equal(1)
    signals.forget(controller.signal, b)
    signals.forget(controller.signal, b)
    expect(count()).to.equal(1)
    controller.abort('why')
    expect(aborted).to.deep.equal([
      [a, 'why'],
      [c, 'why'],
    ])
    expect(count()).to.equal(0)
    signals.forget(controller.signal, a)
    const other = new AbortController()
    signals.watch(other.signal, a)
    signals.forget(other.signal, a)
    expect(getEventListeners(other.signal, 'abort')).to.have.length(0)
  })
})
