/**
 * Our own options, the camelCase ones.
 */
import { expect } from 'chai'
import { compile, flat, refusal } from './builds.js'

describe('settings', () => {
  it('are kept apart from the options of libcurl', () => {
    const compiled = compile({
      captureHeaders: true,
      TIMEOUT: 1,
      encoding: 'latin1',
      failedContent: 'partial',
    })
    expect(compiled.settings).to.deep.equal({
      captureHeaders: true,
      encoding: 'latin1',
      failedContent: 'partial',
    })
    expect(compiled.ids).to.deep.equal([13])
    expect(compile({ TIMEOUT: 1 }).settings).to.deep.equal({})
  })

  it('that are undefined count as not given', () => {
    const compiled = compile({ captureHeaders: undefined, encoding: undefined, multi: undefined })
    expect(compiled.settings).to.deep.equal({})
  })

  for (const [options, message] of [
    [{ asLibcurl: 1 }, 'asLibcurl expects true or false; got 1'],
    [{ captureHeaders: 1 }, 'captureHeaders expects true or false; got 1'],
    [{ captureHeaders: 'true' }, 'captureHeaders expects true or false; got "true"'],
    [{ captureErrorText: null }, 'captureErrorText expects true or false; got null'],
    [{ standstillTimeoutMs: 0 }, 'standstillTimeoutMs expects milliseconds, more than 0 (Infinity: never)'],
    [{ standstillTimeoutMs: '5' }, 'standstillTimeoutMs expects milliseconds'],
    [{ encoding: 'klingon' }, "encoding expects 'auto', 'html', 'buffer'"],
    [{ encoding: null }, 'encoding expects'],
    [{ failedContent: null }, "failedContent expects 'null' or 'partial'; got null"],
    [{ httpVersion: '1.0' }, "httpVersion expects '1.1', '2', '3' or '3only'; got \"1.0\""],
    [{ httpVersion: 3 }, "httpVersion expects '1.1', '2', '3' or '3only'; got 3"],
    [{ httpVersion: null }, "httpVersion expects '1.1', '2', '3' or '3only'; got null"],
    [{ keepInfo: 'TOTAL_TIME' }, 'keepInfo expects true, false or an array of infos; got "TOTAL_TIME"'],
    [
      { keepInfo: ['TOTAL_TIM'] },
      'startRequest: keepInfo: unknown info "TOTAL_TIM". Did you mean TOTAL_TIME?',
    ],
    [{ keepInfo: [{}] }, 'keepInfo expects names or numbers of infos; got an object'],
  ] as const) {
    it(`refuse ${JSON.stringify(options)}`, () => {
      expect(refusal(options)).to.contain(message)
    })
  }

  it('take HTTP versions by name, in the place of libcurl’s numbers: the last one counts', () => {
    for (const [httpVersion, number] of [
      ['1.1', 2],
      ['2', 4],
      ['3', 30],
      ['3only', 31],
    ] as const)
      expect([httpVersion, flat(compile({ httpVersion }))]).to.deep.equal([httpVersion, [[84, number]]])
    expect(flat(compile({ HTTP_VERSION: 30, httpVersion: '1.1' }))).to.deep.equal([
      [84, 30],
      [84, 2],
    ])
    expect(compile({ httpVersion: undefined }).ids).to.deep.equal([])
  })

  it('take encodings of Node and labels of WHATWG', () => {
    for (const encoding of ['auto', 'buffer', 'utf8', 'latin1', 'shift_jis', 'windows-1252']) {
      expect(compile({ encoding }).settings.encoding).to.equal(encoding)
    }
  })

  it('take infos by any spelling', () => {
    expect(
      compile({ keepInfo: ['TOTAL_TIME', 'CURLINFO_HTTP_CODE', 3145731] }).settings.keepInfo,
    ).to.deep.equal([3145731, 2097154, 3145731])
    expect(compile({ keepInfo: true }).settings.keepInfo).to.equal(true)
    expect(compile({ keepInfo: false }).settings.keepInfo).to.deep.equal([])
  })

  describe('multi', () => {
    const shared = { role: 'shared', where: 'new ParallelCurl' } as const

    it('takes options of the multi handle by any spelling', () => {
      const multi = { MAX_HOST_CONNECTIONS: '4', CURLMOPT_PIPELINING: true, 6: 10, PIPELINING_SITE_BL: ['a'] }
      expect(compile({ multi }, shared).settings.multi).to.deep.equal({
        MAXCONNECTS: 10,
        MAX_HOST_CONNECTIONS: 4,
        PIPELINING: 1,
        PIPELINING_SITE_BL: ['a'],
      })
    })

    it('is for instances, not for requests', () => {
      expect(refusal({ multi: {} })).to.equal(
        'startRequest: multi is not for single requests: the multi handle belongs to the instance',
      )
    })

    for (const [multi, message] of [
      [null, 'multi expects an object'],
      [[], 'multi expects an object'],
      [
        { MAXCONNECTS: -1 },
        'multi: MAXCONNECTS expects an integer (number, boolean or decimal digits) from 0',
      ],
      [{ MAXCONNECTS: undefined }, 'multi: MAXCONNECTS expects an integer'],
      [{ PIPELINING_SITE_BL: 'a' }, 'multi: PIPELINING_SITE_BL expects an array'],
      [{ maxConnects: 1 }, 'multi: unknown option "maxConnects". Did you mean MAXCONNECTS?'],
      [{ SOCKETFUNCTION: () => 0 }, 'multi: SOCKETFUNCTION is not possible'],
    ] as const) {
      it(`refuses ${JSON.stringify(multi)}`, () => {
        expect(refusal({ multi }, shared)).to.contain(`new ParallelCurl: ${message}`)
      })
    }
  })
})
