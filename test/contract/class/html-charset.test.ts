/** `encoding: 'html'`: pages in charsets that only the page itself declares. */
import { expect } from 'chai'
import { OptionError, ParallelCurl } from '../../../src/index.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'

/** "Zażółć" in ISO 8859-2, and "日本" in Shift_JIS, as bytes in a page that declares its charset. */
const POLISH = [0x5a, 0x61, 0xbf, 0xf3, 0xb3, 0xe6]
const JAPANESE = [0x93, 0xfa, 0x96, 0x7b]
const page = (head: string, body: readonly number[]): Buffer =>
  Buffer.concat([Buffer.from(`<!doctype html><html><head>${head}</head><p>`), Buffer.from(body)])

describe("encoding: 'html'", () => {
  let server: HttpServer
  let curl: ParallelCurl
  before(async () => {
    server = await startHttpServer()
    curl = new ParallelCurl(1, { encoding: 'html' })
  })
  after(async () => {
    await curl.close()
    await server.close()
  })

  async function textOf(body: Buffer, contentType = 'text/html'): Promise<string> {
    server.route('/page', (_request, response) => {
      response.setHeader('content-type', contentType)
      response.end(body)
    })
    const contents: (string | null)[] = []
    await curl.startRequest(server.url('/page'), (content) => contents.push(content))
    await curl.finishAllRequests()
    return (contents[0] as string).replace(/^.*<p>/s, '')
  }

  it('reads <meta charset> and <meta http-equiv>, where the header declares nothing', async () => {
    expect(await textOf(page('<meta charset=iso-8859-2>', POLISH))).to.equal('Zażółć')
    const pragma = '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">'
    expect(await textOf(page(pragma, JAPANESE))).to.equal('日本')
    expect(await textOf(page('<!-- <meta charset=utf-8> --><meta charset=iso-8859-2>', POLISH))).to.equal(
      'Zażółć',
    )
  })

  it('prefers a byte order mark to the header, and the header to <meta>', async () => {
    const meta = '<meta charset=shift_jis>'
    expect(await textOf(page(meta, POLISH), 'text/html; charset=iso-8859-2')).to.equal('Zażółć')
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), page(meta, [...Buffer.from('日本')])])
    expect(await textOf(marked, 'text/html; charset=iso-8859-2')).to.equal('日本')
    const utf16 = Buffer.from(`\ufeff${meta}<p>日本`, 'utf16le')
    expect(await textOf(utf16)).to.equal('日本')
  })

  it('looks at the first 1,024 bytes; without a declaration it is UTF-8 if it is valid, else windows-1252', async () => {
    const late = `<!--${'x'.repeat(1024)}--><meta charset=iso-8859-2>`
    expect(await textOf(page(late, POLISH))).to.equal('Za\u00bf\u00f3\u00b3\u00e6')
    expect(await textOf(page('', [0x80, 0xe4]))).to.equal('€ä')
    expect(await textOf(page('', [...Buffer.from('żółć')]))).to.equal('żółć')
  })

  it('takes no part in decoding without the option, nor where the charset is no charset', async () => {
    await using plain = new ParallelCurl(1)
    server.route('/polish', (_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(page('<meta charset=iso-8859-2>', POLISH))
    })
    const transfer = await plain.request(server.url('/polish'))
    expect(transfer.text()).to.include('Za\u00bf\u00f3\u00b3\u00e6')
    expect((await plain.request(server.url('/polish'), { encoding: 'html' })).text()).to.include('Zażółć')
    expect(await textOf(page('<meta charset=no-such>', POLISH))).to.equal('Za\u00bf\u00f3\u00b3\u00e6')
    expect(() => new ParallelCurl(1, { encoding: 'htm' })).to.throw(OptionError, "'auto', 'html', 'buffer'")
  })
})
