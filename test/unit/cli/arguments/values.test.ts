/** Values as curl's command line spells them. */
import { expect } from 'chai'
import { UsageError } from '../../../../src/cli/errors/errors.js'
import { assignment, bytes, milliseconds, rate, wholeNumber } from '../../../../src/cli/arguments/values.js'

describe('values of options', () => {
  it('are read as curl reads them', () => {
    expect([milliseconds('2', 'm'), milliseconds('.5', 'm'), milliseconds('0.0015', 'm')]).to.deep.equal([
      2000, 500, 2,
    ])
    expect([bytes('10', 'b'), bytes('1K', 'b'), bytes('1.5m', 'b'), bytes('2G', 'b')]).to.deep.equal([
      10,
      1024,
      1572864,
      2 ** 31,
    ])
    expect([rate('2/s', 'r'), rate('5/15s', 'r'), rate('100', 'r')]).to.deep.equal(['2/s', '5/15s', '100/h'])
    expect(wholeNumber('7', 'n')).to.equal(7)
    expect(assignment('A=b=c', 'opt')).to.deep.equal(['A', 'b=c'])
  })

  it('name the option where they make no sense', () => {
    const wrong: (() => unknown)[] = [
      ...['', '-1', '1s', 'NaN', '1e9', '99999999999'].map((value) => () => milliseconds(value, 'x')),
      ...['', 'K', '-1', '1X'].map((value) => () => bytes(value, 'x')),
      ...['', '0/s', '1/0s', '1/x', '-1/s', '1.5/s'].map((value) => () => rate(value, 'x')),
      ...['', '-1', '1.5', 'Infinity'].map((value) => () => wholeNumber(value, 'x')),
      () => wholeNumber('0', 'x', 1),
      () => assignment('=x', 'x'),
      () => assignment('x', 'x'),
    ]
    for (const read of wrong) expect(read).to.throw(UsageError, '--x')
  })
})
