/**
 * The checks of php-src's tests for versions of PHP that are newer than the installed one (8.2):
 * expectations, with their source. Does not run PHP.
 */
import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import * as php from '../../../../src/php/index.js'
import { warningsOf } from '../../../support/php/warnings.js'
import { startHttpServer, type HttpServer } from '../../../support/servers/http/http-server.js'

const { curl_copy_handle, curl_exec, curl_getinfo, curl_init, curl_reset, curl_setopt } = php
const { CURLINFO_HEADER_OUT, CURLOPT_DEBUGFUNCTION, CURLOPT_VERBOSE, CURLOPT_WRITEFUNCTION } = php

describe('the functions of the PHP port, as newer versions of PHP', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  beforeEach(() => server.forget())
  after(() => server.close())

  const handleFor = (path = '/status/200'): php.CurlHandle => {
    const ch = curl_init(server.url(path))
    curl_setopt(ch, php.CURLOPT_RETURNTRANSFER, true)
    return ch
  }

  // PHP 8.4: UPGRADING, "CURLOPT_DEBUGFUNCTION"; curl_setopt_CURLOPT_DEBUGFUNCTION.phpt.
  describe('a debug function', () => {
    const debugged = (path?: string): [php.CurlHandle, Map<number, string>] => {
      const ch = handleFor(path)
      const told = new Map<number, string>()
      curl_setopt(ch, CURLOPT_DEBUGFUNCTION, (handle: php.CurlHandle, type: number, data: string) => {
        expect(handle).to.be.instanceOf(php.CurlHandle)
        told.set(type, (told.get(type) ?? '') + data)
      })
      return [ch, told]
    }

    it('is called with VERBOSE only', async () => {
      const [ch, told] = debugged()
      await curl_exec(ch)
      expect(told.size).to.equal(0)
      curl_setopt(ch, CURLOPT_VERBOSE, true)
      await curl_exec(ch)
      expect(told.get(CURLINFO_HEADER_OUT)).to.match(/^GET \/status\/200 HTTP\/1.1\r\nHost: /)
      expect(told.get(php.CURLINFO_HEADER_IN)).to.match(/^HTTP\/1.1 200 OK\r\n/)
      expect(told.get(php.CURLINFO_DATA_IN)).to.equal('status 200')
    })

    it('of a copy is called, too', async () => {
      const [ch, told] = debugged()
      curl_setopt(ch, CURLOPT_VERBOSE, true)
      await curl_exec(curl_copy_handle(ch))
      expect([...told.keys()]).to.include.members([CURLINFO_HEADER_OUT, php.CURLINFO_HEADER_IN])
    })

    it('ends the transfer with what it throws', async () => {
      const ch = handleFor()
      curl_setopt(ch, CURLOPT_VERBOSE, true)
      const mine = new Error('mine')
      curl_setopt(ch, CURLOPT_DEBUGFUNCTION, () => {
        throw mine
      })
      expect(await curl_exec(ch).catch((error: unknown) => error)).to.equal(mine)
    })

    it('takes the place of CURLINFO_HEADER_OUT, which must not follow it', () => {
      const ch = handleFor()
      const both = 'CURLINFO_HEADER_OUT option must not be set when the CURLOPT_DEBUGFUNCTION option is set'
      expect(curl_setopt(ch, CURLINFO_HEADER_OUT, true)).to.equal(true)
      expect(curl_setopt(ch, CURLOPT_DEBUGFUNCTION, () => 0)).to.equal(true)
      expect(() => curl_setopt(ch, CURLINFO_HEADER_OUT, true)).to.throw(php.OptionError, both)
      const copy = curl_copy_handle(ch)
      expect(() => curl_setopt(copy, CURLINFO_HEADER_OUT, true)).to.throw(php.OptionError, both)
      expect(curl_setopt(copy, CURLOPT_DEBUGFUNCTION, null)).to.equal(true)
      expect(curl_setopt(copy, CURLINFO_HEADER_OUT, true)).to.equal(true)
    })

    it('leaves the header to CURLINFO_HEADER_OUT', async () => {
      const ch = handleFor()
      expect(curl_getinfo(ch, CURLINFO_HEADER_OUT)).to.equal(false)
      curl_setopt(ch, CURLINFO_HEADER_OUT, true)
      curl_setopt(ch, CURLOPT_DEBUGFUNCTION, () => undefined)
      expect(curl_getinfo(ch, CURLINFO_HEADER_OUT)).to.equal(false)
      await curl_exec(ch)
      expect(curl_getinfo(ch, CURLINFO_HEADER_OUT)).to.match(/^GET \/status\/200 HTTP\/1.1\r\n/)
    })

    it('that is null is none', async () => {
      const ch = handleFor()
      expect(curl_setopt(ch, CURLOPT_DEBUGFUNCTION, null)).to.equal(true)
      expect(await curl_exec(ch)).to.equal('status 200')
    })
  })

  // PHP 8.3 and newer: gh16359.phpt, gh21023.phpt, callable_nullable_option.phpt, curl_setopt_callables.phpt.
  describe('functions', () => {
    for (const name of [
      'PROGRESSFUNCTION',
      'XFERINFOFUNCTION',
      'FNMATCH_FUNCTION',
      'HEADERFUNCTION',
    ] as const) {
      it(`are taken away by null: ${name}`, async () => {
        const ch = handleFor()
        // libcurl prints its meter then, as in PHP.
        if (name.startsWith('PROGRESS')) curl_setopt(ch, php.CURLOPT_NOPROGRESS, 0)
        curl_setopt(ch, php[`CURLOPT_${name}`], () => expect.fail('it was called'))
        expect(curl_setopt(ch, php[`CURLOPT_${name}`], null)).to.equal(true)
        expect(await curl_exec(ch)).to.equal('status 200')
      })
    }

    it('that do not exist are refused when they are set', () => {
      const ch = handleFor()
      expect(() => curl_setopt(ch, php.CURLOPT_PROGRESSFUNCTION, 'undefined')).to.throw(
        php.OptionError,
        /^curl_setopt\(\): CURLOPT_PROGRESSFUNCTION /,
      )
      expect(() => php.curl_setopt_array(ch, { [php.CURLOPT_PROGRESSFUNCTION]: 'undefined' })).to.throw(
        php.OptionError,
        /^curl_setopt_array\(\): CURLOPT_PROGRESSFUNCTION /,
      )
    })

    // The originals: curl_write_trampoline.phpt and its kin, with `__call`.
    it('may be methods that an object makes up', async () => {
      const called: string[] = []
      const object = new Proxy(
        {},
        {
          get: (_target, name) => (_ch: php.CurlHandle, data: Buffer) => {
            called.push(`${String(name)} ${data.toString()}`)
            return data.length
          },
        },
      )
      const ch = handleFor()
      curl_setopt(ch, CURLOPT_WRITEFUNCTION, [object, 'trampoline'])
      expect(await curl_exec(ch)).to.equal(true)
      expect(called).to.deep.equal(['trampoline status 200'])
    })

    // GH-23814: curl_callback_lifetime.phpt, curl_callback_lifetime_destructor.phpt.
    it('may replace themselves: the new one counts from the next transfer on', async () => {
      const called: string[] = []
      const ch = curl_init(server.url('/status/200'))
      curl_setopt(ch, CURLOPT_WRITEFUNCTION, (handle: php.CurlHandle, data: Buffer) => {
        called.push('old')
        curl_setopt(handle, CURLOPT_WRITEFUNCTION, (_handle: php.CurlHandle, more: Buffer) => {
          called.push('new')
          return more.length
        })
        for (const call of [php.curl_close, curl_reset])
          expect(() => call(handle)).to.throw(php.OptionError, 'from a callback')
        return data.length
      })
      expect(await curl_exec(ch)).to.equal(true)
      expect(await curl_exec(ch)).to.equal(true)
      expect(called).to.deep.equal(['old', 'new'])
      curl_reset(ch)
    })
  })

  // PHP 8.5: curl_persistent_share_001.phpt to 005.phpt.
  describe('persistent share handles', () => {
    const { curl_share_init_persistent, CURL_LOCK_DATA_CONNECT, CURL_LOCK_DATA_DNS } = php
    it('are the same for the same kinds of data, in any order', async () => {
      const one = curl_share_init_persistent([CURL_LOCK_DATA_CONNECT, CURL_LOCK_DATA_DNS])
      expect(one.options).to.deep.equal([CURL_LOCK_DATA_DNS, CURL_LOCK_DATA_CONNECT])
      expect(curl_share_init_persistent([CURL_LOCK_DATA_DNS, CURL_LOCK_DATA_CONNECT])).to.equal(one)
      expect(curl_share_init_persistent([CURL_LOCK_DATA_CONNECT])).not.to.equal(one)
      await using other = await startHttpServer()
      for (let i = 0; i < 2; i++) {
        const ch = curl_init(other.url('/status/200'))
        curl_setopt(ch, php.CURLOPT_RETURNTRANSFER, true)
        expect(curl_setopt(ch, php.CURLOPT_SHARE, one)).to.equal(true)
        expect(await curl_exec(ch)).to.equal('status 200')
      }
      expect(other.connections).to.equal(1)
    })

    it('refuse cookies, kinds that do not exist, and curl_share_setopt', () => {
      const refuses = (kinds: number[]): Chai.Assertion =>
        expect(() => curl_share_init_persistent(kinds), String(kinds)).to.throw(
          php.OptionError,
          /\$share_options/,
        )
      refuses([php.CURL_LOCK_DATA_COOKIE])
      refuses([CURL_LOCK_DATA_DNS, CURL_LOCK_DATA_CONNECT, 30])
      refuses([])
      const sh = curl_share_init_persistent([CURL_LOCK_DATA_DNS])
      expect(() => php.curl_share_setopt(sh as never, php.CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT)).to.throw(
        php.OptionError,
        'curl_share_setopt(): Argument #1 ($share_handle) must be of type CurlShareHandle',
      )
    })
  })

  // PHP 8.5: curl_multi_get_handles.phpt.
  it('count the handles of a multi handle', async () => {
    const mh = php.curl_multi_init()
    const counts: number[] = []
    const count = (): void => void counts.push(php.curl_multi_get_handles(mh).length)
    for (let i = 0; i < 2; i++) {
      php.curl_multi_add_handle(mh, handleFor())
      count()
    }
    const running = { value: 0 }
    do {
      await php.curl_multi_exec(mh, running)
      if (running.value) await php.curl_multi_select(mh)
      for (let done; (done = php.curl_multi_info_read(mh));) {
        count()
        php.curl_multi_remove_handle(mh, done.handle)
        count()
      }
    } while (running.value)
    expect(counts).to.deep.equal([1, 2, 2, 1, 1, 0])
  })

  // PHP 8.3: curl_basic_028.phpt; FILE is allowed there without open_basedir.
  it('take protocols by their names', async () => {
    const ch = handleFor()
    expect(curl_setopt(ch, php.CURLOPT_PROTOCOLS_STR, 'FilE,DICT')).to.equal(true)
    expect(curl_setopt(ch, php.CURLOPT_REDIR_PROTOCOLS_STR, 'HTTP')).to.equal(true)
    expect([await curl_exec(ch), php.curl_errno(ch)]).to.deep.equal([false, php.CURLE_UNSUPPORTED_PROTOCOL])
  })

  // gh18458.phpt, curl_basic_026.phpt and 027.phpt, curl_close() of 8.5.
  it('stay as in 8.2 where docs/differences-from-php.md says so', async () => {
    const page = readFileSync(new URL('../../../../docs/differences-from-php.md', import.meta.url), 'utf8')
    expect(page).to.include('| versions of PHP |')
    const ch = handleFor('/echo')
    expect(curl_getinfo(ch)).not.to.have.any.keys('capath', 'cainfo')
    expect(await warningsOf(() => php.curl_close(ch))).to.deep.equal([])
    curl_setopt(ch, php.CURLOPT_USERPWD, null)
    await curl_exec(ch)
    const { version } = php.curl_version()
    const sent = server.requests.map(({ headers }) => headers.authorization)
    expect(sent).to.deep.equal([version.startsWith('7.') ? 'Basic Og==' : undefined])
  })
})
