/** Standstills: whom it helps to go on, and when. */
import { expect } from 'chai'
import type { PooledEasy } from '../../../src/engine/pooled-easy.js'
import { Standstills } from '../../../src/engine/standstills.js'

const HTTP_1_1 = 2
const HTTP_2 = 3

/** A transfer over TLS, which says at which looks it has been helped. */
class Carrier {
  readonly isLive = true
  progress: number | null = 0
  hasSpeedLimit = false
  version = HTTP_2
  readonly helped: number[] = []
  looks = 0
  readonly easy = {
    getInfo: () => ({ code: 0, data: this.version }),
    pause: (bits: number) => {
      if (bits === 0) this.helped.push(this.looks)
    },
  }
}

/** Looks so often; says when it helped. */
function helpedIn(looks: number, carrier: Carrier, before?: (look: number) => void): number[] {
  const standstills = new Standstills(new Map([[carrier, carrier as unknown as PooledEasy]]))
  for (carrier.looks = 0; carrier.looks < looks; carrier.looks++) {
    before?.(carrier.looks)
    standstills.look()
  }
  return carrier.helped
}

describe('Standstills', () => {
  it('helps what stands still, ever more seldom, and never stops', () => {
    expect(helpedIn(200, new Carrier())).to.deep.equal([1, 2, 4, 8, 16, 32, 64, 128, 192])
  })

  it('helps where nothing has come yet', () => {
    const carrier = new Carrier()
    carrier.version = 0
    expect(helpedIn(3, carrier)).to.deep.equal([1, 2])
  })

  it('leaves alone what moves, and begins anew when it stands again', () => {
    const carrier = new Carrier()
    const move = (look: number): void => {
      if (look <= 10) carrier.progress = look
    }
    expect(helpedIn(15, carrier, move)).to.deep.equal([11, 12, 14])
  })

  it('leaves alone what may be paused, and HTTP/1.1', () => {
    const paused = new Carrier()
    paused.progress = null
    const plain = new Carrier()
    plain.version = HTTP_1_1
    expect([helpedIn(10, paused), helpedIn(10, plain)]).to.deep.equal([[], []])
  })

  it('helps once where libcurl measures the speed: it would begin to measure anew', () => {
    const carrier = new Carrier()
    carrier.hasSpeedLimit = true
    expect(helpedIn(100, carrier)).to.deep.equal([1])
  })
})
