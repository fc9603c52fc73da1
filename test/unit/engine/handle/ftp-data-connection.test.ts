/** FtpDriver helps its own transfer only, from the server's reply with the address until the data come. */
import { expect } from 'chai'
import type { NativeEasy } from '../../../../src/engine/node-libcurl/binding.js'
import { FtpDriver } from '../../../../src/engine/handle/ftp-data-connection.js'

const turn = (): Promise<unknown> => new Promise(setImmediate)

/** A handle that counts how often it is helped. */
class Handle {
  helped = 0
  isInFlight = true
  readonly driver = new FtpDriver(this as unknown as NativeEasy, () => this.isInFlight)
  private wake: (() => void) | null = null

  pause(bits: number): number {
    if (bits === 0) this.helped++
    if (bits === 0) this.wake?.()
    return 0
  }

  hear(...lines: string[]): void {
    for (const line of lines) this.driver.hear(Buffer.from(`${line}\r\n`))
  }

  untilHelped(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve))
  }
}

describe('FtpDriver', () => {
  it('leaves a transfer alone until there is a data connection to make', async () => {
    const handle = new Handle()
    handle.hear(
      '220 (vsFTPd 3.0.3)',
      '331 Please',
      '230 Login successful.',
      '257 "/" is it',
      '',
      '2',
      '22',
      '22',
    )
    await turn()
    await turn()
    expect(handle.helped).to.equal(0)
  })

  for (const word of [
    '229 Entering Extended Passive Mode (|||1|)',
    '227 Entering Passive Mode (1,2,3,4,5,6)',
  ]) {
    it(`helps after ${word.slice(0, 3)}, not on libcurl's stack, again and again, until the data come`, async () => {
      const handle = new Handle()
      handle.hear(word)
      expect(handle.helped).to.equal(0)
      for (let i = 0; i < 5; i++) await handle.untilHelped()
      handle.hear('200 Switching to Binary mode.', '550 no SIZE here')
      await handle.untilHelped()
      handle.hear('150 Opening BINARY mode data connection')
      const { helped } = handle
      const other = new Handle()
      other.hear(word)
      // Its looks come after those that are due already.
      for (let i = 0; i < 5; i++) await other.untilHelped()
      other.hear('125 Data connection already open')
      expect(handle.helped).to.equal(helped)
    })
  }

  it('touches no handle whose transfer is over', async () => {
    const handle = new Handle()
    handle.hear('229 Entering Extended Passive Mode (|||1|)')
    handle.isInFlight = false
    await turn()
    await turn()
    expect(handle.helped).to.equal(0)
  })
})
