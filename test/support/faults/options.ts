/**
 * The options that the steps of the differential test choose from, each with everything it needs to have an
 * effect. They have names, so that a failed run can be read. Does not depend on the servers' behaviour.
 */
import type { CookieJar } from '../../../src/index.js'
import type { FaultServer } from './server.js'

export type Options = Record<string, unknown>

/** The values that options refer to. Each of the two compared sides has its own. */
export interface Surroundings {
  readonly server: FaultServer
  readonly netrc: string
  readonly jarA: CookieJar
  readonly jarB: CookieJar
}

/** libcurl's numbers for HTTP 1.0, 1.1 and 2. */
const HTTP_1_0 = 1
const HTTP_1_1 = 2
const HTTP_2 = 3
const BASIC = 1
const DIGEST = 2
const ANY = -17
const BEARER = 64

const proxy = (
  { server }: Surroundings,
  part: 'proxyA' | 'proxyB' | 'socks',
  scheme = 'http',
  who = '',
): string => `${scheme}://${who === '' ? '' : `${who}@`}127.0.0.1:${server.ports[part]}`

const letters = (buffer: Buffer): number => buffer.write('from a function')

/** The option sets. A step uses them as its own options or as shared ones. */
export const OPTION_SETS = {
  agent: () => ({ USERAGENT: 'agent/1' }),
  referer: () => ({ REFERER: 'http://referer.test/' }),
  noReferer: () => ({ REFERER: null }),
  autoReferer: () => ({ AUTOREFERER: true, FOLLOWLOCATION: true }),
  follow: () => ({ FOLLOWLOCATION: true }),
  followNot: () => ({ FOLLOWLOCATION: false }),
  followOnce: () => ({ FOLLOWLOCATION: true, MAXREDIRS: 1 }),
  followAll: () => ({ FOLLOWLOCATION: true, POSTREDIR: 7, UNRESTRICTED_AUTH: true }),
  range: () => ({ RANGE: '5-9' }),
  noRange: () => ({ RANGE: null }),
  resume: () => ({ RESUME_FROM: 5 }),
  gzip: () => ({ ACCEPT_ENCODING: 'gzip' }),
  noEncoding: () => ({ ACCEPT_ENCODING: null }),
  transferEncoding: () => ({ TRANSFER_ENCODING: true }),
  http10: () => ({ HTTP_VERSION: HTTP_1_0 }),
  http11: () => ({ HTTP_VERSION: HTTP_1_1 }),
  http2: () => ({ HTTP_VERSION: HTTP_2 }),
  anyVersion: () => ({ HTTP_VERSION: 0 }),

  login: () => ({ USERPWD: 'user:pass word' }),
  otherLogin: () => ({ USERNAME: 'other', PASSWORD: 'another' }),
  noLogin: () => ({ USERPWD: null }),
  digest: () => ({ USERPWD: 'digest:secret', HTTPAUTH: DIGEST }),
  anyAuth: () => ({ USERPWD: 'any:secret', HTTPAUTH: ANY }),
  basicOnly: () => ({ HTTPAUTH: BASIC }),
  bearer: () => ({ XOAUTH2_BEARER: 'token', HTTPAUTH: BEARER }),
  netrc: ({ netrc }: Surroundings) => ({ NETRC: 1, NETRC_FILE: netrc }),
  authorization: () => ({ HTTPHEADER: ['Authorization: Custom secret'] }),

  headers: () => ({ HTTPHEADER: ['X-Own: 1', 'Accept:'] }),
  otherHeaders: () => ({ HTTPHEADER: ['X-Other: 2', 'Expect:'] }),
  noHeaders: () => ({ HTTPHEADER: null }),
  host: () => ({ HTTPHEADER: ['Host: own.test'] }),
  otherHost: () => ({ HTTPHEADER: ['Host: 127.0.0.2'] }),
  cookieHeader: () => ({ HTTPHEADER: ['Cookie: of=header'] }),
  type: () => ({ HTTPHEADER: ['Content-Type: text/x-own'] }),
  expects: () => ({ HTTPHEADER: ['Expect: 100-continue'], EXPECT_100_TIMEOUT_MS: 30_000 }),

  cookie: () => ({ COOKIE: 'given=1' }),
  noCookie: () => ({ COOKIE: null }),
  engine: () => ({ COOKIEFILE: '' }),
  listed: () => ({ COOKIELIST: 'Set-Cookie: listed=1; path=/; domain=127.0.0.1' }),
  jarA: ({ jarA }: Surroundings) => ({ cookieJar: jarA }),
  jarB: ({ jarB }: Surroundings) => ({ cookieJar: jarB }),
  noJar: () => ({ cookieJar: false }),

  get: () => ({ HTTPGET: true }),
  put: () => ({ CUSTOMREQUEST: 'PUT' }),
  delete: () => ({ CUSTOMREQUEST: 'DELETE' }),
  noMethod: () => ({ CUSTOMREQUEST: null }),
  head: () => ({ NOBODY: true }),
  body: () => ({ NOBODY: false }),
  post: () => ({ POST: true, POSTFIELDS: 'option=1' }),
  fields: () => ({ POSTFIELDS: 'option=2' }),
  form: () => ({ HTTPPOST: [{ name: 'part', contents: 'value' }] }),
  reads: () => ({ UPLOAD: true, INFILESIZE: 15, READFUNCTION: letters, SEEKFUNCTION: () => 0 }),
  uploads: () => ({ upload: Buffer.from('uploaded') }),
  uploadsText: () => ({ upload: new Blob(['from a blob']), POST: true }),

  proxyA: (at: Surroundings) => ({ PROXY: proxy(at, 'proxyA'), PROXYUSERPWD: 'alice:secret-a' }),
  proxyB: (at: Surroundings) => ({ PROXY: proxy(at, 'proxyB', 'http', 'bob:secret-b') }),
  proxyAsCarol: (at: Surroundings) => ({ PROXY: proxy(at, 'proxyA', 'http', 'carol:secret-c') }),
  proxyAsNobody: (at: Surroundings) => ({ PROXY: proxy(at, 'proxyA') }),
  proxyDigest: (at: Surroundings) => ({
    PROXY: proxy(at, 'proxyA'),
    PROXYUSERPWD: 'dora:secret-d',
    PROXYAUTH: DIGEST,
  }),
  proxyAny: (at: Surroundings) => ({
    PROXY: proxy(at, 'proxyB'),
    PROXYUSERPWD: 'andy:secret-e',
    PROXYAUTH: ANY,
  }),
  proxyRefused: () => ({ PROXY: 'http://erin:secret-f@127.0.0.1:1' }),
  socksRefused: () => ({ PROXY: 'socks5h://erin:secret-f@127.0.0.1:1' }),
  tunnel: () => ({ HTTPPROXYTUNNEL: true }),
  socks: (at: Surroundings) => ({ PROXY: proxy(at, 'socks', 'socks5h', 'sam:secret-s') }),
  socksAsSue: (at: Surroundings) => ({ PROXY: proxy(at, 'socks', 'socks5', 'sue:secret-u') }),
  socksFour: (at: Surroundings) => ({ PROXY: proxy(at, 'socks', 'socks4a', 'sid') }),
  noProxy: () => ({ PROXY: '' }),
  proxyNull: () => ({ PROXY: null }),
  proxyHeader: () => ({ PROXYHEADER: ['X-Proxy: own'] }),

  failOnError: () => ({ FAILONERROR: true }),
  includeHead: () => ({ HEADER: true }),
  fresh: () => ({ FRESH_CONNECT: true }),
  forbidReuse: () => ({ FORBID_REUSE: true }),
  maxFileSize: () => ({ MAXFILESIZE: 5 }),
  maxBody: () => ({ maxBodySize: 5 }),
  timeCondition: () => ({ TIMECONDITION: 1, TIMEVALUE: 1_000_000_000 }),
  errorText: () => ({ captureErrorText: true }),
  headerFunction: () => ({ HEADERFUNCTION: (line: Buffer) => line.length }),
  debugFunction: () => ({ DEBUGFUNCTION: () => 0, VERBOSE: true }),
  progress: () => ({ XFERINFOFUNCTION: () => 0, NOPROGRESS: false }),
} satisfies Record<string, (at: Surroundings) => Options>

export type OptionSetName = keyof typeof OPTION_SETS

/** Merges option sets. Later sets win. */
export function optionsOf(names: readonly OptionSetName[], at: Surroundings): Options {
  return Object.assign({}, ...names.map((name) => OPTION_SETS[name](at))) as Options
}
