/** The alarm on a virtual clock. */
import { expect } from 'chai'
import { Alarm } from '../../../../src/scheduling/time/alarm.js'
import { VirtualClock } from '../../../support/virtual-clock.js'

describe('Alarm', () => {
  it('rings once, at the earliest time that it was set to, and keeps one timer', () => {
    const clock = new VirtualClock(0)
    const rings: number[] = []
    const alarm = new Alarm(clock, () => rings.push(clock.now()))
    alarm.set(50)
    alarm.set(20)
    alarm.set(90)
    expect(clock.timers).to.equal(1)
    clock.advance(100)
    expect(rings).to.deep.equal([20])
    expect(clock.timers).to.equal(0)
    alarm.set(40)
    clock.advance(0)
    expect(rings, 'what is due already rings at once').to.deep.equal([20, 100])
    alarm.set(150)
    alarm.set(Infinity)
    alarm.set(Infinity)
    expect(clock.timers, 'off').to.equal(0)
    clock.advance(100)
    expect(rings).to.have.length(2)
  })
})
