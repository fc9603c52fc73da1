/** Standstills: whom it helps to go on, and when. */
import { expect } from 'chai'
import type { EasyHandle } from '../../../../src/engine/handle/easy-handle.js'
import { Standstills } from '../../../../src/engine/handle/http2-stalls.js'
import { VirtualClock } from '../../../support/virtual-clock.js'
import { INFO } from '../../../../src/engine/node-libcurl/binding.js'

const HTTP_1_1 = 2
const HTTP_2 = 3

/** A transfer over TLS, which says at which looks it has been helped. */
class Carrier {
  readonly isLive = true
  progress: number | null = 0
  hasSpeedLimit = false
  version = HTTP_2
  isSent = true
  /** Bytes of its head and of its upload. */
  moved = 0
  standstillTimeoutMs = Infinity
  mayBeHttp2 = true
  isAnswered = false
  readonly transfer = { url: 'https://a/' }
  readonly lane = { oneAtATime: new Set<string>() }
  readonly helped: number[] = []
  looks = 0
  readonly easy = {
    getInfo: (id: number) => ({
      code: 0,
      data:
        id === INFO['HTTP_VERSION']
          ? this.version
          : id === INFO['REQUEST_SIZE']
            ? Number(this.isSent)
            : id === INFO['HEADER_SIZE']
              ? this.moved
              : 0,
    }),
    pause: (bits: number) => {
      if (bits === 0) this.helped.push(this.looks)
    },
  }
}

interface Seen {
  helped: number[]
  /** At which looks it was given up, and its lane woken. */
  givenUp: number[]
  woken: number[]
  settled: number[]
}

/** Looks so often, every half second; says when it did what. */
function look(looks: number, carrier: Carrier, before?: (look: number) => void): Seen {
  const clock = new VirtualClock()
  const seen: Seen = { helped: carrier.helped, givenUp: [], woken: [], settled: [] }
  const host = {
    giveUp: () => seen.givenUp.push(carrier.looks),
    settle: () => seen.settled.push(carrier.looks),
    wake: () => seen.woken.push(carrier.looks),
  }
  const carriers = new Map([[carrier, carrier as unknown as EasyHandle]])
  const standstills = new Standstills(carriers, clock, host, true, true)
  for (carrier.looks = 0; carrier.looks < looks; carrier.looks++) {
    before?.(carrier.looks)
    standstills.look()
    clock.advance(500)
  }
  return seen
}

const helpedIn = (looks: number, carrier: Carrier, before?: (look: number) => void): number[] =>
  look(looks, carrier, before).helped

describe('transfers over HTTP/2 that stand still', () => {
  it('are helped, ever more seldom, without an end', () => {
    expect(helpedIn(200, new Carrier())).to.deep.equal([1, 2, 4, 8, 16, 32, 64, 128, 192])
  })

  it('are helped where nothing has come yet', () => {
    const carrier = new Carrier()
    carrier.version = 0
    expect(helpedIn(3, carrier)).to.deep.equal([1, 2])
  })

  it('are left alone when they move, and helped as at first when they stand again', () => {
    const carrier = new Carrier()
    const move = (look: number): void => {
      if (look <= 10) carrier.progress = look
    }
    expect(helpedIn(15, carrier, move)).to.deep.equal([11, 12, 14])
  })

  it('are left alone where they may be paused, and with HTTP/1.1', () => {
    const paused = new Carrier()
    paused.progress = null
    const plain = new Carrier()
    plain.version = HTTP_1_1
    expect([helpedIn(10, paused), helpedIn(10, plain)]).to.deep.equal([[], []])
  })

  it('are helped once where libcurl measures the speed, which would begin anew', () => {
    const carrier = new Carrier()
    carrier.hasSpeedLimit = true
    expect(helpedIn(100, carrier)).to.deep.equal([1])
  })

  it('are given up when they have stood for as long as they may; sending and headers count as moving (D28)', () => {
    const carrier = new Carrier()
    carrier.standstillTimeoutMs = 5000
    expect(look(12, carrier).givenUp).to.deep.equal([10, 11])
    const moving = new Carrier()
    moving.standstillTimeoutMs = 5000
    const move = (at: number): void => {
      if (at % 5 === 0) moving.moved++
    }
    expect(look(100, moving, move).givenUp).to.deep.equal([])
  })

  it('are not given up with HTTP/1.1, where they may be paused, or before they were sent', () => {
    const some = [
      { version: HTTP_1_1 },
      { version: 0, mayBeHttp2: false },
      { version: 0, lane: { oneAtATime: new Set(['https://a']) } },
      { progress: null },
      { isSent: false },
    ]
    for (const about of some) {
      const carrier = Object.assign(new Carrier(), { standstillTimeoutMs: 1000 }, about)
      expect(look(20, carrier).givenUp, JSON.stringify(about)).to.deep.equal([])
    }
  })

  it('are woken where they wait for a connection, ever more seldom (D24)', () => {
    const carrier = new Carrier()
    carrier.isSent = false
    expect(look(20, carrier).woken).to.deep.equal([2, 4, 8, 16])
  })

  it('end with the answer that they have after five seconds, and not before (D29)', () => {
    const carrier = Object.assign(new Carrier(), { isAnswered: true })
    expect(look(11, carrier).settled).to.deep.equal([10])
  })
})
