/** URL globs: what they expand to, and where mistakes are said to be. */
import { expect } from 'chai'
import fc from 'fast-check'
import { expandTargets } from '../../../../src/cli/curl/request/expand-targets.js'
import { GlobError, UrlGlob } from '../../../../src/cli/curl/request/url-glob.js'
import { CurlError } from '../../../../src/cli/curl/invocation.js'
import { curlContext } from '../../../support/curl-context.js'
import { parseInvocation } from '../../../../src/cli/curl/arguments/parse.js'

function all(text: string, most = 1000): string[] {
  const glob = new UrlGlob(text)
  const urls: string[] = []
  for (let url = glob.next(); url !== undefined && urls.length < most; url = glob.next()) urls.push(url)
  return urls
}

function problem(text: string): string {
  try {
    new UrlGlob(text)
  } catch (error) {
    if (error instanceof GlobError) return `${error.message} ${error.position}`
    throw error
  }
  return 'none'
}

describe('UrlGlob', () => {
  it('expands sets, numbers and letters, the last one first', () => {
    expect(all('h/{a,b}[1-2]')).to.deep.equal(['h/a1', 'h/a2', 'h/b1', 'h/b2'])
    expect(all('[08-10]')).to.deep.equal(['08', '09', '10'])
    expect(all('[1-10:4]')).to.deep.equal(['1', '5', '9'])
    expect(all('[a-g:3]')).to.deep.equal(['a', 'd', 'g'])
    expect(all('{,x}y')).to.deep.equal(['y', 'xy'])
    expect(all('[5-5]')).to.deep.equal(['5'])
    expect(all('')).to.deep.equal([''])
  })

  it('leaves escaped brackets, addresses and [] alone', () => {
    expect(all('\\[1-2\\]\\{a\\}\\x')).to.deep.equal(['[1-2]{a}\\x'])
    expect(all('http://[::1]:80/[1-2]')).to.deep.equal(['http://[::1]:80/1', 'http://[::1]:80/2'])
    expect(all('http://[fe80::1%25eth0]/')).to.deep.equal(['http://[fe80::1%25eth0]/'])
    expect(all('a[]b')).to.deep.equal(['a[]b'])
    expect(all('{a\\,b,c}')).to.deep.equal(['a,b', 'c'])
  })

  it('says what is wrong, and where', () => {
    expect(problem('a{b')).to.equal('unmatched brace 4')
    expect(problem('a{b{')).to.equal('nested brace 4')
    expect(problem('a{}')).to.equal('empty string within braces 3')
    expect(problem('ab}')).to.equal('unmatched close brace/bracket 3')
    expect(problem('a{b]')).to.equal('unexpected close bracket 4')
    expect(problem('[2-1]')).to.equal('bad range 6')
    expect(problem('[a-Z]')).to.equal('bad range 6')
    expect(problem('[1-2')).to.match(/^bad range/)
    expect(problem('[?]')).to.equal('bad range specification 2')
    expect(problem('[1-9223372036854775807][1-9]')).to.match(/^range (overflow|end\/step overflow)/)
    expect(problem('{<x>a}{<x>b}')).to.equal('Duplicate glob name 10')
  })

  it('is lazy: a range of 10^18 costs nothing', () => {
    expect(all('[1-1000000000000000000]', 2)).to.deep.equal(['1', '2'])
  })

  it('throws nothing but GlobError, whatever the text', () => {
    const unit = fc.constantFrom(...'[]{}<>\\,-:#019azZ'.split(''))
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const urls = problem(text) === 'none' ? all(text, 50) : []
        for (const url of urls) expect(url).to.be.a('string')
      }),
      { numRuns: 3000 },
    )
  })
})

describe('expandTargets', () => {
  function expand(...words: string[]): { urls: unknown[]; said: string[] } {
    const { context, said } = curlContext()
    const { operations, global } = parseInvocation(words, context)
    const urls = operations.flatMap((operation) =>
      Array.from(expandTargets(operation, global, context), ({ url, output, upload }) => [
        url,
        output,
        upload,
      ]),
    )
    return { urls, said }
  }

  it('fills #1 and #<name> in outputs', () => {
    expect(expand('h/{a,b}/[1-2]', '-o', '#2_#1#3').urls).to.deep.equal([
      ['h/a/1', '1_a#3', undefined],
      ['h/a/2', '2_a#3', undefined],
      ['h/b/1', '1_b#3', undefined],
      ['h/b/2', '2_b#3', undefined],
    ])
    expect(expand('h/{<n>a,b}', '-o', 'x#<n>').urls).to.deep.equal([
      ['h/a', 'xa', undefined],
      ['h/b', 'xb', undefined],
    ])
    expect(expand('-g', 'h/{a}', '-o', '#1').urls).to.deep.equal([['h/{a}', '#1', undefined]])
  })

  it('sends each upload to each URL', () => {
    expect(expand('-T', '{x,y}', 'h/[1-2]/').urls).to.deep.equal([
      ['h/1/', undefined, 'x'],
      ['h/2/', undefined, 'x'],
      ['h/1/', undefined, 'y'],
      ['h/2/', undefined, 'y'],
    ])
  })

  it("ends with curl's exit code when the turn of a bad one comes", () => {
    const { context } = curlContext()
    const { operations, global } = parseInvocation(['a', 'b[', 'c'], context)
    const seen: string[] = []
    const run = (): void => {
      for (const { url } of expandTargets(operations[0]!, global, context)) seen.push(url)
    }
    expect(run)
      .to.throw(CurlError)
      .that.deep.includes({
        exitCode: 3,
        lines: ['curl: (3) bad range specification in position 3:', 'b[', '  ^'],
      })
    expect(seen).to.deep.equal(['a'])
    expect(() => expand('h/{<n>a}', '-o', '#<m>'))
      .to.throw(CurlError)
      .with.property('exitCode', 43)
    expect(() => expand('-s'))
      .to.throw(CurlError)
      .with.property('exitCode', 2)
    expect(() => expand('-d', 'x', '-T', 'f', 'u'))
      .to.throw(CurlError)
      .with.property('exitCode', 2)
  })

  it('warns of outputs without a URL', () => {
    expect(expand('-o', 'a', '-o', 'b', 'u')).to.deep.equal({
      urls: [['u', 'a', undefined]],
      said: ['warning: Got more output options than URLs'],
    })
  })
})
