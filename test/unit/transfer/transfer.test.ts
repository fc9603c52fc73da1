/**
 * A transfer with a large body that is handed to the user is replaced by another one with the same content.
 */
import { expect } from 'chai'
import { Transfer } from '../../../src/transfer/transfer.js'
import type { TransferContext } from '../../../src/transfer/transfer-types.js'

describe('a transfer that is handed out', () => {
  const make = (own: Partial<Record<keyof Transfer, unknown>> = {}): Transfer => {
    const transfer = new Transfer({} as TransferContext, 7, 'http://h/', {}, 3)
    for (const key of Object.keys(transfer)) {
      // Of each field one can tell whether it has come along. The context of the caller must not.
      if (!['id', 'url', 'queuedAt', 'isKnown', 'caller'].includes(key))
        Object.defineProperty(transfer, key, { value: { key }, writable: true })
    }
    return Object.assign(transfer, { chunks: Buffer.alloc(10), receivedBytes: 40_000 }, own)
  }

  it('is a copy with all of the outcome, and the old one keeps no body alive', () => {
    const old = make()
    const before = { ...old } as Record<string, unknown>
    const young = old.handOut()
    const after = { ...young } as Record<string, unknown>
    expect(young).to.not.equal(old)
    expect(Object.keys(after)).to.have.members(Object.keys(before))
    const lost = Object.keys(before).filter((key) => after[key] !== before[key])
    expect(lost).to.deep.equal([])
    expect([old.chunks, old.source]).to.deep.equal([null, null])
  })

  it('is the same object where it has been handed out before, or the body is small or went elsewhere', () => {
    for (const own of [{ isKnown: true }, { receivedBytes: 30_000 }, { chunks: null }]) {
      const old = make(own)
      expect(old.handOut()).to.equal(old)
    }
  })
})
