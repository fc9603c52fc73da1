/** Requests as data of jobs, their ids, and the queue of a host. Does not know Redis. */
import { expect } from 'chai'
import fc from 'fast-check'
import { canonical, fromPlain, toPlain } from '../../../../src/bullmq/jobs/plain-data.js'
import { BrokenJob } from '../../../../src/bullmq/jobs/problems.js'
import { dataOf, jobIdOf, requestOf, type QueuedRequest } from '../../../../src/bullmq/jobs/request-data.js'
import { shardNames, shardOf } from '../../../../src/bullmq/queues/shards.js'
import { OptionError } from '../../../../src/index.js'

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const through = (request: QueuedRequest): unknown => requestOf(throughJson(dataOf(request)))

describe('the data of a job', () => {
  it('brings back what was enqueued', () => {
    const request = {
      url: 'http://a.test/',
      id: 7,
      userData: { $bytes: 'mine', list: [1, null, true] },
      postFields: { file: Buffer.from([0, 255]), text: 'x' },
      HTTPHEADER: ['A: b'],
      TIMEOUT_MS: 5,
      retry: undefined,
    }
    expect(through(request)).to.deep.equal({
      url: 'http://a.test/',
      id: '7',
      userData: { $bytes: 'mine', list: [1, null, true] },
      postFields: { file: Buffer.from([0, 255]), text: 'x' },
      options: { HTTPHEADER: ['A: b'], TIMEOUT_MS: 5 },
    })
  })

  it('brings back any plain value, whatever its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const there = throughJson(value)
        expect(fromPlain(throughJson(toPlain(there, 'value')))).to.deep.equal(there)
      }),
    )
  })

  it('keeps queries and bytes as what they are', () => {
    const query = through({ url: 'http://a.test/', postFields: new URLSearchParams({ a: '1 2' }) })
    expect(query).to.have.property('postFields').that.is.instanceOf(URLSearchParams)
    const bytes = through({ url: 'http://a.test/', postFields: new Uint8Array([1, 2, 3]) })
    expect(bytes).to.have.deep.property('postFields', Buffer.from([1, 2, 3]))
  })

  const refused: [string, unknown, RegExp][] = [
    ['a function', { url: 'http://a.test/', WRITEFUNCTION: () => 0 }, /WRITEFUNCTION is a function/],
    [
      'a signal',
      { url: 'http://a.test/', signal: new AbortController().signal },
      /signal is an instance of AbortSignal/,
    ],
    ['a number that is none', { url: 'http://a.test/', TIMEOUT: NaN }, /TIMEOUT is NaN/],
    ['a place for the body', { url: 'http://a.test/', output: '/etc/passwd' }, /output is the worker's/],
    ['no url', { USERAGENT: 'x' }, /url must be a string/],
    ['an id that is none', { url: 'http://a.test/', id: {} }, /id must be/],
    ['nothing', null, /a request is a URL/],
  ]
  for (const [what, request, message] of refused) {
    it(`refuses ${what} when it is added`, () => {
      expect(() => dataOf(request as QueuedRequest)).to.throw(OptionError, message)
    })
  }

  const broken: [string, unknown][] = [
    ['no object', 'http://a.test/'],
    ['no url', { options: {} }],
    ['options that are none', { url: 'http://a.test/', options: ['x'] }],
    ['a place for the body', { url: 'http://a.test/', options: { output: '/etc/passwd' } }],
    ['bytes that are none', { url: 'http://a.test/', postFields: { $bytes: 1 } }],
  ]
  for (const [what, data] of broken) {
    it(`is broken with ${what}`, () => {
      expect(() => requestOf(data)).to.throw(BrokenJob)
    })
  }
})

