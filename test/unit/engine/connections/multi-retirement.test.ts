/**
 * The moment at which a multi handle is replaced: by the connections that it keeps and has made, and by the
 * cost of closing them.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { Easy } from '../../../../src/engine/node-libcurl/binding.js'
import { shouldRetire, wornAt } from '../../../../src/engine/connections/multi-retirement.js'
import { MultiHandle } from '../../../../src/engine/connections/multi-handles.js'

describe('what a multi handle bears', () => {
  it('is four times as many connections as it keeps by default', () => {
    expect(wornAt(1024)).to.equal(4096)
  })

  it('closing it takes no more steps than that, and loses at most six times what it saved', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (kept) => {
        const forgotten = wornAt(kept) - kept
        expect(forgotten).to.be.at.least(kept / 6)
        if (forgotten !== Infinity) expect(kept * forgotten).to.be.at.most(1024 * 3072 + kept)
      }),
    )
    expect(wornAt(4000)).to.be.below(5000)
    expect(wornAt(9000)).to.equal(Infinity)
  })

  describe('one that has made very many', () => {
    const isWorn = (...urls: string[]): boolean => {
      const multiHandle = new MultiHandle('')
      multiHandle.connections = 1e6
      multiHandle.wornAt = wornAt(1024)
      const easy = new Easy()
      try {
        return Array.from({ length: 61 }, (_, i) =>
          shouldRetire(multiHandle, easy, urls[i] ?? 'http://a/'),
        ).includes(true)
      } finally {
        easy.close()
      }
    }

    it('is worn, whatever kind of HTTP it spoke', () => {
      expect(isWorn('https://a/', 'HTTP://a/', 'ws://a/', 'WSS://a/')).to.equal(true)
    })

    for (const url of ['ftp://a/', 'FTPS://a/', 'imap://a/', 'smtp://a/', 'pop3://a/', 'ftp.a/']) {
      it(`is not where it has spoken to ${url}: each of its connections would say goodbye`, () => {
        expect(isWorn(url)).to.equal(false)
      })
    }
  })
})
