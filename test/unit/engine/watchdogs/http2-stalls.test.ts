/** Http2Stalls: whom it helps to go on, and when. */
import { expect } from 'chai'
import type { EasyHandle } from '../../../../src/engine/handle/easy-handle.js'
import { Http2Stalls } from '../../../../src/engine/watchdogs/http2-stalls.js'
import { VirtualClock } from '../../../support/virtual-clock.js'
import { INFO } from '../../../../src/engine/node-libcurl/binding.js'

const HTTP_1_1 = 2
const HTTP_2 = 3
const HTTP_3 = 30

/** A transfer over TLS, which says at which looks it has been helped. */
class Carrier {
  readonly isLive = true
  progress: number | null = 0
  mayBeUnheard = false
  hasSpeedLimit = false
  version = HTTP_2
  isSent = true
  /** Bytes of its head and of its upload. */
  moved = 0
  standstillTimeoutMs = Infinity
  mayBeHttp2 = true
  isAnswered = false
  readonly transfer = { url: 'https://a/' }
  readonly multiHandle = { oneAtATime: new Set<string>() }
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
  /** At which looks it was given up, and its multi handle woken. */
  givenUp: number[]
  woken: number[]
  settled: number[]
}

/** Looks so often, every half second; says when it did what. */
function look(looks: number, handle: Carrier, before?: (look: number) => void): Seen {
  const clock = new VirtualClock()
  const seen: Seen = { helped: handle.helped, givenUp: [], woken: [], settled: [] }
  const host = {
    giveUp: () => seen.givenUp.push(handle.looks),
    settle: () => seen.settled.push(handle.looks),
    wake: () => seen.woken.push(handle.looks),
  }
  const handles = new Map([[handle, handle as unknown as EasyHandle]])
  const stalls = new Http2Stalls(handles, clock, host, true, true)
  for (handle.looks = 0; handle.looks < looks; handle.looks++) {
    before?.(handle.looks)
    stalls.look()
    clock.advance(500)
  }
  return seen
}

const helpedIn = (looks: number, handle: Carrier, before?: (look: number) => void): number[] =>
  look(looks, handle, before).helped

describe('transfers over HTTP/2 that stand still', () => {
  it('are helped, ever more seldom, without an end', () => {
    expect(helpedIn(200, new Carrier())).to.deep.equal([1, 2, 4, 8, 16, 32, 64, 128, 192])
  })

  it('are helped where nothing has come yet', () => {
    const handle = new Carrier()
    handle.version = 0
    expect(helpedIn(3, handle)).to.deep.equal([1, 2])
  })

  it('are left alone when they move, and helped as at first when they stand again', () => {
    const handle = new Carrier()
    const move = (look: number): void => {
      if (look <= 10) handle.progress = look
    }
    expect(helpedIn(15, handle, move)).to.deep.equal([11, 12, 14])
  })

  it('are left alone where they may be paused, and with HTTP/1.1', () => {
    const paused = new Carrier()
    paused.progress = null
    const plain = new Carrier()
    plain.version = HTTP_1_1
    expect([helpedIn(10, paused), helpedIn(10, plain)]).to.deep.equal([[], []])
  })

  it('are helped before a response, and not behind its beginning, where only a WRITEFUNCTION could pause them', () => {
    const handle = Object.assign(new Carrier(), { version: 0, progress: null, mayBeUnheard: true })
    handle.standstillTimeoutMs = 1000
    const answer = (look: number): void => {
      if (look === 5) handle.version = HTTP_2
    }
    expect(look(100, handle, answer)).to.deep.equal({
      helped: [1, 2, 4],
      givenUp: [],
      woken: [],
      settled: [],
    })
    const unsent = Object.assign(new Carrier(), {
      version: 0,
      progress: null,
      mayBeUnheard: true,
      isSent: false,
    })
    expect(helpedIn(10, unsent)).to.deep.equal([])
  })

  it('are helped once where libcurl measures the speed, which would begin anew', () => {
    const handle = new Carrier()
    handle.hasSpeedLimit = true
    expect(helpedIn(100, handle)).to.deep.equal([1])
  })

  it('are given up when they have stood for as long as they may; sending and headers count as moving (D28)', () => {
    const handle = new Carrier()
    handle.standstillTimeoutMs = 5000
    expect(look(12, handle).givenUp).to.deep.equal([10, 11])
    const overHttp3 = Object.assign(new Carrier(), { version: HTTP_3, standstillTimeoutMs: 5000 })
    expect(look(12, overHttp3).givenUp).to.deep.equal([10, 11])
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
      { version: 0, multiHandle: { oneAtATime: new Set(['https://a']) } },
      { progress: null },
      { isSent: false },
    ]
    for (const about of some) {
      const handle = Object.assign(new Carrier(), { standstillTimeoutMs: 1000 }, about)
      expect(look(20, handle).givenUp, JSON.stringify(about)).to.deep.equal([])
    }
  })

  it('are woken where they wait for a connection, ever more seldom (D24)', () => {
    const handle = new Carrier()
    handle.isSent = false
    expect(look(20, handle).woken).to.deep.equal([2, 4, 8, 16])
  })

  it('end with the answer that they have after five seconds, and not before (D29)', () => {
    const handle = Object.assign(new Carrier(), { isAnswered: true })
    expect(look(11, handle).settled).to.deep.equal([10])
  })
})
