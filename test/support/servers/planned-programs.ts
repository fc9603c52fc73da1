/** Random programs for a planned site, and all that is seen when one runs. Does not know what answers them. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import {
  CookieJar,
  ParallelCurl,
  type ParallelCurlOptions,
  type RequestOptions,
  type Transfer,
} from '../../../src/index.js'
import type { Planned, Site } from './planned-site.js'

const PATHS = ['/a', '/b?x=1', '/c/d', '/e%20f']

const body = fc.oneof(
  fc.constant(''),
  fc.string({ maxLength: 40 }),
  fc.integer({ min: 1, max: 60_000 }).map((length) => 'abcdefghij'.repeat(length / 10 + 1).slice(0, length)),
)
const header = fc.constantFrom<[string, string]>(
  ['Content-Type', 'text/html; charset=iso-8859-1'],
  ['X-One', '1'],
  ['x-one', 'again,  with blanks'],
  ['Set-Cookie', 'a=b; Path=/'],
  ['Set-Cookie', 'c="d e"; Path=/c'],
  ['Set-Cookie', 'a=; Max-Age=0'],
  ['Retry-After', '0'],
  ['WWW-Authenticate', 'Basic realm="x"'],
  ['ETag', '"1"'],
  ['Accept-Ranges', 'bytes'],
)
const plain: fc.Arbitrary<Planned> = fc
  .record({
    status: fc.constantFrom(200, 200, 200, 201, 204, 304, 400, 401, 404, 416, 429, 500, 503),
    headers: fc.array(header, { maxLength: 4 }),
    body,
    isGzip: fc.boolean(),
    isChunked: fc.boolean(),
    trailers: fc.constantFrom([], [], [['X-Sum', 'abc']] as [string, string][]),
    cut: fc.option(fc.integer({ min: 0, max: 100 }), { freq: 6, nil: undefined }),
  })
  .map(({ cut, ...planned }) => {
    const isCut = cut !== undefined && planned.body.length > cut && !planned.isGzip
    // Trailers need chunks.
    return {
      ...planned,
      isChunked: planned.isChunked || planned.trailers.length > 0,
      cutAfter: isCut ? cut : undefined,
    }
  })
const redirect: fc.Arbitrary<Planned> = fc.record({
  status: fc.constantFrom(301, 302, 303, 307, 308),
  headers: fc.tuple(
    fc.constantFrom(...PATHS, '/none').map((to): [string, string] => ['Location', to]),
    header,
  ),
  body,
})
export const site: fc.Arbitrary<Site> = fc
  .tuple(
    ...PATHS.map(() =>
      fc.array(fc.oneof({ arbitrary: plain, weight: 3 }, redirect), { minLength: 1, maxLength: 3 }),
    ),
  )
  .map((all) => Object.fromEntries(PATHS.map((path, at) => [path, all[at] as Planned[]])))

export interface Step {
  readonly path: string
  readonly kind: 'get' | 'head' | 'post' | 'form' | 'upload' | 'source' | 'method'
  readonly target: 'content' | 'none' | 'onData' | 'stream' | 'output' | 'write'
  readonly options: RequestOptions
}
export const step: fc.Arbitrary<Step> = fc.record({
  path: fc.constantFrom(...PATHS, '/none'),
  kind: fc.constantFrom('get', 'get', 'get', 'head', 'post', 'form', 'upload', 'source', 'method'),
  target: fc.constantFrom('content', 'content', 'none', 'onData', 'stream', 'output', 'write'),
  options: fc.record(
    {
      FOLLOWLOCATION: fc.constant(1),
      MAXREDIRS: fc.constant(4),
      POSTREDIR: fc.constant(7),
      AUTOREFERER: fc.constant(1),
      ACCEPT_ENCODING: fc.constant(''),
      FAILONERROR: fc.constant(1),
      HTTPHEADER: fc.constant(['X-Own: 1', 'Accept:']),
      USERPWD: fc.constant('user:secret'),
      RANGE: fc.constant('0-9'),
      HTTP_VERSION: fc.constant(1),
      FORBID_REUSE: fc.constant(1),
      maxBodySize: fc.constant(1000),
      failedContent: fc.constant('partial' as const),
      retry: fc.constant({
        limit: 1,
        backoffMs: 1,
        jitter: 'none' as const,
        methods: ['GET', 'POST', 'PUT'],
      }),
    },
    { requiredKeys: [] },
  ),
})

const INFOS = [
  ...['RESPONSE_CODE', 'REDIRECT_COUNT', 'REDIRECT_URL', 'SIZE_DOWNLOAD_T', 'SIZE_UPLOAD_T', 'HEADER_SIZE'],
  ...[
    'REQUEST_SIZE',
    'CONTENT_TYPE',
    'CONTENT_LENGTH_DOWNLOAD_T',
    'CONTENT_LENGTH_UPLOAD_T',
    'EFFECTIVE_METHOD',
  ],
  ...['EFFECTIVE_URL', 'HTTP_VERSION', 'SCHEME', 'PROTOCOL', 'RETRY_AFTER', 'COOKIELIST', 'HTTPAUTH_AVAIL'],
]

function optionsOf({ kind, target, options }: Step, notes: unknown[], folder: string): RequestOptions {
  const given: RequestOptions & { postFields?: unknown } = {
    ...options,
    captureHeaders: true,
    encoding: 'buffer',
  }
  if (kind === 'head') given.NOBODY = 1
  if (kind === 'post') given.postFields = 'a=1&b=2'
  if (kind === 'form') given.postFields = new URLSearchParams({ text: 'ä&=' })
  if (kind === 'upload') given.upload = Buffer.from('x'.repeat(3000))
  if (kind === 'source')
    given.upload = () =>
      (async function* () {
        yield 'one'
        yield 'two'.repeat(1000)
      })()
  if (kind === 'method') given.CUSTOMREQUEST = 'FETCH'
  const add = (data: Buffer): number => {
    notes.push(data.toString('latin1'))
    return data.length
  }
  if (target === 'none') given.responseType = 'none'
  if (target === 'stream') given.responseType = 'stream'
  if (target === 'onData') given.onData = (data: Buffer) => void add(data)
  if (target === 'write') given.WRITEFUNCTION = add
  if (target === 'output') Object.assign(given, { output: 'file', outputDir: folder })
  return given
}

/** Runs the steps, one after the other. Returns all that is seen of each. */
export async function run(
  origin: string,
  steps: readonly Step[],
  shared: ParallelCurlOptions = {},
): Promise<unknown[]> {
  const jar = new CookieJar()
  const folder = mkdtempSync(join(tmpdir(), 'planned-'))
  const curl = new ParallelCurl(1, { cookieJar: jar, ...shared })
  const seen: unknown[] = []
  for (const step of steps) {
    const notes: string[] = []
    const given = optionsOf(step, notes, folder)
    let last: unknown
    given.NOPROGRESS = 0
    given.XFERINFOFUNCTION = (...sizes) => ((last = sizes), 0)
    const read = (transfer: Transfer): unknown => ({
      errno: transfer.errno,
      error: transfer.error,
      cause: String(transfer.cause),
      status: transfer.responseCode,
      lines: transfer.headerList,
      trailers: { ...transfer.trailers },
      url: transfer.effectiveUrl,
      body: transfer.bodyStream === null ? transfer.body.toString('latin1') : 'stream',
      attempts: transfer.attempts.map(({ errno, responseCode }) => [errno, responseCode]),
      output: transfer.output?.size,
      infos: INFOS.map((name) => [name, transfer.getInfo(name)]),
    })
    let outcome: unknown
    if (step.target === 'stream') {
      try {
        const transfer = await curl.request(origin + step.path, given)
        const chunks: Buffer[] = []
        const ended = await (async () => {
          for await (const chunk of transfer.stream) chunks.push(chunk as Buffer)
        })().then(() => 'whole', String)
        outcome = {
          ended,
          body: Buffer.concat(chunks).toString('latin1'),
          status: transfer.responseCode,
          lines: transfer.headerList,
        }
      } catch (error) {
        outcome = String(error)
      }
      await curl.finishAllRequests()
    } else {
      const { postFields, ...options } = given as RequestOptions & { postFields?: never }
      await new Promise<void>((resolve) => {
        void curl.startRequest(
          origin + step.path,
          (content, _url, transfer) => {
            outcome = [content === null, read(transfer)]
            resolve()
          },
          [],
          postFields,
          options,
        )
      })
      await curl.finishAllRequests()
    }
    const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')])
    seen.push({ step, outcome, notes: notes.join(''), last, cookies: jar.toJSON(), files })
  }
  await curl.close()
  rmSync(folder, { recursive: true })
  return seen
}
