/** The fields in which servers say how many requests they still take. Does not know who obeys them. */
import { expect } from 'chai'
import fc from 'fast-check'
import { quotaIn, QUOTA_FIELDS } from '../../../../src/scheduling/gates/rate-limit-fields.js'

const DATE = 'Mon, 30 Nov 2026 12:00:00 GMT'
const AT = Date.parse(DATE)
const epoch = (seconds: number): string => String(AT / 1000 + seconds)
type Case = [headers: Record<string, string>, remaining: number, windowMs: number, afterwards?: number]

describe('the fields of rate limits', () => {
  it('are read in the form of the draft: a list', () => {
    const cases: Case[] = [
      [{ ratelimit: '"default";r=50;t=30' }, 50, 30_000],
      [{ ratelimit: 'default;r=0;t=1' }, 0, 1000],
      [{ ratelimit: '"default";r=5;pk=:cHsdsRa894==:;t=2;acme-burst=?1' }, 5, 2000],
      // Of two limits, the tighter one; of two that are used up, the longer one.
      [{ ratelimit: '"burst";r=5;t=1, "daily";r=2;t=80000' }, 2, 80_000_000],
      [{ ratelimit: '"burst";r=0;t=1, "daily";r=900;t=80000' }, 0, 1000, 900],
      [{ ratelimit: '"daily";r=0;t=80000, "burst";r=0;t=1' }, 0, 80_000_000],
      // Without its time, the policy has it.
      [{ ratelimit: '"default";r=3', 'ratelimit-policy': '"default";q=100;w=10' }, 3, 10_000],
      // What does not count requests holds them only when nothing is left of it.
      [
        {
          ratelimit: '"size";r=5;t=9, "calls";r=50;t=7',
          'ratelimit-policy': '"size";q=65535;qu="content-bytes";w=10, "calls";q=100;qu="requests";w=60',
        },
        50,
        7000,
      ],
      [
        { ratelimit: '"size";r=0;t=9', 'ratelimit-policy': '"size";q=65535;qu="content-bytes";w=10' },
        0,
        9000,
      ],
      // One member is wrong, the other one counts.
      [{ ratelimit: '"a";r=-1;t=5, "b";r=4;t=6' }, 4, 6000],
      [{ ratelimit: '"a";r=4;t=6', 'ratelimit-policy': 'no list at all,' }, 4, 6000],
    ]
    for (const [headers, remaining, windowMs, afterwards] of cases) {
      const quota = { remaining, windowMs, ...(afterwards !== undefined && { afterwards }) }
      expect(quotaIn(headers, AT), JSON.stringify(headers)).to.deep.equal(quota)
    }
  })

  it('are read in older forms', () => {
    const cases: Case[] = [
      [{ ratelimit: 'limit=100, remaining=50, reset=5' }, 50, 5000],
      [{ 'ratelimit-limit': '100', 'ratelimit-remaining': '7', 'ratelimit-reset': '50' }, 7, 50_000],
      // GitHub: seconds since the epoch, by the server's clock.
      [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': epoch(90), date: DATE }, 0, 90_000],
      [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': epoch(90) }, 0, 90_000],
      [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': epoch(-5), date: DATE }, 0, 0],
      // Twitter.
      [{ 'x-rate-limit-remaining': '3', 'x-rate-limit-reset': epoch(60), date: DATE }, 3, 60_000],
      // Discord: fractions, and a field of its own for the time that is left.
      [
        {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': `${epoch(3)}.5`,
          'x-ratelimit-reset-after': '1.25',
        },
        0,
        1250,
      ],
      [{ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': String(AT + 4500), date: DATE }, 1, 4500],
      [{ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '12' }, 1, 12_000],
      [{ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '2026-11-30T12:00:09Z', date: DATE }, 1, 9000],
      [
        { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': 'Mon, 30 Nov 2026 12:00:10 GMT', date: DATE },
        1,
        10_000,
      ],
    ]
    for (const [headers, remaining, windowMs] of cases)
      expect(quotaIn(headers, AT), JSON.stringify(headers)).to.deep.equal({ remaining, windowMs })
  })

  it('count as absent if they are malformed, incomplete, or of a cached response', () => {
    const cases: Record<string, string>[] = [
      {},
      { ratelimit: '' },
      { ratelimit: '"default";r=50' },
      { ratelimit: '"default";t=50' },
      { ratelimit: '"default";r=1.5;t=5' },
      { ratelimit: '"default";r="1";t=5' },
      { ratelimit: '"default";r=1;t=-5' },
      { ratelimit: '"default;r=1;t=5' },
      { ratelimit: 'limit=100, remaining=x, reset=5' },
      { ratelimit: '"default";r=1;t=5', age: '3' },
      { 'ratelimit-remaining': '0' },
      { 'ratelimit-reset': '5' },
      { 'ratelimit-remaining': '-1', 'ratelimit-reset': '5' },
      { 'ratelimit-remaining': 'none', 'ratelimit-reset': '5' },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'soon' },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '5 apples' },
      { 'x-ratelimit-remaining': '0, 0', 'x-ratelimit-reset': '5' },
      { 'x-ratelimit-remaining': '9'.repeat(400), 'x-ratelimit-reset': '5' },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'yesterday GMT' },
    ]
    for (const headers of cases) expect(quotaIn(headers, AT), JSON.stringify(headers)).to.equal(null)
  })

  it('leave the older fields to count if the new one is malformed', () => {
    const older = { 'x-ratelimit-remaining': '2', 'x-ratelimit-reset': '8' }
    expect(quotaIn({ ratelimit: '"default', ...older }, AT)).to.deep.equal({ remaining: 2, windowMs: 8000 })
    expect(quotaIn({ ratelimit: '"a";r=1;t=5', ...older }, AT)).to.deep.equal({
      remaining: 1,
      windowMs: 5000,
    })
  })

  it('give a sensible number or none, whatever they hold', () => {
    const value = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'"ab;rt=,0159.-:? ') }),
      fc.string(),
      fc.nat().map(String),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...QUOTA_FIELDS), value), (headers) => {
        const quota = quotaIn(headers, AT)
        if (quota === null) return
        expect(Number.isInteger(quota.remaining) && quota.remaining >= 0).to.equal(true)
        expect(quota.windowMs >= 0 && quota.windowMs < Infinity).to.equal(true)
      }),
    )
  })
})
