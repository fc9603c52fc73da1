/** The texts of `console.log()`, and messages for arguments of a wrong type. Does not send requests. */
import { expect } from 'chai'
import { inspect } from 'node:util'
import { createFetch } from '../../../src/fetch/index.js'
import {
  CookieJar,
  CurlError,
  OptionError,
  ParallelCurl,
  ProxyPool,
  Session,
  SessionPool,
} from '../../../src/index.js'
import * as php from '../../../src/php/index.js'
import { CurlDispatcher } from '../../../src/undici/index.js'

const SECRET = 'pass-word'
const URL_WITH_SECRET = `http://user:${SECRET}@127.0.0.1/`
const OPTIONS = { USERPWD: `user:${SECRET}`, HTTPHEADER: [`X-Token: ${SECRET}`] }
/** The longest text. Characters. */
const SHORT = 500

function rollingCurl(): php.RollingCurl {
  const rolling = new php.RollingCurl()
  rolling.options = { [php.CURLOPT_USERPWD]: `user:${SECRET}` }
  rolling.add(new php.RollingCurlRequest(URL_WITH_SECRET, 'POST', SECRET, [`X-Token: ${SECRET}`]))
  return rolling
}

function rollingCurlX(): php.RollingCurlX {
  const rolling = new php.RollingCurlX(5)
  rolling.addRequest(URL_WITH_SECRET, SECRET, () => undefined, null, null, [`X-Token: ${SECRET}`])
  return rolling
}

function handle(): php.CurlHandle {
  const ch = php.curl_init(URL_WITH_SECRET)
  php.curl_setopt(ch, php.CURLOPT_USERPWD, `user:${SECRET}`)
  php.curl_setopt(ch, php.CURLOPT_COOKIELIST, `Set-Cookie: a=${SECRET}; domain=example.com`)
  return ch
}

function multi(): php.CurlMultiHandle {
  const mh = php.curl_multi_init()
  php.curl_multi_add_handle(mh, handle())
  return mh
}

describe('console.log', () => {
  const curl = new ParallelCurl(1, OPTIONS)
  after(() => curl.close())
  const group = new php.RollingCurlGroup('group')
  class GroupRequest extends php.RollingCurlGroupRequest {}
  group.add(new GroupRequest(URL_WITH_SECRET, 'GET', SECRET))
  const cases: [string, unknown][] = [
    ['ParallelCurl', curl],
    ['stream()', curl.stream([URL_WITH_SECRET])],
    ['CurlError', new CurlError('failed', { errno: 7, code: 'CURLE_COULDNT_CONNECT', url: URL_WITH_SECRET })],
    ['OptionError', new OptionError('wrong', 'USERPWD')],
    ['CookieJar', new CookieJar([{ name: 'a', value: SECRET, domain: 'example.com' }])],
    ['ProxyPool', new ProxyPool([`http://user:${SECRET}@127.0.0.1:1`])],
    ['Session', new Session({ proxy: `http://user:${SECRET}@127.0.0.1:1`, headers: { 'x-token': SECRET } })],
    ['SessionPool', new SessionPool().add(new Session({ headers: { 'x-token': SECRET } }))],
    ['CurlDispatcher', new CurlDispatcher(curl, { USERPWD: `user:${SECRET}` })],
    ['fetch of createFetch()', createFetch(curl, { USERPWD: `user:${SECRET}` })],
    ['CurlHandle', handle()],
    ['CurlMultiHandle', multi()],
    ['RollingCurl', rollingCurl()],
    ['RollingCurlX', rollingCurlX()],
    [
      'RollingCurlRequest',
      new php.RollingCurlRequest(URL_WITH_SECRET, 'POST', SECRET, { 'X-Token': SECRET }),
    ],
    ['RollingCurlGroup', group],
  ]

  it('shows a short text without secrets for each object that people get', () => {
    for (const [name, value] of cases) {
      for (const shown of [inspect(value), inspect({ value }), inspect([[value]], { depth: 1 })]) {
        expect(shown, name).not.to.include(SECRET)
        // The stack of an error and the folder of the checkout have any length.
        if (!(value instanceof Error)) expect(shown.length, `${name}: ${shown}`).to.be.below(SHORT)
      }
    }
  })

  it('shows a transfer as its outcome, without the body', async () => {
    const transfers: string[] = []
    await curl.startRequest(`http://user:${SECRET}@127.0.0.1:1/`, (_content, _url, transfer) => {
      transfers.push(inspect(transfer), inspect(transfer.toError()))
    })
    await curl.finishAllRequests()
    expect(transfers[0])
      .to.match(/^Transfer \{/)
      .and.to.include('http://***@127.0.0.1:1/')
    expect(transfers[1]).to.match(/^CurlError: /)
    for (const shown of transfers) expect(shown).not.to.include(SECRET)
  })
})

describe('an argument of a wrong type', () => {
  const curl = new ParallelCurl(1)
  after(() => curl.close())
  const any = (value: unknown): never => value as never

  it('is an OptionError that says what was expected and what was given', async () => {
    const wrong: [() => unknown, string][] = [
      [() => new ParallelCurl(any(true)), 'maxRequests must be a whole number .*, got true'],
      [() => curl.startRequest(any(5)), 'startRequest: url must be a string or a URL, got a number'],
      [() => curl.startRequest('http://a', any('x')), 'callback must be a function or null, got a string'],
      [() => curl.request('http://a', any(5)), 'request: options must be an object, got a number'],
      [() => curl.request('http://a', any(null)), 'request: options must be an object, got null'],
      [() => curl.request('http://a', any(new Map())), 'options must be an object, got an object \\(Map\\)'],
      [() => curl.stream(any(5)), 'stream: inputs must be an iterable .*, got a number'],
      [() => curl.stream(['http://a'], any(5)), 'stream: options must be an object, got a number'],
      [() => curl.stream([any(5)]).next(), 'stream: an input must be a URL or .*, got a number'],
      [() => curl.connect('tcp://a:1', any([])), 'connect: options must be an object, got an array'],
      [() => curl.webSocket('ws://a', any(5)), 'webSocket: options must be an object, got a number'],
      [() => curl.connect('tcp://a:1', { highWaterMark: any('x') }), 'highWaterMark must be .*, got "x"'],
      [() => curl.request('http://a', { responseType: any('x') }), 'responseType must be .*, got "x"'],
      [() => curl.request('http://a', { uploadSize: -1 }), 'uploadSize must be a whole number .*, got -1'],
      [() => new CookieJar(any(5)), 'CookieJar: cookies must be a list of cookies, got a number'],
      [() => CookieJar.open(any(5)), 'CookieJar.open: path must be the path of a file, got 5'],
      [() => new ProxyPool(any(5)), 'ProxyPool: proxies must be an array of proxies, got a number'],
      [() => new SessionPool(any(5)), 'SessionPool: options must be an object, got a number'],
      [() => new SessionPool({ size: any('x') }), 'SessionPool: size must be .*, got "x"'],
      [() => new SessionPool({ create: any(5) }), 'SessionPool: create must be a function, got 5'],
      [() => new Session(any(5)), 'Session: options must be an object of name, .*, got a number'],
      [() => new Session({ maxUses: -1 }), 'Session: maxUses must be a number above 0 .*, got a number'],
    ]
    for (const [call, message] of wrong) {
      const error: unknown = await new Promise((resolve) => {
        resolve(call())
      }).catch((thrown: unknown) => thrown)
      expect(error, message).to.be.instanceOf(OptionError)
      expect((error as OptionError).message).to.match(new RegExp(message))
    }
  })
})
