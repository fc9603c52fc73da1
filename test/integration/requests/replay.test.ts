/** Archives of other programs, and files that are none. Does not know how a recording is made. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  CookieJar,
  OptionError,
  ParallelCurl,
  type CurlError,
  type ParallelCurlOptions,
  type Transfer,
} from '../../../src/index.js'
import { temporaryFolder } from '../../support/programs/command.js'
import { heardWarnings } from '../../support/recordings.js'

const entry = (url: string, response: object, request: object = {}): object => ({
  request: { method: 'GET', url, headers: [], ...request },
  response: { status: 200, statusText: '', headers: [], content: {}, ...response },
})

function writeArchive(path: string, entries: object[]): void {
  writeFileSync(path, JSON.stringify({ log: { creator: { name: 'WebInspector' }, entries } }))
}

describe('an archive', () => {
  const folder = temporaryFolder()
  heardWarnings()

  it('of a browser is played back: of any origin, without what HTTP/1.1 does not have', async () => {
    const path = join(folder(), 'browser.har')
    const har = {
      log: {
        creator: { name: 'WebInspector' },
        entries: [
          entry('https://shop.example/', {
            headers: [
              { name: ':status', value: '200' },
              { name: 'content-type', value: 'text/html; charset=iso-8859-1' },
              { name: 'content-encoding', value: 'br' },
              { name: 'set-cookie', value: 'a=1\nb=2' },
              { name: 'content-length', value: '12345' },
            ],
            content: { size: 4, mimeType: 'text/html', text: 'Bär!' },
          }),
          entry('https://shop.example/logo.png', {
            content: { size: 3, text: Buffer.from([137, 80, 78]).toString('base64'), encoding: 'base64' },
          }),
          entry(
            'https://shop.example/search',
            { status: 204 },
            {
              method: 'POST',
              postData: {
                mimeType: 'application/x-www-form-urlencoded',
                params: [{ name: 'q', value: 'a b' }],
              },
            },
          ),
          entry('https://shop.example/blocked', { status: 0, _error: 'net::ERR_BLOCKED_BY_CLIENT' }),
          entry('https://shop.example/left-out', { content: { size: 10 } }),
          entry('data:text/plain,x', {}),
        ],
      },
    }
    writeFileSync(path, `\uFEFF${JSON.stringify(har)}`)
    const jar = new CookieJar()
    await using curl = new ParallelCurl(1, { replay: path, captureHeaders: true, cookieJar: jar })
    const page = await curl.request('https://shop.example/')
    expect([page.text(), page.headers['content-encoding'], page.headers['content-length']]).to.deep.equal([
      'Bär!',
      undefined,
      '4',
    ])
    expect(page.headers['set-cookie']).to.deep.equal(['a=1', 'b=2'])
    expect((await curl.request('https://shop.example/', { ACCEPT_ENCODING: '' })).text()).to.equal('Bär!')
    expect((await curl.request('https://shop.example/logo.png', { encoding: 'buffer' })).body).to.deep.equal(
      Buffer.from([137, 80, 78]),
    )
    expect(
      (await curl.request('https://shop.example/search', { postFields: 'q=a+b' })).responseCode,
    ).to.equal(204)
    const messages = ['blocked', 'left-out', 'none'].map(async (name) => {
      const error = (await curl
        .request(`https://shop.example/${name}`)
        .catch((reason: unknown) => reason)) as CurlError
      return `${error.errno} ${error.message}`
    })
    const [blocked, leftOut, none] = await Promise.all(messages)
    expect(blocked).to.match(/^7 .*as recorded: net::ERR_BLOCKED_BY_CLIENT$/)
    expect(leftOut).to.match(/^42 .*the body of this response was not recorded/)
    expect(none).to.match(/^42 .*browser\.har" has no response for GET https:\/\/shop\.example\/none$/)
  })

  it('of a browser has its texts, whatever charset the response was in', async () => {
    const texts: [type: string, text: string, bytes?: Buffer][] = [
      ['text/html; charset=Shift_JIS', '日本語'],
      ['text/html; charset=windows-1252', '“€” ä', Buffer.from('93809420e4', 'hex')],
      ['text/plain;charset="iso-8859-2"', 'Łódź', Buffer.from('a3f364bc', 'hex')],
      ['text/plain; charset=KOI8-R', 'привет', Buffer.from('d0d2c9d7c5d4', 'hex')],
      ['text/plain; charset=utf-16le', 'héé'],
      ['text/html', '<meta charset=gbk>汉字'],
      ['text/html', '<meta charset=koi8-r>привет'],
      ['text/html; charset=utf-8', 'ü €'],
      ['text/plain; charset=nonsense', 'ü €'],
      ['application/json', '"ü €"'],
    ]
    const path = join(folder(), 'texts.har')
    writeArchive(
      path,
      texts.map(([type, text], at) =>
        entry(`https://shop.example/${at}`, {
          headers: [{ name: 'content-type', value: type }],
          content: { size: 1, mimeType: type, text },
        }),
      ),
    )
    await using curl = new ParallelCurl(1, { replay: path })
    for (const [at, [type, text, bytes]] of texts.entries()) {
      const transfer = await curl.request(`https://shop.example/${at}`, { encoding: 'html' })
      expect(transfer.text(), type).to.equal(text)
      if (bytes !== undefined) expect(transfer.body, type).to.deep.equal(bytes)
    }
  })

  it('of another program is played back where that has its own ways', async () => {
    const path = join(folder(), 'ways.har')
    const header = (name: string, value: string): object[] => [{ name, value }]
    writeArchive(path, [
      { request: { url: 'blob:https://shop.example/1' } },
      entry('https://shop.example/stored', { status: 304, content: { size: 5, text: 'hello' } }),
      entry('https://shop.example/moved', { status: 302, redirectURL: 'https://shop.example/coded' }),
      entry('https://shop.example/coded', {
        headers: header('Transfer-Encoding', 'gzip, chunked'),
        content: { size: 7, text: 'decoded' },
      }),
      entry('https://shop.example/failed', { status: -1, _failureText: 'net::ERR_TIMED_OUT' }),
      entry('https://shop.example/header', { headers: header('x-price', '5 €') }),
    ])
    await using curl = new ParallelCurl(1, { replay: path, captureHeaders: true })
    const of = (name: string, options = {}): Promise<Transfer> =>
      curl.request(`https://shop.example/${name}`, options)
    const stored = await of('stored')
    expect([stored.responseCode, stored.text()]).to.deep.equal([200, 'hello'])
    const asked = await of('stored', { HTTPHEADER: ['If-None-Match: "1"'] })
    expect([asked.responseCode, asked.text()]).to.deep.equal([304, ''])
    const moved = await of('moved', { FOLLOWLOCATION: true })
    expect([moved.effectiveUrl, moved.text()]).to.deep.equal(['https://shop.example/coded', 'decoded'])
    const failed = (await of('failed').catch((error: unknown) => error)) as CurlError
    expect(failed.errno).to.equal(7)
    expect(failed.message).to.include(': as recorded: net::ERR_TIMED_OUT')
    const value = String((await of('header')).headers['x-price'])
    expect(Buffer.from(value, 'latin1').toString('utf8')).to.equal('5 €')
  })

  it('that is none is one clear error, at the call', () => {
    const at = (name: string, content: string): string => {
      const path = join(folder(), name)
      writeFileSync(path, content)
      return path
    }
    const wrong: [ParallelCurlOptions, RegExp][] = [
      [{ replay: join(folder(), 'missing.har') }, /replay: cannot read ".*missing\.har": ENOENT/],
      [{ replay: at('text', 'hello') }, /replay: ".*text" is no HTTP archive \(HAR\): it is not JSON/],
      [{ replay: at('list', '[]') }, /there is no list "log\.entries"/],
      [{ replay: at('entry', '{"log":{"entries":[{}]}}') }, /log\.entries\[0\] has no "request"/],
      [
        { replay: at('url', '{"log":{"entries":[{"request":{"method":"GET"}}]}}') },
        /log\.entries\[0\]\.request has no "url"/,
      ],
      [
        { replay: at('response', '{"log":{"entries":[{"request":{"method":"GET","url":"http://a/"}}]}}') },
        /has no "response"/,
      ],
      [
        { record: join(folder(), 'no/folder/x.har') },
        /record: cannot write ".*x\.har": the folder ".*folder" does not exist/,
      ],
      [{ record: 'a', replay: 'b' }, /record and replay exclude each other/],
      [{ record: '' }, /record must be the path of a file, got ""/],
    ]
    for (const [options, message] of wrong)
      expect(() => new ParallelCurl(1, options), JSON.stringify(options)).to.throw(OptionError, message)
    const curl = new ParallelCurl(1, { record: join(folder(), 'once.har') })
    expect(() => new ParallelCurl(1, { record: join(folder(), 'once.har') })).to.throw(
      OptionError,
      /record: cannot write ".*once\.har": it is being written by another instance/,
    )
    expect(() => void curl.startRequest('http://a/', null, [], null, { record: 'x' } as never)).to.throw(
      OptionError,
      /not for single requests/,
    )
    return curl.close()
  })
})
