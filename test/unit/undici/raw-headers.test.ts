/** Header lines as the bytes that undici's handlers get, and what is kept of them. */
import { expect } from 'chai'
import type { Transfer } from '../../../src/transfer/transfer.js'
import { rawResponses } from '../../../src/undici/raw-headers.js'
import { collectUntil } from '../../support/garbage.js'

const headersOf = (line: string, sharesNames: boolean): Buffer[] => {
  const headerList = ['HTTP/1.1 200 OK', line, '']
  return rawResponses({ headerList, responseCode: 200 } as unknown as Transfer, sharesNames)[0]!.headers
}

describe('the raw headers of a response', () => {
  it('share the bytes of a name only where they may, and never those of a value', () => {
    const [first, second, own] = [true, true, false].map((shares) => headersOf('X-Same: value', shares))
    expect(second).to.deep.equal(first)
    expect(second![0]).to.equal(first![0])
    expect(second![1]).not.to.equal(first![1])
    expect(own![0]).not.to.equal(first![0])
  })

  it('keep neither the values nor long names of earlier responses', async () => {
    const LENGTH = 100_000
    const used = (): number => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
    await collectUntil(() => false, 3)
    const before = used()
    for (let i = 0; i < 200; i++) {
      // As node-libcurl gives them: lines that are no parts of a longer text.
      const parts = [
        `X-A-Name-Of-Its-Own-${String(i)}: ${'v'.repeat(LENGTH)}`,
        `X-${'n'.repeat(LENGTH)}${String(i)}: v`,
      ]
      for (const line of parts) headersOf(Buffer.from(line).toString(), true)
    }
    const isFreed = (): boolean => used() - before < 5_000_000
    await collectUntil(isFreed)
    expect(isFreed(), String(used() - before)).to.equal(true)
  })
})
