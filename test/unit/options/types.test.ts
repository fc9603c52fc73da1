/**
 * The types of options accept and refuse the right values. The compiler is the test: `tsc` fails if an
 * expected error is missing, or if there is another one.
 */
import { expect } from 'chai'
import type { ParallelCurlOptions, RequestOptions } from '../../../src/options/request-options.js'

const USERAGENT: number = 10018

/** Takes everything: only the compiler looks. */
function request(...options: RequestOptions[]): number {
  return options.length
}

function shared(...options: ParallelCurlOptions[]): number {
  return options.length
}

describe('the types of options', () => {
  it('take every spelling, and values of the right kind', () => {
    request(
      { USERAGENT: 'a', CURLOPT_USERAGENT: 'a', 10018: 'a', [USERAGENT]: 'a' },
      { TIMEOUT_MS: 5000, TIMEOUT: '5', FOLLOWLOCATION: true, MAXREDIRS: -1, RESUME_FROM_LARGE: 5n },
      {
        USERAGENT: null,
        RANGE: 5,
        HTTPHEADER: ['A: b'] as const,
        QUOTE: null,
        CAINFO_BLOB: Buffer.from('a'),
      },
      {
        WRITEFUNCTION: (data) => data.length,
        HEADERFUNCTION: (data, size, count) => data.length * size * count,
      },
      {
        READFUNCTION: (buffer, size, count) => buffer.write('a', size, count),
        SEEKFUNCTION: (offset) => offset,
      },
      {
        XFERINFOFUNCTION: (dltotal, dlnow) => dltotal - dlnow,
        DEBUGFUNCTION: (type, data) => type + data.length,
      },
      {
        POSTFIELDS: { a: 1, b: [true, null], c: Buffer.from('d') },
        HTTPPOST: [{ name: 'a', contents: 'b' }],
      },
      {
        POSTFIELDS: new URLSearchParams(),
        SHARE: null,
        RETURNTRANSFER: false,
        BINARYTRANSFER: 1,
        SAFE_UPLOAD: true,
      },
      {
        captureHeaders: true,
        encoding: 'latin1',
        failedContent: 'partial',
        keepInfo: ['TOTAL_TIME', 3145731],
      },
      { captureHeaders: undefined },
    )
    shared({ multi: { MAX_HOST_CONNECTIONS: 4, PIPELINING: 2 }, USERAGENT: 'a' })
    expect(request()).to.equal(0)
  })

  it('refuse names that are none', () => {
    // @ts-expect-error: a typing error
    request({ USERAGNET: 'a' })
    // @ts-expect-error: libcurl's names are in capitals
    request({ useragent: 'a' })
    // @ts-expect-error: node-libcurl cannot set it
    request({ WRITEDATA: 1 })
    // @ts-expect-error: a typing error behind the prefix
    request({ CURLOPT_TIMEOUTMS: 1 })
    // @ts-expect-error: the multi handle belongs to the instance
    request({ multi: {} })
    // @ts-expect-error: no option of the multi handle
    shared({ multi: { MAX_CONNECTIONS: 1 } })
    // @ts-expect-error: ours are spelt exactly
    shared({ captureheaders: true })
    expect(shared()).to.equal(0)
  })

  it('refuse values of the wrong kind', () => {
    // @ts-expect-error: no number
    request({ TIMEOUT_MS: '5 s' })
    // @ts-expect-error: integers have no null
    request({ TIMEOUT_MS: null })
    // @ts-expect-error: undefined would be 0 for node-libcurl
    request({ SSL_VERIFYPEER: undefined })
    // @ts-expect-error: no text, and no number
    request({ USERAGENT: true })
    // @ts-expect-error: a list is wanted
    request({ HTTPHEADER: 'A: b' })
    // @ts-expect-error: lines, not pairs
    request({ HTTPHEADER: { A: 'b' } })
    // @ts-expect-error: the number of bytes is missing
    request({ WRITEFUNCTION: () => undefined })
    // @ts-expect-error: libcurl does not wait
    request({ WRITEFUNCTION: async (data) => data.length })
    // @ts-expect-error: one of two words
    request({ failedContent: 'all' })
    // @ts-expect-error: type is only for files
    request({ HTTPPOST: [{ name: 'a', contents: 'b', type: 'c' }] })
    // @ts-expect-error: a body is no function
    request({ POSTFIELDS: () => 'a' })
    // @ts-expect-error: forgot to await
    request({ POSTFIELDS: Promise.resolve('a') })
    expect(request()).to.equal(0)
  })
})
