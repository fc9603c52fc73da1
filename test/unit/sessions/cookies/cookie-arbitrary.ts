/**
 * Cookies as servers make them, for properties. Does not know what is done with them.
 */
import fc from 'fast-check'
import type { Cookie } from '../../../../src/sessions/cookies/cookie.js'

export const cookies: fc.Arbitrary<Cookie> = fc
  .record({
    name: fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_.-]{0,12}$/),
    value: fc.stringMatching(/^([!-:<-~]([ -:<-~]{0,12}[!-:<-~])?)?$/),
    domain: fc.constantFrom(
      'example.com',
      'a.example.com',
      'localhost',
      '10.0.0.1',
      'xn--hkyrky-ptac70bc.fi',
    ),
    includeSubdomains: fc.boolean(),
    path: fc.constantFrom('/', '/a', '/a/b', '/%20x'),
    secure: fc.boolean(),
    httpOnly: fc.boolean(),
    expires: fc.option(
      fc.integer({ min: 4e9, max: 8e9 }).map((seconds) => new Date(seconds * 1000).toISOString()),
    ),
  })
  .filter(({ name }) => !/^__(host|secure)-/i.test(name))
