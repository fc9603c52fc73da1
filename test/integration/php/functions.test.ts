/**
 * The migration kit's functions and class against a real server: what the comparison with PHP cannot show,
 * because PHP has no such thing (several requests at once, options of one request, mistakes that throw here).
 */
import { expect } from 'chai'
import { Writable } from 'node:stream'
import { OptionError, ParallelCurl as MainParallelCurl, type Transfer } from '../../../src/index.js'
import * as php from '../../../src/php/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf, rejectionOf } from '../../support/requests.js'

const {
  curl_errno,
  curl_error,
  curl_getinfo,
  curl_multi_getcontent,
  curl_strerror,
  curl_version,
  ParallelCurl,
} = php

describe('the migration kit', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  beforeEach(() => {
    server.forget()
  })
  after(() => server.close())

  describe('ParallelCurl', () => {
    it('gives the callback what had arrived of a failed transfer, also if it is nothing', async () => {
      const curl = new ParallelCurl(2)
      const contents: unknown[] = []
      const callback = (content: string | null, _url: string, ch: Transfer): void => {
        contents.push([curl_errno(ch), content, curl_multi_getcontent(ch)])
      }
      await curl.startRequest(server.url('/truncate'), callback)
      await curl.finishAllRequests()
      await curl.startRequest(server.url('/close'), callback)
      await curl.finishAllRequests()
      await curl.startRequest(server.url('/truncate'), callback, [], null, { failedContent: 'null' })
      await curl.close()
      expect(contents).to.deep.equal([
        [18, '0123456789', '0123456789'],
        [52, '', ''],
        [18, null, '0123456789'],
      ])
    })

    it('has PHP’s properties beside those of the main class', async () => {
      const options = { [php.CURLOPT_USERAGENT]: 'a' }
      await using curl = new ParallelCurl(3, options)
      expect([curl.max_requests, curl.options]).to.deep.equal([3, options])
      expect(curl.options).to.equal(options)
      curl.max_requests = 5
      expect(curl.maxRequests).to.equal(5)
      const started = curl.startRequest(server.url('/gate/properties'))
      await server.gate('properties').waiting(1)
      expect(curl.outstanding_requests.size).to.equal(1)
      server.gate('properties').open()
      await started
      await curl.finishAllRequests()
      expect(curl.outstanding_requests.size).to.equal(0)
    })

    it('replaces options, which those of a request override', async () => {
      const curl = new ParallelCurl(1, { CURLOPT_USERAGENT: 'first', CURLOPT_REFERER: 'http://first/' })
      curl.setOptions({ CURLOPT_USERAGENT: 'second' })
      await curl.startRequest(server.url())
      await curl.startRequest(server.url(), null, [], null, { [php.CURLOPT_USERAGENT]: 'own' })
      curl.options = { USERAGENT: 'third' }
      await curl.startRequest(server.url())
      await curl.close()
      expect(server.requests.map(({ headers }) => [headers['user-agent'], headers.referer])).to.deep.equal([
        ['second', undefined],
        ['own', undefined],
        ['third', undefined],
      ])
    })

    it('accepts PHP’s names of methods', async () => {
      const page = {
        seen: '',
        onDone(content: string | null) {
          this.seen = String(content)
        },
      }
      const curl = new ParallelCurl(1)
      await curl.startRequest(server.url('/status/200'), [page, 'onDone'])
      await curl.close()
      expect(page.seen).to.equal('status 200')
      expect(optionErrorOf(() => new ParallelCurl().startRequest('x', [page, 'none'])).message).to.include(
        '$callback',
      )
    })

    it('reports the request header and private data of each transfer', async () => {
      const curl = new ParallelCurl(4, { CURLINFO_HEADER_OUT: true, CURLOPT_PRIVATE: 'shared' })
      const seen: unknown[] = []
      const look = (_content: string | null, _url: string, ch: Transfer): void => {
        const [line] = String(curl_getinfo(ch, php.CURLINFO_HEADER_OUT)).split('\r\n')
        seen.push([
          line,
          curl_getinfo(ch, php.CURLINFO_PRIVATE),
          curl_getinfo(ch).request_header?.split('\r\n')[0],
        ])
      }
      const own = { some: 'object' }
      void curl.startRequest(server.url('/status/201'), look)
      void curl.startRequest(server.url('/status/202'), look, [], null, { CURLOPT_PRIVATE: own })
      void curl.startRequest(server.url('/status/203'), look, [], null, { CURLINFO_HEADER_OUT: false })
      await curl.close()
      expect(seen).to.have.deep.members([
        ['GET /status/201 HTTP/1.1', 'shared', 'GET /status/201 HTTP/1.1'],
        ['GET /status/202 HTTP/1.1', own, 'GET /status/202 HTTP/1.1'],
        ['false', 'shared', undefined],
      ])
    })

    it('sends files in several requests at once', async () => {
      const curl = new ParallelCurl(8)
      for (let i = 0; i < 20; i++) {
        void curl.startRequest(server.url(), null, [], {
          f: new php.CURLStringFile(`file ${String(i)}`, 'a.txt'),
        })
      }
      await curl.close()
      const bodies = server.requests.map(({ body }) => /file \d+/.exec(body.toString())?.[0])
      expect(new Set(bodies).size).to.equal(20)
    })

    it('throws for wrong options before anything is sent', () => {
      const curl = new ParallelCurl()
      const mistakes: [() => unknown, string][] = [
        [() => new ParallelCurl(1, { CURLOPT_NOSUCH: 1 }), 'CURLOPT_NOSUCH'],
        [() => new ParallelCurl(1, { 123456: 1 }), '123456'],
        [() => new ParallelCurl(1, { CURLOPT_HTTP_VERSION: 99 }), 'HTTP_VERSION'],
        [
          () => curl.startRequest(server.url(), null, [], null, { CURLOPT_SSL_VERIFYPEER: 'on' }),
          'startRequest: CURLOPT_SSL_VERIFYPEER',
        ],
        [
          () => {
            curl.setOptions({ CURLOPT_SSL_VERIFYPEER: 'on' })
          },
          'setOptions: CURLOPT_SSL_VERIFYPEER',
        ],
        [
          () => curl.startRequest(server.url(), null, [], new php.CURLFile('/etc/hosts') as never),
          'postFields',
        ],
      ]
      for (const [mistake, message] of mistakes) expect(optionErrorOf(mistake).message).to.include(message)
      expect(curl.options).to.deep.equal({})
      expect(server.requests).to.deep.equal([])
    })

    it('accepts PHP’s options and files in request()', async () => {
      await using curl = new ParallelCurl()
      const postFields = { f: new php.CURLStringFile('data', 'a.txt') }
      const transfer = await curl.request(server.url(), { [php.CURLOPT_USERAGENT]: 'me', postFields })
      expect(curl_getinfo(transfer).http_code).to.equal(200)
      expect(server.requests[0]?.headers['user-agent']).to.equal('me')
      expect(server.requests[0]?.body.toString()).to.include('filename="a.txt"')
      expect(await rejectionOf(curl.request(server.url('/close')))).to.be.instanceOf(php.CurlError)
      const chunks: Buffer[] = []
      const CURLOPT_FILE = new Writable({
        write(chunk: Buffer, _encoding, done) {
          chunks.push(chunk)
          setTimeout(done, 20)
        },
      })
      const own = { CURLOPT_FILE, CURLOPT_PRIVATE: 'mine', keepInfo: true }
      const noted = await curl.request(server.url('/status/200'), own)
      expect([Buffer.concat(chunks).toString(), CURLOPT_FILE.writableLength]).to.deep.equal(['status 200', 0])
      expect(curl_getinfo(noted, php.CURLINFO_PRIVATE)).to.equal('mine')
    })
  })

  describe('the functions', () => {
    it('accept the transfers of the main class', async () => {
      const curl = new MainParallelCurl(1)
      const seen: unknown[] = []
      await curl.startRequest(server.url('/status/404'), (_content, _url, ch) => {
        seen.push(
          curl_errno(ch),
          curl_error(ch),
          curl_getinfo(ch, php.CURLINFO_HTTP_CODE),
          curl_multi_getcontent(ch),
        )
      })
      await curl.close()
      expect(seen).to.deep.equal([0, '', 404, 'status 404'])
    })

    it('have PHP’s signatures for callbacks that are set by number', async () => {
      const curl = new MainParallelCurl(1)
      const seen: unknown[] = []
      const write = (ch: Transfer, data: Buffer): number => {
        seen.push(curl_getinfo(ch, php.CURLINFO_HTTP_CODE), data.toString())
        return data.length
      }
      await curl.startRequest(server.url('/status/404'), null, [], null, {
        [php.CURLOPT_WRITEFUNCTION]: write,
      })
      await curl.close()
      expect(seen).to.deep.equal([404, 'status 404'])
    })

    it('throw for anything but a handle, and for infos that do not exist', async () => {
      const calls = { curl_errno, curl_error, curl_getinfo, curl_multi_getcontent }
      for (const [name, call] of Object.entries(calls)) {
        for (const value of [null, undefined, 'ch', {}]) {
          const { message } = optionErrorOf(() => call(value as never))
          expect(message).to.include(
            `${name}(): Argument #1 ($handle) must be of type CurlHandle, or the handle that a callback gets`,
          )
        }
      }
      const curl = new ParallelCurl(1)
      const errors: unknown[] = []
      await curl.startRequest(server.url(), (_content, _url, ch) => {
        for (const info of [999, 1.5, 'HTTP_CODE']) {
          errors.push(optionErrorOf(() => curl_getinfo(ch, info as number)))
        }
      })
      await curl.close()
      expect(errors).to.have.length(3)
    })

    it('throw a hint for infos that are read too late', async () => {
      const curl = new ParallelCurl(1)
      const handles: Transfer[] = []
      await curl.startRequest(server.url(), (_content, _url, ch) => void handles.push(ch))
      await curl.startRequest(server.url(), (_content, _url, ch) => void handles.push(ch), [], null, {
        keepInfo: true,
      })
      await curl.close()
      expect(() => curl_getinfo(handles[0]!)).to.throw('keepInfo')
      expect(curl_getinfo(handles[1]!).http_code).to.equal(200)
    })

    it('return libcurl’s texts and versions', () => {
      expect(curl_strerror(php.CURLE_COULDNT_CONNECT)).to.match(/connect to server/i)
      expect(curl_strerror(9999)).to.equal('Unknown error')
      expect(curl_strerror('7' as never)).to.match(/connect to server/i)
      expect(() => curl_strerror('seven' as never)).to.throw(
        OptionError,
        'curl_strerror(): Argument #1 ($error_code) must be of type int, got a string',
      )
      const version = curl_version()
      expect(version.version).to.match(/^\d+\.\d+\.\d+$/)
      expect(version.protocols).to.include.members(['http', 'https', 'ftp'])
      expect(version.features & php.CURL_VERSION_SSL).to.equal(php.CURL_VERSION_SSL)
    })
  })

  describe('pyparallelcurl', () => {
    it('has Python’s names, user data, and null for None', async () => {
      const curl = new php.pyparallelcurl.ParallelCurl(1, { USERAGENT: 'first' })
      curl.setmaxrequests(2)
      curl.setoptions({ USERAGENT: 'py' })
      const seen: unknown[] = []
      const callback = (content: string | null, _url: string, _ch: Transfer, userData: unknown): void => {
        seen.push([content, userData])
      }
      await curl.startrequest(server.url('/status/200'), callback)
      await curl.finishallrequests()
      await curl.startrequest(server.url('/truncate'), callback, 'mine', 'a=1')
      await curl.finishallrequests()
      expect(seen).to.deep.equal([
        ['status 200', {}],
        [null, 'mine'],
      ])
      expect(curl.maxRequests).to.equal(2)
      expect(server.requests.map(({ method, headers }) => [method, headers['user-agent']])).to.deep.equal([
        ['GET', 'py'],
        ['POST', 'py'],
      ])
      await curl.close()
    })
  })
})
