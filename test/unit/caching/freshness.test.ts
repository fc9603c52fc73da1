/** What may be stored and for how long, and what answers a request. */
import { expect } from 'chai'
import fc from 'fast-check'
import { directivesOf, NEVER, satisfies, verdictOn } from '../../../src/caching/freshness.js'

describe('freshness', () => {
  const at = Date.UTC(2026, 0, 1)
  const GET = { method: 'GET', control: '', pragma: '' }
  const verdict = (
    fields: Record<string, string>,
    status = 200,
    control = '',
  ): [stored: boolean, seconds: number] => {
    const { isStorable, freshUntil } = verdictOn({ ...GET, control }, { status, fields, at })
    return [isStorable, freshUntil === 0 ? 0 : (freshUntil - at) / 1000]
  }

  it('is the lifetime that the response gives, less its age', () => {
    const cases: [Record<string, string>, [boolean, number]][] = [
      [{ 'cache-control': 'max-age=60' }, [true, 60]],
      [{ 'cache-control': 'MAX-AGE="60", private' }, [true, 60]],
      [{ 'cache-control': 'max-age=60', age: '20' }, [true, 40]],
      [{ 'cache-control': 'max-age=60', age: 'x' }, [true, 60]],
      [{ 'cache-control': 'max-age=60', age: '5, 70' }, [true, 55]],
      [{ 'cache-control': 'max-age=6o' }, [true, 0]],
      [{ 'cache-control': 'max-age=60, must-revalidate' }, [true, 60]],
      [{ 'cache-control': 'no-cache' }, [true, 0]],
      [{ 'cache-control': 'no-store' }, [false, 0]],
      [{ 'cache-control': 'x="no-store", max-age=1' }, [true, 1]],
      [{ 'cache-control': 'max-age=1', vary: '*' }, [false, 0]],
      [{}, [true, 0]],
    ]
    for (const [fields, expected] of cases)
      expect(verdict(fields), JSON.stringify(fields)).to.deep.equal(expected)
    expect(verdict({ 'cache-control': 'max-age=60' }, 200, 'no-store')).to.deep.equal([false, 0])
    expect(verdict({ 'cache-control': 'max-age=60' }, 299)).to.deep.equal([true, 60])
    expect([verdict({}, 299), verdict({ 'cache-control': 'max-age=60' }, 206)]).to.deep.equal([
      [false, 0],
      [false, 0],
    ])
  })

  it('reads the three forms of dates, and takes any other for the past', () => {
    const date = { date: 'Thu, 01 Jan 2026 00:00:00 GMT' }
    const lifetimes: [string, number][] = [
      ['Thu, 01 Jan 2026 00:01:00 GMT', 60],
      ['thu, 01 jan 2026 00:01:00 gmt', 60],
      ['Thursday, 01-Jan-26 00:01:00 GMT', 60],
      ['Thu Jan  1 00:01:00 2026', 60],
      ['Thu, 01 Jan 2026 00:01:00 UTC', 0],
      ['Thu, 01 Jan 2026 25:01:00 GMT', 0],
      ['Tue, 31 Feb 2026 00:01:00 GMT', 0],
      ['0', 0],
    ]
    for (const [expires, seconds] of lifetimes)
      expect(verdict({ ...date, expires }), expires).to.deep.equal([true, seconds])
    // A year of two digits is never more than 50 years ahead.
    expect(verdict({ ...date, expires: 'Friday, 01-Jan-99 00:00:00 GMT' })).to.deep.equal([true, 0])
  })

  it('obeys what a request says about caches', () => {
    const fields = { 'cache-control': 'max-age=60' }
    const response = { status: 200, fields, at }
    const answers = (control: string, seconds: number, pragma = ''): boolean =>
      satisfies({ method: 'GET', control, pragma }, response, seconds < 60, at + seconds * 1000)
    expect([answers('max-age=30', 20), answers('max-age=30', 40)]).to.deep.equal([true, false])
    expect([answers('min-fresh=30', 20), answers('min-fresh=30', 40)]).to.deep.equal([true, false])
    expect([
      answers('max-stale=30', 80),
      answers('max-stale=30', 100),
      answers('max-stale', 900),
    ]).to.deep.equal([true, false, true])
    expect([answers('no-cache', 1), answers('', 1, 'no-cache')]).to.deep.equal([false, false])
  })

  it('says until when a response may replace an error', () => {
    const until = (control: string): number =>
      verdictOn(GET, { status: 200, fields: { 'cache-control': control }, at }).errorUntil
    expect(until('max-age=60, stale-if-error=40')).to.equal(at + 100_000)
    expect(until('max-age=60')).to.equal(0)
    expect(until('max-age=60, stale-if-error=40, must-revalidate')).to.equal(NEVER)
  })

  it('takes any header without failing', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (control, expires, age) => {
        const fields = { 'cache-control': control, expires, age, 'last-modified': expires }
        const { freshUntil } = verdictOn({ ...GET, control }, { status: 200, fields, at })
        expect(Number.isFinite(freshUntil)).to.equal(true)
        for (const [name] of directivesOf(control)) expect(name).to.equal(name.toLowerCase())
      }),
    )
  })
})