describe('B9: what is local to the worker', () => {
  const local: Record<string, unknown>[] = [
    { upload: '/etc/hostname' },
    { PROTOCOLS_STR: 'file' },
    { COOKIEJAR: '/tmp/x' },
    { CURLOPT_COOKIEFILE: '/tmp/x' },
    { 10065: '/tmp/x' },
    { UNIX_SOCKET_PATH: '/run/x' },
    { RETURNTRANSFER: false },
    { VERBOSE: true },
    { proxies: [{ url: null, options: { NETRC: 1 } }] },
  ]
  for (const options of local) {
    const name = JSON.stringify(options)
    it(`${name} is refused when it is added, and by the worker, unless both trust it`, () => {
      const request = { url: 'http://a.test/', ...options } as QueuedRequest
      expect(() => dataOf(request)).to.throw(OptionError, /trustInput/)
      const data = dataOf(request, true)
      expect(() => requestOf(data)).to.throw(BrokenJob, /trustInput/)
      expect(requestOf(data, true).options).to.deep.equal(options)
    })
  }

  it('bytes are no file', () => {
    const data = dataOf({ url: 'http://a.test/', upload: Buffer.from('x'), PROTOCOLS_STR: 'https' })
    expect(requestOf(data).options).to.deep.equal({ upload: Buffer.from('x'), PROTOCOLS_STR: 'https' })
  })
})

describe('the id of a job', () => {
  const idOf = (request: QueuedRequest): string => jobIdOf(dataOf(request))

  it('is the same for equal requests, in whatever order their options are', () => {
    const one = idOf({ url: 'http://a.test/', USERAGENT: 'x', TIMEOUT: 1, userData: 1 })
    const other = idOf({ TIMEOUT: 1, USERAGENT: 'x', url: new URL('http://a.test/') })
    expect(one).to.equal(other)
    expect(idOf('http://a.test/')).to.not.equal(one)
    expect(idOf({ url: 'http://a.test/', postFields: 'x' })).to.not.equal(idOf('http://a.test/'))
  })

  it('is the own one as data: D31, none of the keys that BullMQ has itself', () => {
    expect(idOf({ url: 'http://a.test/', id: 'page-1' })).to.equal('id-page-1')
    for (const id of [
      'delayed',
      'active',
      'completed',
      'failed',
      'wait',
      'meta',
      'stalled',
      'events',
      'id',
      'pc',
    ])
      expect(idOf({ url: 'http://a.test/', id })).to.equal(`id-${id}`)
    expect(idOf({ url: 'http://a.test/', id: 42 })).to.equal('id-42')
    expect(idOf({ url: 'http://a.test/', id: 'a:b' })).to.equal('id-a%3ab')
  })

  it('is never one that BullMQ refuses, and never that of another id', () => {
    const id = fc.oneof(fc.string(), fc.integer(), fc.constantFrom('', 'id-1', 'sha256-x', 'é', ':', '%3a'))
    fc.assert(
      fc.property(id, id, (a, b) => {
        const [one, other] = [idOf({ url: 'x', id: a }), idOf({ url: 'x', id: b })]
        expect(one).to.match(/^[^:]+$/)
        expect(String(parseInt(one, 10))).to.not.equal(one)
        expect(one === other).to.equal(String(a) === String(b))
      }),
    )
  })

  it('comes from one text for equal values', () => {
    expect(canonical({ b: [1, { d: 1, c: null }], a: 'x' })).to.equal('{"a":"x","b":[1,{"c":null,"d":1}]}')
  })
})

describe('shardByHost', () => {
  it('keeps each host in one queue, whatever its URL looks like', () => {
    const spellings = ['http://a.test/1', 'http://A.test:80/2?x', 'http://user:pw@a.test./', 'a.test/3']
    expect(new Set(spellings.map((url) => shardOf(url, 16))).size).to.equal(1)
  })

  it('spreads hosts over all queues', () => {
    const shards = Array.from({ length: 1000 }, (_, i) => shardOf(`http://host-${i}.test/`, 8))
    for (let shard = 0; shard < 8; shard++) {
      expect(shards.filter((one) => one === shard).length).to.be.within(80, 170)
    }
  })

  it('names queues so that two numbers of them never mix', () => {
    expect(shardNames('pages', 2)).to.deep.equal(['pages-0-of-2', 'pages-1-of-2'])
    expect(shardNames('pages')).to.deep.equal(['pages'])
    expect(() => shardNames('a:b')).to.throw(OptionError, /colon/)
    expect(() => shardNames('a', 0)).to.throw(OptionError, /whole number/)
  })
})
