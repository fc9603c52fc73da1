/** Config files: -K and .curlrc. */
import { expect } from 'chai'
import fc from 'fast-check'
import { CurlError } from '../../../../src/cli/curl/invocation.js'
import { parseInvocation } from '../../../../src/cli/curl/arguments/parse.js'
import { curlContext, parseCurl } from '../../../support/curl-context.js'

function read(text: string): ReturnType<typeof parseCurl> {
  return parseCurl(['-q', '-K', 'k', 'u'], { files: { k: text } })
}

describe('config files', () => {
  it('separate options and values by blanks, "=" and ":", and unquote values', () => {
    const { settings } = read(
      [
        'user-agent = "a\\tb \\"c\\""',
        '  max-time:3',
        '-H X: 1',
        '-H "Y: 2"',
        'location',
        '# no',
        '',
        'cookie=a=b #no',
      ].join('\n'),
    ).operations[0]!
    expect(settings).to.deep.include({ userAgent: 'a\tb "c"', maxTimeMs: 3000, follow: 1, cookie: ['a=b'] })
    expect(settings.header).to.deep.equal(['X:', 'Y: 2'])
  })

  it('warn of single quotes and of blanks without quotes, with file and line', () => {
    expect(read("# c\ndata = 'x y'\n").said).to.deep.equal([
      "warning: k:1 Option 'data' uses argument with leading single quote. It is probably a mistake. Consider double quotes.",
      "warning: k:1 Option 'data' uses argument with unquoted whitespace. This may cause side-effects. Consider double quotes.",
    ])
  })

  it('begin operations with next', () => {
    const { operations } = read('url = a\n-H "A: 1"\nnext\nurl = b\n')
    expect(
      operations.map(({ settings, targets }) => [targets.map(({ url }) => url), settings.header]),
    ).to.deep.equal([
      [['a'], ['A: 1']],
      [['b', 'u'], []],
    ])
  })

  it('end the reading at what is unknown or has a value too many, with the place', () => {
    const { said } = (() => {
      try {
        return read('silence\n')
      } catch (error) {
        expect(error).to.be.instanceOf(CurlError).with.property('exitCode', 2)
        return { said: (error as CurlError).lines }
      }
    })()
    expect(said[0]).to.equal('curl: option -K: found an unknown config option')
    expect(() => read('location yes\n')).to.throw(CurlError, 'had unsupported trailing garbage')
  })

  it('name each other a few levels deep', () => {
    const files: Record<string, string> = {
      k0: 'config = k1\n',
      k1: 'max-time = 4\n',
      loop: 'config = loop\n',
    }
    expect(parseCurl(['-K', 'k0', 'u'], { files }).operations[0]!.settings.maxTimeMs).to.equal(4000)
    expect(() => parseCurl(['-K', 'loop', 'u'], { files })).to.throw(CurlError, 'badly used')
  })

  it('are named, one after the other, where one of them cannot be read', () => {
    const { context, said } = curlContext({ files: { outer: 'config = none\n' } })
    expect(() => parseInvocation(['-K', 'outer', 'u'], context)).to.throw(CurlError, 'reading a file')
    expect(said).to.deep.equal([
      "error: cannot read config from 'none'",
      "error: outer:1 config file option 'config' error encountered when reading a file",
      "error: cannot read config from 'outer'",
    ])
  })

  it('come from the places of curl, the first that is there', () => {
    const env = { CURL_HOME: '/c', XDG_CONFIG_HOME: '/x', HOME: '/h' }
    const agent = (
      files: Record<string, string>,
      environment: Record<string, string> = env,
      ...words: string[]
    ): unknown => parseCurl([...words, 'u'], { files, env: environment }).operations[0]!.settings.userAgent
    const file = (name: string): string => `user-agent = ${name}\n`
    const files = {
      '/c/.curlrc': file('c'),
      '/x/curlrc': file('x'),
      '/h/.curlrc': file('h'),
      '/h/.config/curlrc': file('hc'),
    }
    expect(agent(files)).to.equal('c')
    expect(agent(files, { ...env, CURL_HOME: '' })).to.equal('x')
    expect(agent({ '/h/.config/curlrc': file('hc') }, { HOME: '/h' })).to.equal('hc')
    expect(agent(files, env, '-q')).to.equal(undefined)
    expect(agent(files, env, '--disable')).to.equal(undefined)
    expect(agent(files, env, '-s', '-q')).to.equal('c')
  })

  it('refuse bytes that are not UTF-8', () => {
    const files = { k: Buffer.from('user-agent = \xff\n', 'latin1') }
    expect(() => parseCurl(['-K', 'k', 'u'], { files })).to.throw(CurlError, 'not UTF-8')
  })

  it('take any text without a mistake of their own', () => {
    const line = fc.oneof(
      fc.string(),
      fc
        .tuple(
          fc.constantFrom('url', '-H', 'data', 'location', 'next', '-sS', 'form', 'variable'),
          fc.string(),
        )
        .map((pair) => pair.join(' ')),
    )
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          read(lines.join('\n'))
        } catch (error) {
          if (!(error instanceof CurlError)) throw error
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('variables', () => {
  const env = { HOME: '/h', BLANK: '' }
  function expanded(variable: string, text: string, files = {}): string | undefined {
    return parseCurl(['-q', '--variable', variable, '--expand-user-agent', text, 'u'], { env, files })
      .operations[0]!.settings.userAgent
  }

  it('come from the command line, the environment and files, whole or in part', () => {
    expect(expanded('v=a b', 'x{{v}}y{{v}}')).to.equal('xa bya b')
    expect(expanded('%HOME', '{{HOME}}/x')).to.equal('/h/x')
    expect(expanded('%NONE=other', '{{NONE}}')).to.equal('other')
    expect(expanded('v@f', '{{v}}', { f: 'in f' })).to.equal('in f')
    expect(expanded('v[1-2]@f', '{{v}}', { f: 'in f' })).to.equal('n ')
    expect(expanded('v[3-]=abcdef', '{{v}}')).to.equal('def')
    expect(() => expanded('%NONE', 'x')).to.throw(CurlError, 'variable expansion failure')
    expect(() => expanded('v[3-1]=x', 'x')).to.throw(CurlError, 'syntax error')
    expect(() => expanded('v@none', 'x'))
      .to.throw(CurlError)
      .with.property('exitCode', 26)
  })

  it('go through functions, from left to right', () => {
    expect(
      expanded('v= a"b\n', '{{v:trim}}|{{v:trim:json}}|{{v:url}}|{{v:b64}}|{{v:b64:64dec:trim}}'),
    ).to.equal('a"b|a\\"b|%20a%22b%0A|IGEiYgo=|a"b')
    expect(expanded('v=#', '{{v:64dec}}')).to.equal('[64dec-fail]')
    expect(() => expanded('v=x', '{{v:nope}}')).to.throw(CurlError, 'variable expansion failure')
    expect(() => expanded('v=AAA=', '{{v:64dec}}')).to.throw(CurlError, 'variable expansion failure')
  })

  it('stay as they are where they are none', () => {
    expect(expanded('v=x', '\\{{v}}{{v}}')).to.equal('{{v}}x')
    expect(expanded('v=x', '{{v')).to.equal('{{v')
    expect(expanded('v=x', '{{no}}!')).to.equal('!')
    expect(expanded('v=x', '{{a b}}{{v}}')).to.equal('{{a b}}x')
  })
})
