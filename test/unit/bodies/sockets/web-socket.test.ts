/** A WebSocket with pieces of frames that no real peer sends on demand, and with time. The wire is a list. */
import { expect } from 'chai'
import fc from 'fast-check'
import { mock } from 'node:test'
import { AGAIN, type FramePiece, type Wire } from '../../../../src/bodies/sockets/connection.js'
import type { Found, Poller } from '../../../../src/bodies/sockets/poller.js'
import { CurlWebSocket } from '../../../../src/bodies/sockets/web-socket.js'
import { Handshake } from '../../../../src/bodies/sockets/web-socket-handshake.js'
import { FLAG } from '../../../../src/bodies/sockets/web-socket-frames.js'

const NOTHING: FramePiece = { length: AGAIN, flags: 0, isLast: false }

class FakeWire implements Wire {
  received = 0
  sent: { bytes: Buffer; flags: number }[] = []
  /** The most bytes of a frame that the system takes at each write, until it takes no more. */
  taken = [Infinity]
  next: (into: Buffer, index: number) => FramePiece = () => NOTHING

  receive(): number {
    return AGAIN
  }
  send(): number {
    return AGAIN
  }
  receiveFrame(into: Buffer): FramePiece {
    return this.next(into, this.received++)
  }
  sendFrame(bytes: Buffer, flags: number): number {
    const most = this.taken.length > 1 || this.taken[0] !== Infinity ? this.taken.shift() : Infinity
    if (most === undefined) return AGAIN
    const some = bytes.subarray(0, most)
    this.sent.push({ bytes: Buffer.from(some), flags })
    return some.length
  }
  sendAnswers(): void {
    // It has none.
  }
}

function open(options = {}) {
  const wire = new FakeWire()
  let look!: () => Found
  let isClosed = false
  const poller = {
    watch: (given: () => Found) => {
      look = given
      return { wake: () => undefined, rest: () => undefined, isRef: true }
    },
  } as unknown as Poller
  const connection = {
    wire,
    transfer: { headers: {} } as never,
    failure: (errno: number, reason?: unknown) => Object.assign(new Error(String(reason)), { errno }),
    close: () => (isClosed = true),
  }
  const webSocket = new CurlWebSocket(connection, poller, new Handshake([]), options)
  return { wire, webSocket, look: () => look(), isClosed: () => isClosed }
}

const fragment = (into: Buffer, bytes: string, isLast: boolean): FramePiece => ({
  length: into.write(bytes),
  flags: FLAG.text | (isLast ? 0 : FLAG.more),
  isLast: true,
})

describe('CurlWebSocket', () => {
  for (const [what, flags] of [
    ['pings', FLAG.ping],
    ['fragments', FLAG.text | FLAG.more],
  ] as const) {
    it(`stops reading some time from a peer that sends empty ${what} for ever, and keeps none`, () => {
      const { wire, webSocket, look } = open()
      wire.next = (_into, index) => {
        if (index === 100_000) throw new Error('it looks for ever')
        return { length: 0, flags, isLast: true }
      }
      for (let i = 0; i < 10; i++) expect(look()).to.equal(2)
      expect(wire.received).to.be.within(10, 50_000)
      expect(webSocket['assembly'].pieceCount).to.equal(0)
    })
  }

  it('does not mix a part of a ping into what comes next', async () => {
    const { wire, webSocket, look } = open()
    const frames: [string, number, boolean][] = [
      ['in', FLAG.ping, false],
      ['\x03\xe8bye', FLAG.close, true],
    ]
    wire.next = (into, index) => {
      const [bytes, flags, isLast] = frames[index] ?? []
      if (bytes === undefined) return NOTHING
      return { length: into.write(bytes, 'latin1'), flags: flags as number, isLast: isLast as boolean }
    }
    look()
    expect(await webSocket.closed).to.deep.equal({ code: 1000, reason: 'bye' })
  })

  it('keeps a message of one-byte fragments in few pieces, and gives it whole', async () => {
    const { wire, webSocket, look } = open()
    const text = Array.from({ length: 20_000 }, (_, i) => String(i % 10)).join('')
    wire.next = (into, index) =>
      index < text.length ? fragment(into, text[index] as string, index === text.length - 1) : NOTHING
    let most = 0
    while (look() === 2) most = Math.max(most, webSocket['assembly'].pieceCount)
    expect(most).to.be.within(1, 2048)
    expect((await webSocket.receive()) === text).to.equal(true)
  })

  describe('close()', () => {
    beforeEach(() => {
      mock.timers.enable({ apis: ['setTimeout'] })
    })
    afterEach(() => {
      mock.timers.reset()
    })

    it('does not cut what is still being sent, as long as some of it goes out in 5 s', async () => {
      const { wire, webSocket, look, isClosed } = open()
      wire.taken = [1]
      const sent = webSocket.send('0123456789')
      const closed = webSocket.close()
      for (let i = 0; i < 9; i++) {
        mock.timers.tick(4000)
        wire.taken = [1]
        look()
      }
      await sent
      mock.timers.tick(4000)
      wire.taken = [Infinity]
      look()
      expect(wire.sent.at(-1)?.flags).to.equal(FLAG.close)
      mock.timers.tick(4999)
      expect(isClosed()).to.equal(false)
      mock.timers.tick(1)
      expect(isClosed()).to.equal(true)
      await closed
    })

    it('ends after 5 s in which nothing goes out', async () => {
      const { wire, webSocket, isClosed } = open()
      wire.taken = [1]
      const sent = webSocket.send('0123456789').catch((error: unknown) => error)
      const closed = webSocket.close()
      mock.timers.tick(4999)
      expect(isClosed()).to.equal(false)
      mock.timers.tick(1)
      await closed
      expect(await sent).to.include({ errno: 42 })
    })
  })

  it('joins fragments of any sizes to whole messages', async () => {
    const message = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 5 }), {
      minLength: 1,
      maxLength: 3000,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 3 }), async (messages) => {
        const { wire, webSocket, look } = open()
        const all = messages.flatMap((parts) =>
          parts.map((part, i) => [part, i === parts.length - 1] as const),
        )
        wire.next = (into, index) => {
          const [part, isLast] = all[index] ?? []
          return part === undefined ? NOTHING : fragment(into, part, isLast as boolean)
        }
        while (look() > 0);
        for (const parts of messages) expect(await webSocket.receive()).to.equal(parts.join(''))
      }),
      { numRuns: 30 },
    )
  })
})
