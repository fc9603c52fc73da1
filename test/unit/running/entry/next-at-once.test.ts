/** Several calls of a stream's next() at once, without a network. Does not know libcurl. */
import { expect } from 'chai'
import { WirelessCurl } from '../../../support/wireless/wireless-curl.js'

const URL = 'http://h.example/'

/** Lets each transfer on the wire get a body and end, turn by turn, until nothing follows. */
async function endAll({ engine }: WirelessCurl): Promise<void> {
  for (let quiet = 0; quiet < 3; quiet++) {
    for (const transfer of [...engine.onWire]) {
      engine.receive(transfer, 200, Buffer.from('body'))
      engine.end(transfer, 200)
      quiet = 0
    }
    await new Promise(setImmediate)
  }
}

describe('next() called several times at once', () => {
  for (const ordered of [false, true]) {
    const name = ordered ? 'an ordered stream' : 'a stream'

    it(`serves all calls of ${name} although its window is smaller`, async () => {
      const curl = new WirelessCurl(2)
      const stream = curl.stream([URL, URL], { ordered, window: 1 })
      const results = Promise.all([stream.next(), stream.next(), stream.next()])
      await endAll(curl)
      expect((await results).map(({ done }) => done)).to.deep.equal([false, false, true])
    })

    it(`serves all calls of ${name} although the first transfer has reached the limit of unread bytes`, async () => {
      const curl = new WirelessCurl(1, { maxBufferedBytes: 1 })
      const stream = curl.stream([URL, URL], { ordered, window: 2 })
      const results = Promise.all([stream.next(), stream.next()])
      await endAll(curl)
      expect((await results).map(({ done }) => done)).to.deep.equal([false, false])
    })

    it(`gives the handles of ${name} back at its end, and lets them be read together with the end`, async () => {
      const curl = new WirelessCurl(2)
      const stream = curl.stream([URL, URL], { ordered, window: 2 })
      const results = Promise.all([stream.next(), stream.next(), stream.next()])
      const status = results.then((all) => all.map(({ value }) => value?.getInfo('RESPONSE_CODE')))
      await endAll(curl)
      expect(await status).to.deep.equal([200, 200, undefined])
      await new Promise(setImmediate)
      expect(curl.engine.meter.bufferedBytes).to.equal(0)
    })
  }
})
