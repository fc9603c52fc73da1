/**
 * Nothing of one request is ever visible to the next one on the same handle. A pool of one (limit 1, one
 * after the other) is compared with an instance of its own for each request: the server has to see the same
 * bytes.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { OptionError, ParallelCurl } from '../../../src/index.js'
import {
  type HttpServer,
  type RecordedRequest,
  startHttpServer,
} from '../../support/servers/http/http-server.js'
import { type Outcome, type PostFields, send } from '../../support/requests.js'

type Options = Record<string, unknown>

interface Step {
  shared: Options
  own: Options
  path: string
  postFields: PostFields
}

/**
 * Returns a request without the parts that differ from run to run by design: boundaries, and the values that
 * a client invents for digest.
 */
function normalized(request: RecordedRequest): unknown {
  const blur = (text: string): string =>
    text
      .replace(/(boundary=|--)[-\w'()+,./:=?]{16,}/g, '$1BOUNDARY')
      .replace(/(cnonce|response)="[^"]*"/g, '$1="?"')
  const { method, url, httpVersion, rawHeaders, body } = request
  return { method, url, httpVersion, headers: rawHeaders.map(blur), body: blur(body.toString('latin1')) }
}

/** null where they were not captured. */
function headerNamesOf(transfer: Outcome['transfer']): string[] | null {
  try {
    return Object.keys(transfer.headers)
  } catch (error) {
    expect(error).to.be.instanceOf(OptionError)
    return null
  }
}

describe('a reused handle', () => {
  let server: HttpServer
  let folder: string
  before(async () => {
    server = await startHttpServer()
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    writeFileSync(join(folder, 'netrc'), 'machine 127.0.0.1 login netrc password from-netrc\n')
    writeFileSync(join(folder, 'cookies'), '127.0.0.1\tFALSE\t/\tFALSE\t0\tfrom\tfile\n')
  })
  after(async () => {
    rmSync(folder, { recursive: true })
    await server.close()
  })

  const sharedOf = new WeakMap<ParallelCurl, Options>()

  /** Returns the request of a step at the server and its outcome, in a form that can be compared. */
  async function observe(curl: ParallelCurl, step: Step): Promise<unknown> {
    server.forget()
    // Options that are set anew are others, and handles that were configured for the old ones are reset.
    if (sharedOf.get(curl) !== step.shared) curl.setOptions(step.shared)
    sharedOf.set(curl, step.shared)
    const { transfer, content } = await send(curl, server.url(step.path), {
      postFields: step.postFields,
      options: step.own,
    })
    await server.waitForIdle()
    const { errno, responseCode } = transfer
    // The progress of a transfer that a progress function ended depends on timing.
    if (errno === 42) return { errno }
    const kind = content?.startsWith('status') ? content : typeof content
    const headers = headerNamesOf(transfer)
    return { errno, responseCode, kind, headers, requests: server.requests.map(normalized) }
  }

  /** Options that change what is sent, each with all that it needs to do so. */
  function optionSets(): Options[] {
    const here = `http://127.0.0.1:${server.port}`
    return [
      { USERAGENT: 'agent/1' },
      { REFERER: 'http://referer/' },
      { COOKIE: 'given=1' },
      { COOKIEFILE: '' },
      { COOKIEFILE: join(folder, 'cookies') },
      { COOKIELIST: `127.0.0.1\tFALSE\t/\tFALSE\t0\tlisted\t1` },
      { COOKIEFILE: join(folder, 'cookies'), COOKIESESSION: true },
      { USERPWD: 'user:pass word' },
      { USERNAME: 'user', PASSWORD: 'pass word', HTTPAUTH: 1 },
      { USERPWD: 'user:pass word', HTTPAUTH: 2 },
      { USERPWD: 'user:pass word', HTTPAUTH: -17 },
      { XOAUTH2_BEARER: 'token', HTTPAUTH: 64 },
      { NETRC: 1, NETRC_FILE: join(folder, 'netrc') },
      { RANGE: '0-4' },
      { RESUME_FROM: 2 },
      { CUSTOMREQUEST: 'DELETE' },
      { NOBODY: true },
      { HTTPGET: true },
      { POST: true, POSTFIELDS: 'option=1' },
      { POSTFIELDS: 'option=2', HTTPHEADER: ['Content-Type: text/x-own'] },
      { HTTPPOST: [{ name: 'part', contents: 'value' }] },
      {
        UPLOAD: true,
        INFILESIZE: 3,
        READFUNCTION: (buffer: Buffer) => buffer.write('abc'),
        SEEKFUNCTION: () => 0,
      },
      { HTTPHEADER: ['X-Own: 1', 'Accept:'] },
      { HTTPHEADER: ['Authorization: Custom 1'] },
      { ACCEPT_ENCODING: 'gzip' },
      { HTTP_VERSION: 1 },
      { TIMECONDITION: 1, TIMEVALUE: 1_000_000_000 },
      { FOLLOWLOCATION: true, AUTOREFERER: true },
      { FOLLOWLOCATION: true, POSTREDIR: 7 },
      { FOLLOWLOCATION: true, MAXREDIRS: 1 },
      { REQUEST_TARGET: '/echo?target' },
      { PROXY: here },
      { PROXY: here, PROXYUSERPWD: 'proxy:secret' },
      { PROXY: `http://inline:secret@127.0.0.1:${server.port}` },
      { PROXY: here, HTTPPROXYTUNNEL: true, FRESH_CONNECT: true, FORBID_REUSE: true },
      { TRANSFER_ENCODING: true },
      { CONNECT_TO: [`::127.0.0.1:${server.port}`] },
      { FAILONERROR: true },
      { HEADER: true },
      { captureHeaders: true },
      { captureErrorText: true },
      { HEADERFUNCTION: (line: Buffer) => line.length },
      { WRITEFUNCTION: (data: Buffer) => data.length },
      { WRITEFUNCTION: () => -1 },
      { XFERINFOFUNCTION: () => 1, NOPROGRESS: false },
      { XFERINFOFUNCTION: () => 0, NOPROGRESS: false },
      { DEBUGFUNCTION: () => 0, VERBOSE: true },
      { MAXFILESIZE: 5 },
      { MAX_RECV_SPEED_LARGE: 1_000_000 },
      { HTTP_CONTENT_DECODING: false, ACCEPT_ENCODING: '', FORBID_REUSE: true },
      { LOCALPORT: 0, TCP_KEEPALIVE: true },
    ]
  }

  const breaking = { FRESH_CONNECT: true }
  const paths: [path: string, needs?: Options][] = [
    ['/echo'],
    ['/echo?again'],
    ['/cookies/set?session=1'],
    ['/auth/basic'],
    ['/auth/digest'],
    ['/redirect/2'],
    ['/redirect/1?code=307'],
    ['/redirect-to?url=/cookies/set?b=2'],
    ['/status/200'],
    ['/status/404'],
    ['/bytes/20'],
    ['/gzip'],
    ['/truncate'],
    // On a reused connection libcurl takes these for a connection that has died, and tries once more.
    ['/close', breaking],
    ['/reset', breaking],
  ]

  function steps(): fc.Arbitrary<Step[]> {
    const sets = optionSets()
    const options = fc
      .subarray(sets, { maxLength: 3 })
      .map((chosen) => Object.assign({}, ...chosen) as Options)
    const shared = fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 3, arbitrary: options })
    const fields = fc.constantFrom<PostFields>(
      null,
      null,
      null,
      'text=1',
      '',
      { part: 'value' },
      Buffer.from([0, 255, 10]),
    )
    const step = fc
      .tuple(fc.constantFrom(...paths), fc.oneof(fc.constant({}), options), fields)
      .map(([[path, needs = {}], own, postFields]) => ({ path, own: { ...own, ...needs }, postFields }))
    // Runs of steps with the same shared options: those are not configured again.
    const run = fc.tuple(shared, fc.array(step, { minLength: 1, maxLength: 4 }))
    return fc
      .array(run, { minLength: 1, maxLength: 3 })
      .map((runs) => runs.flatMap(([shared, steps]) => steps.map((step) => ({ shared, ...step }))))
  }

  it('sends the same as a new handle, whatever it did before', async function () {
    this.timeout(120_000)
    const numRuns = Number(process.env['PARALLELCURL_RUNS'] ?? 120)
    const seed = Number(process.env['PARALLELCURL_SEED'] ?? 7)
    const property = fc.asyncProperty(steps(), async (sequence) => {
      await using pool = new ParallelCurl(1)
      for (const step of sequence) {
        const used = await observe(pool, step)
        await using fresh = new ParallelCurl(1)
        expect(used).to.deep.equal(await observe(fresh, step))
      }
    })
    await fc.assert(property, { numRuns, seed, endOnFailure: process.env['PARALLELCURL_SHRINK'] === '0' })
  })

  it('replaces a few options and the post fields without a reset', async function () {
    this.timeout(120_000)
    const text = fc.stringMatching(/^[a-z0-9]{1,12}$/)
    const values: Record<string, fc.Arbitrary<unknown>> = {
      USERAGENT: fc.option(text),
      REFERER: fc.option(text),
      ACCEPT_ENCODING: fc.constantFrom(null, '', 'gzip', 'identity'),
      CUSTOMREQUEST: fc.constantFrom(null, 'PUT', 'DELETE'),
      HTTPHEADER: fc.option(
        fc.array(
          text.map((value) => `X-${value}: ${value}`),
          { maxLength: 3 },
        ),
      ),
      FOLLOWLOCATION: fc.boolean(),
      TIMEOUT: fc.constantFrom(0, 30),
      TIMEOUT_MS: fc.constantFrom(0, 30_000),
      CONNECTTIMEOUT: fc.constantFrom(0, 30),
      COOKIE: text,
      NOBODY: fc.boolean(),
      HTTPGET: fc.boolean(),
      captureHeaders: fc.boolean(),
    }
    const posted = fc.oneof(text, fc.constant(''), fc.constant('ä'.repeat(3000)), fc.constant('a\0b'))
    const paths = fc.constantFrom('/echo', '/redirect/1', '/redirect/1?code=307', '/gzip', '/status/404')
    const run = fc
      .tuple(fc.subarray(Object.keys(values), { maxLength: 4 }), fc.boolean())
      .chain(([names, isPost]) =>
        fc.array(
          fc.record({
            own: fc.record(
              Object.fromEntries(names.map((name) => [name, values[name] as fc.Arbitrary<unknown>])),
            ),
            postFields: isPost ? posted : fc.constant(null),
            path: paths,
          }),
          { minLength: 1, maxLength: 4 },
        ),
      )
    const shared = fc.constantFrom<Options>(
      {},
      { USERAGENT: 'shared', captureHeaders: true },
      { NOBODY: true },
      { POSTFIELDS: 'shared', HTTPHEADER: ['X-Shared: 1'] },
      { FOLLOWLOCATION: true, POSTREDIR: 7, CUSTOMREQUEST: 'PATCH' },
    )
    const property = fc.asyncProperty(
      shared,
      fc.array(run, { minLength: 1, maxLength: 4 }),
      async (shared, runs) => {
        await using pool = new ParallelCurl(1)
        for (const step of runs.flat()) {
          const used = await observe(pool, { shared, ...step })
          await using fresh = new ParallelCurl(1)
          expect(used).to.deep.equal(await observe(fresh, { shared, ...step }))
        }
      },
    )
    await fc.assert(property, { numRuns: Number(process.env['PARALLELCURL_RUNS'] ?? 200), seed: 3 })
  })

  it('forgets every single option, of a request and shared', async () => {
    const plain: Step = { shared: {}, own: {}, path: '/echo', postFields: null }
    await using pool = new ParallelCurl(1)
    const expected = await observe(pool, plain)
    for (const set of optionSets()) {
      const before: Step[] = [
        { ...plain, path: '/cookies/set?session=1', own: set },
        { ...plain, path: '/auth/digest', own: set, postFields: 'body' },
        { ...plain, path: '/redirect/1', shared: set, own: { FOLLOWLOCATION: true } },
        { ...plain, path: '/echo', shared: set },
      ]
      for (const step of before) {
        await observe(pool, step)
        expect(await observe(pool, plain), `after ${JSON.stringify(set)} at ${step.path}`).to.deep.equal(
          expected,
        )
      }
    }
  })
})
