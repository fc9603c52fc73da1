/** Links of pages, and the normal form of URLs. */
import { expect } from 'chai'
import fc from 'fast-check'
import { isHtml, linksOf } from '../../../src/crawling/rules/links.js'
import { normalUrl } from '../../../src/crawling/rules/normal-url.js'
import { Scope, type ScopeOptions } from '../../../src/crawling/rules/scope.js'

const links = (html: string, isObeyed = false): string[] =>
  linksOf(html, 'http://h/a/b', isObeyed, new Set(['robots', 'mybot']))

describe('links of a page', () => {
  it('are those of anchors, areas, frames and refreshes, absolute, each once', () => {
    const html = `<a href="c">1</a><A HREF='/d?x=1&amp;y=2'>2<area href=//o/e><iframe src="f"></iframe>
      <frame src=g><a name=x><a href="c#same"><a href="c"><meta http-equiv=Refresh content="5; URL='h'">
      <!-- <a href="no"> --><script>"<a href='no'>"</script><style><a href=no></style><a href="http://[">
      <link href=no><img src=no>`
    expect(links(html)).to.deep.equal([
      'http://h/a/c',
      'http://h/d?x=1&y=2',
      'http://o/e',
      'http://h/a/f',
      'http://h/a/g',
      'http://h/a/c#same',
      'http://h/a/h',
    ])
  })

  it('are relative to the first <base> that has a URL', () => {
    expect(links('<base target=x><base href="/z/"><base href="/q/"><a href=c>')).to.deep.equal([
      'http://h/z/c',
    ])
    expect(links('<base href="http://["><a href=c>')).to.deep.equal(['http://h/a/c'])
  })

  it('leave out nofollow, of a link and of a page, only if it is asked for', () => {
    const html = '<a rel="external NoFollow" href=1><a rel=nofollower href=2>'
    expect([links(html).length, links(html, true)]).to.deep.equal([2, ['http://h/a/2']])
    for (const [name, content, count] of [
      ['robots', 'noindex, nofollow', 0],
      ['ROBOTS', 'none', 0],
      ['mybot', 'NOFOLLOW', 0],
      ['otherbot', 'nofollow', 1],
      ['robots', 'noindex,follow', 1],
    ] as const) {
      const page = `<meta name="${name}" content="${content}"><a href=1>`
      expect([links(page, true).length, links(page).length], name + content).to.deep.equal([count, 1])
    }
  })

  it('come from HTML only', () => {
    const types = [
      'text/html; charset=x',
      'application/xhtml+xml',
      '',
      null,
      'text/htmlx',
      'application/json',
    ]
    expect(types.map(isHtml)).to.deep.equal([true, true, true, true, false, false])
  })
})

describe('the normal form of a URL', () => {
  for (const [given, normal] of [
    ['HTTP://User.Example:80/a/../b/./c', 'http://user.example/b/c'],
    ['http://h', 'http://h/'],
    ['http://h/?', 'http://h/'],
    ['http://h/a#b', 'http://h/a'],
    ['http://h/?#', 'http://h/'],
    ['http://h/a#?', 'http://h/a'],
    ['http://h/?a=?', 'http://h/?a=?'],
    ['http://h/??', 'http://h/??'],
    ['http://h/%7euser/%2fx%c3%bc?q=%7E%2b', 'http://h/~user/%2Fx%C3%BC?q=~%2B'],
    ['http://h/ü?b=1&a=2', 'http://h/%C3%BC?b=1&a=2'],
    ['https://h:443/', 'https://h/'],
    ['../x', 'http://base/x'],
    ['http://u@h/', null],
    ['ftp://h/', null],
    ['data:,x', null],
    ['http://h:99999/', null],
    ['http://h/%%36%31?%6%31', 'http://h/%%361?%6%31'],
  ] as const) {
    it(`of ${given} is ${normal}`, () => {
      const url = normalUrl(given, 'http://base/a/b')?.href ?? null
      expect(url).to.equal(normal)
      // It is its own normal form.
      if (url !== null) expect(normalUrl(url)?.href).to.equal(url)
    })
  }

  it('is its own normal form, also with percent signs that begin no escape', () => {
    const part = fc.constantFrom('%', '%25', '%36', '%31', '%2e', '%2f', '6', '1', 'e', 'x', '/', '?')
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const url = String(normalUrl(`http://h/${parts.join('')}`))
        expect(String(normalUrl(url))).to.equal(url)
      }),
    )
  })
})

describe('the hosts of a crawl', () => {
  for (const [strategy, inside, outside] of [
    [
      'same-hostname',
      ['https://www.example.co.uk:8/'],
      ['http://example.co.uk/', 'http://x.www.example.co.uk/'],
    ],
    [
      'same-origin',
      ['http://www.example.co.uk/x'],
      ['https://www.example.co.uk/', 'http://www.example.co.uk:8/'],
    ],
    [
      'same-domain',
      ['http://example.co.uk/', 'https://a.b.example.co.uk/'],
      ['http://other.co.uk/', 'http://co.uk/'],
    ],
    ['all', ['ftp://anything/'], []],
  ] as const) {
    it(`are those of ${strategy}`, () => {
      const scope = new Scope('crawl', { strategy } satisfies ScopeOptions)
      scope.addSeed(new URL('http://www.example.co.uk/'))
      for (const url of inside) expect(scope.has(new URL(url)), url).to.be.true
      for (const url of outside) expect(scope.has(new URL(url)), url).to.be.false
    })
  }
})
