/**
 * The installed libcurl is asked whether it takes a value: once, and never with a secret.
 */
import { expect } from 'chai'
import { catalogOf, compile, refusal } from './builds.js'

describe('the installed libcurl', () => {
  describe('that checks values', () => {
    const asked: [number, unknown][] = []
    const answers = new Map<unknown, number | Error>()
    const fresh = () => ({
      catalog: catalogOf(4),
      probe: (id: number, value: number | string | null): number => {
        asked.push([id, value])
        const answer = answers.get(value) ?? 0
        if (answer instanceof Error) throw answer
        return answer
      },
    })
    beforeEach(() => {
      asked.length = 0
      answers.clear()
    })

    it('is asked once for each number', () => {
      const context = fresh()
      for (const value of [1, 2, 1, true]) compile({ HTTP_VERSION: value }, context)
      expect(asked).to.deep.equal([
        [84, 1],
        [84, 2],
      ])
    })

    it('is asked only once whether it takes a string, and never with the string itself', () => {
      const context = fresh()
      for (const value of ['a:secret', 'b:secret'])
        compile({ USERPWD: value, COOKIEJAR: '/etc/jar' }, context)
      expect(asked).to.deep.equal([
        [10005, null],
        [10082, null],
      ])
    })

    it('is asked for each string whose value it looks at', () => {
      const context = fresh()
      for (const value of ['http', 'https', 'http', null]) compile({ PROTOCOLS_STR: value }, context)
      expect(asked).to.deep.equal([
        [10318, 'http'],
        [10318, 'https'],
        [10318, null],
      ])
    })

    it('refuses a value with an error that says why', () => {
      answers.set(99, 43)
      answers.set(null, 4)
      answers.set(7, new RangeError('seven is too much'))
      expect(refusal({ HTTP_VERSION: 99 }, fresh())).to.equal(
        'startRequest: libcurl refuses 99 for HTTP_VERSION: out of range or malformed (code 43)',
      )
      expect(refusal({ KRBLEVEL: 'clear' }, fresh())).to.equal(
        'startRequest: libcurl refuses "clear" for KRBLEVEL: it was built without it (code 4)',
      )
      expect(refusal({ HTTP_VERSION: 7 }, fresh())).to.contain('seven is too much')
    })

    it('without HTTP/3 refuses it by the name that the option was given by', () => {
      answers.set(30, 1).set(31, 4)
      const why = 'capabilities().httpVersions lists the versions that work'
      for (const [options, what] of [
        [{ HTTP_VERSION: 30 }, 'HTTP_VERSION 30'],
        [{ CURLOPT_HTTP_VERSION: '31' }, 'HTTP_VERSION 31'],
        [{ httpVersion: '3' }, 'httpVersion "3"'],
        [{ httpVersion: '3only' }, 'httpVersion "3only"'],
      ] as const)
        expect(refusal(options, fresh())).to.equal(
          `startRequest: this libcurl was built without HTTP/3 (${what}): ${why}`,
        )
    })

    it('is asked again when too many accepted values are remembered', () => {
      const context = fresh()
      const entry = context.catalog.option('TIMEOUT_MS', 'test')
      for (let i = 0; i < 1000; i++) compile({ TIMEOUT_MS: i }, context)
      expect(entry.accepted.size).to.be.below(100)
    })

    it('is not asked about functions, lists and bodies', () => {
      compile({ WRITEFUNCTION: () => 0, HTTPHEADER: ['A: b'], POSTFIELDS: 'y', URL: 'z' }, fresh())
      expect(asked).to.deep.equal([])
    })

    it('is asked once whether it reads a file that is given as bytes, and never gets the bytes', () => {
      const context = fresh()
      for (const SSLKEY_BLOB of ['a key', Buffer.from('another'), null]) compile({ SSLKEY_BLOB }, context)
      expect(asked).to.deep.equal([[40292, null]])
      answers.set(null, 4)
      expect(refusal({ SSLKEY_BLOB: 'a key' }, fresh())).to.match(
        /^startRequest: libcurl refuses [^']*for SSLKEY_BLOB: it was built without it \(code 4\)$/,
      )
      expect(refusal({ SSLKEY_BLOB: 'a key' }, fresh())).not.to.include('a key')
    })
  })
})
