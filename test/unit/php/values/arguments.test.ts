/**
 * Arguments of PHP's functions convert as PHP converts them. The comparison with PHP itself is in
 * test/contract/php.
 */
import { expect } from 'chai'
import { OptionError } from '../../../../src/errors.js'
import * as php from '../../../../src/php/index.js'
import {
  toFloatArgument,
  toIntArgument,
  toStringArgument,
  toTextArgument,
} from '../../../../src/php/values/arguments.js'
import { warningsOf } from '../../../support/php/warnings.js'
import { rejectionOf } from '../../../support/requests.js'

const argument = { where: 'call()', position: 2, name: '$flags' }

describe("arguments of PHP's functions", () => {
  it('are ints: numbers, digits and truth values', () => {
    const values = [5, '5', ' 5\n', '1e3', true, false, 5n, -0, '-7.0']
    expect(values.map((value) => toIntArgument(argument, value))).to.deep.equal([
      5, 5, 5, 1000, 1, 0, 5, 0, -7,
    ])
  })

  it('are no ints: words, lists, objects, and numbers that an int cannot be', () => {
    for (const value of ['five', '5abc', '', '\u00a05', [], {}, NaN, Infinity, 1e30, '1e30', undefined])
      expect(() => toIntArgument(argument, value), JSON.stringify(value)).to.throw(
        OptionError,
        /^call\(\): Argument #2 \(\$flags\) must be of type int, got /,
      )
  })

  it('are deprecated as null and as fractions', async () => {
    const warnings = await warningsOf(() => {
      expect(toIntArgument(argument, null)).to.equal(0)
      expect(toIntArgument(argument, 1.5)).to.equal(1)
      expect(toIntArgument(argument, '-1.5')).to.equal(-1)
      expect(toIntArgument(argument, 0.00005)).to.equal(0)
      expect(toStringArgument(argument, null)).to.equal('')
    })
    expect(warnings).to.deep.equal([
      'PhpDeprecated: call(): Passing null to parameter #2 ($flags) of type int is deprecated',
      'PhpDeprecated: Implicit conversion from float 1.5 to int loses precision',
      'PhpDeprecated: Implicit conversion from float-string "-1.5" to int loses precision',
      'PhpDeprecated: Implicit conversion from float 5.0E-5 to int loses precision',
      'PhpDeprecated: call(): Passing null to parameter #2 ($flags) of type string is deprecated',
    ])
  })

  it('are floats', () => {
    expect(['0.5', true, 1, NaN].map((value) => toFloatArgument(argument, value))).to.deep.equal([
      0.5,
      1,
      1,
      NaN,
    ])
    expect(() => toFloatArgument(argument, 'soon')).to.throw(
      OptionError,
      'must be of type float, got a string',
    )
  })

  it('are strings: scalars, bytes, and objects that have one', () => {
    const bytes = Buffer.from([0xff])
    const values = ['a', 1.5, 5n, true, false, { toString: () => 'printed' }, bytes]
    expect(values.map((value) => toStringArgument(argument, value))).to.deep.equal([
      'a',
      '1.5',
      '5',
      '1',
      '',
      'printed',
      bytes,
    ])
    for (const value of [[], {}, new Map(), undefined, Symbol('s'), () => 1])
      expect(() => toStringArgument(argument, value)).to.throw(OptionError, 'must be of type string')
    expect(() => toTextArgument({ ...argument, isNullable: true }, bytes)).to.throw('must be of type ?string')
  })

  const ch = php.curl_init()
  const secret = 'http://me:sesame@127.0.0.1/' as never
  const misplaced: Readonly<Record<string, () => unknown>> = {
    curl_errno: () => php.curl_errno(secret),
    curl_error: () => php.curl_error(secret),
    curl_exec: () => php.curl_exec(secret),
    curl_getinfo: () => php.curl_getinfo(ch, secret),
    'curl_getinfo, the handle': () => php.curl_getinfo(secret),
    curl_multi_add_handle: () => php.curl_multi_add_handle(secret, ch),
    'curl_multi_add_handle, the handle': () => php.curl_multi_add_handle(php.curl_multi_init(), secret),
    curl_multi_exec: () => php.curl_multi_exec(php.curl_multi_init(), secret),
    curl_multi_getcontent: () => php.curl_multi_getcontent(secret),
    curl_multi_setopt: () => php.curl_multi_setopt(php.curl_multi_init(), secret, 1),
    curl_multi_strerror: () => php.curl_multi_strerror(secret),
    curl_pause: () => php.curl_pause(ch, secret),
    curl_setopt: () => php.curl_setopt(ch, 'USERPWD:sesame', 1),
    curl_setopt_array: () => php.curl_setopt_array(ch, secret),
    curl_share_init_persistent: () => php.curl_share_init_persistent(secret),
    curl_share_setopt: () => php.curl_share_setopt(secret, php.CURLSHOPT_SHARE, php.CURL_LOCK_DATA_DNS),
    'curl_share_setopt, the option': () => php.curl_share_setopt(php.curl_share_init(), secret, 1),
    curl_strerror: () => php.curl_strerror(secret),
    curl_upkeep: () => php.curl_upkeep(secret),
    http_build_query: () => php.http_build_query(secret),
    'options of a class': () => new php.RollingCurlX().setOptions(secret),
    'a RollingCurlRequest': () => new php.RollingCurl().add(secret),
    'a method': () => new php.RollingCurl().request('http://127.0.0.1/', secret),
  }
  for (const [call, run] of Object.entries(misplaced)) {
    it(`are not shown as texts, which may be secret: ${call}`, async () => {
      const error = (await rejectionOf(Promise.resolve().then(run))) as Error
      expect(error).to.be.instanceOf(OptionError)
      expect(error.message).to.match(/ must be .*, got a string$/)
    })
  }
})
