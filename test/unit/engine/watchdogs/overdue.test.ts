/** Overdue: whom it makes libcurl look at, whom it ends, and when. */
import { expect } from 'chai'
import type { EasyHandle } from '../../../../src/engine/handle/easy-handle.js'
import { Overdue } from '../../../../src/engine/watchdogs/overdue.js'
import { INFO } from '../../../../src/engine/node-libcurl/binding.js'
import { VirtualClock } from '../../../support/virtual-clock.js'

const LOOK_MS = 250
const NO_LIMITS = { totalMs: 0, connectMs: 0, expectMs: 0 }

interface About {
  limits?: Partial<typeof NO_LIMITS>
  isFree?: boolean
  hasSpeedLimit?: boolean
  infos?: Record<string, number>
  /** libcurl ends it when it is made to look. */
  isEndedByLook?: boolean
}

/** At which milliseconds libcurl was made to look at a transfer, and when it was given up. */
function watched(ms: number, { limits = {}, infos = {}, ...about }: About, nudges = true): object {
  const clock = new VirtualClock()
  const start = clock.now()
  const seen = { nudged: [] as number[], expired: [] as string[] }
  const byId = new Map(Object.entries(infos).map(([name, value]) => [INFO[name], value]))
  const handle = {
    isFree: true,
    hasSpeedLimit: false,
    thrown: null,
    transfer: { launchedAt: start },
    timeLimits: { ...NO_LIMITS, ...limits } as object | null,
    easy: {
      getInfo: (id: number) => ({ code: 0, data: byId.get(id) ?? 0 }),
      pause: (bits: number) => {
        if (bits !== 0) return
        seen.nudged.push(clock.now() - start)
        if (about.isEndedByLook) handle.timeLimits = null
      },
    },
    ...about,
  }
  const overdue = new Overdue(
    new Map([[handle, handle as unknown as EasyHandle]]),
    clock,
    ({ thrown }) => {
      seen.expired.push(`${String(clock.now() - start)} ${String(thrown?.code)} ${String(thrown?.error)}`)
      handle.timeLimits = null
    },
    nudges,
  )
  overdue.watch()
  clock.advance(ms)
  return { ...seen, watches: overdue.isWatching, timers: clock.timers }
}

const EXPIRED = '1000 28 Error: libcurl did not end it after 600 ms (TIMEOUT_MS)'
const ASLEEP = { watches: false, timers: 0 }
const AWAKE = { watches: true, timers: 1 }

describe('transfers that should have ended', () => {
  it('are looked at when their time is up, which ends them where libcurl had forgotten', () => {
    const got = watched(5000, { limits: { totalMs: 600 }, isEndedByLook: true })
    expect(got).to.deep.equal({ nudged: [750], expired: [], ...ASLEEP })
  })

  it('are given up where that does not end them', () => {
    const got = watched(5000, { limits: { totalMs: 600 } })
    expect(got).to.deep.equal({ nudged: [750], expired: [EXPIRED], ...ASLEEP })
  })

  it('are given up without being made to go on where they are paused, or libcurl forgets none', () => {
    const given = { nudged: [], expired: [EXPIRED], ...ASLEEP }
    expect(watched(5000, { limits: { totalMs: 600 }, isFree: false })).to.deep.equal(given)
    expect(watched(5000, { limits: { totalMs: 600 } }, false)).to.deep.equal(given)
  })

  it('are left alone before that', () => {
    const got = watched(5000, { limits: { totalMs: 6000 } })
    expect(got).to.deep.equal({ nudged: [], expired: [], ...AWAKE })
  })

  const connecting: [string, About, number[]][] = [
    ['it is not connected', {}, [500, 750, 1000]],
    ['it is connected', { infos: { PRETRANSFER_TIME_T: 1000 } }, []],
    ['it is paused', { isFree: false }, []],
    [
      'its time began anew with a redirect',
      { infos: { PRETRANSFER_TIME_T: 1000, REDIRECT_COUNT: 1, REDIRECT_TIME_T: 500_000 } },
      [1000],
    ],
    [
      'it was redirected, and its speed is measured, which would begin anew',
      { hasSpeedLimit: true, infos: { PRETRANSFER_TIME_T: 1000, REDIRECT_COUNT: 1 } },
      [],
    ],
  ]
  for (const [when, about, nudged] of connecting)
    it(`are looked at ${nudged.length === 0 ? 'no more' : 'for as long as need be'} after CONNECTTIMEOUT where ${when}`, () => {
      const got = watched(1000, { ...about, limits: { connectMs: 400 } })
      expect(got).to.deep.equal({ nudged, expired: [], ...AWAKE })
    })

  it('are looked at after EXPECT_100_TIMEOUT, until something of their body is sent', () => {
    const limits = { expectMs: 400 }
    const infos = { PRETRANSFER_TIME_T: 200_000 }
    expect(watched(1000, { limits, infos })).to.deep.include({ nudged: [750, 1000] })
    const sent = { ...infos, SIZE_UPLOAD_T: 1 }
    expect(watched(1000, { limits, infos: sent })).to.deep.include({ nudged: [] })
  })

  it('are looked at no longer when nothing with a limit is in flight', () => {
    expect(watched(LOOK_MS, {}, true)).to.deep.equal({ nudged: [], expired: [], ...AWAKE })
    const nothing = { timeLimits: null } as unknown as About
    expect(watched(5000, nothing)).to.deep.equal({ nudged: [], expired: [], ...ASLEEP })
  })
})
