/**
 * The settings of a run, as options set them, with their defaults. Does not depend on the options, nor on
 * single requests.
 */
import type {
  CrawlStrategy,
  ParallelCurlOptions,
  ProxyPoolOptions,
  SessionPoolOptions,
} from '../../../index.js'
import { IDEMPOTENT } from '../../../http-semantics.js'

/** The values of `--input-format`. */
export const INPUT_FORMATS = ['lines', 'csv', 'jsonl'] as const
export type InputFormat = (typeof INPUT_FORMATS)[number]

/** The values of `--body`. */
export const BODY_FORMS = ['text', 'base64', 'auto'] as const
export type BodyForm = (typeof BODY_FORMS)[number]

/** The values of `--crawl-hosts`. */
export const STRATEGIES: readonly CrawlStrategy[] = ['same-hostname', 'same-origin', 'same-domain', 'all']

/** The values of `--proxy-rotation`. */
export const ROTATIONS = ['round-robin', 'random', 'least-used', 'sticky'] as const

export class RunDraft {
  /** Options of the library. */
  readonly options: ParallelCurlOptions = { maxBufferedBytes: 256 * 1024 ** 2 }
  maxRequests = 50

  readonly inputs: string[] = []
  inputFormat: InputFormat | undefined
  urlColumn = 'url'
  strict = false
  /** True if lines of input may access local files and sockets. */
  trustsInput = false
  /** The curl commands of `--from-curl`. */
  readonly curlCommands: string[] = []
  /** The URLs of sitemaps whose URLs are fetched. */
  readonly sitemaps: string[] = []
  /** True if what pages link to is fetched, too. */
  crawl = false
  crawlDepth: number | undefined
  /** The most URLs that a crawl fetches. */
  crawlLimit: number | undefined
  crawlHosts: CrawlStrategy = 'same-hostname'
  acceptRegex: RegExp | undefined
  rejectRegex: RegExp | undefined
  robots = false
  /** True if the requests are printed as curl commands, and nothing is fetched. */
  printsCommands = false

  /** The files of `-b`. */
  readonly cookieFiles: string[] = []
  cookieJar: string | undefined
  dropsSessionCookies = false
  /** The file with the proxies. */
  proxies: string | undefined
  readonly proxyOptions: ProxyPoolOptions = {}
  sessions: number | undefined
  sessionsFile: string | undefined
  readonly sessionOptions: SessionPoolOptions = {}

  /** The number of retries of a failed attempt; undefined for none. */
  retries: number | undefined
  retryMethods: readonly string[] = [...IDEMPOTENT]
  retryDelayMs: number | undefined
  retriesAll = false

  readonly templates: string[] = []
  remoteName = false
  /** The treatment of an output file that exists. */
  ifThere: 'replace' | 'number' | 'skip' = 'replace'
  outputDir: string | undefined
  createDirs = false
  /** True if files of an earlier run are continued. */
  resumeFiles = false
  /** The format of `-w`. */
  writeOut: string | undefined
  silent = false
  showError = false
  verbose = false
  jsonl = false
  withHeaders = false
  body: BodyForm | undefined
  include = false
  ordered = false
  failEarly = false
  progressIntervalMs = 5000

  /** The folder of the cache. */
  cache: string | undefined
  /** The size of that folder, in bytes; undefined: no limit. */
  cacheMaxSize: number | undefined
  /** True if the cache is all that there is. */
  offline = false
  journal: string | undefined
  resume = false
  retryFailed = false
  /** The time for transfers in flight after a signal; undefined: it depends on what would be lost. */
  graceMs: number | undefined
  journalSyncMs = 1000
  har: string | undefined
  harSecrets = false
  report: string | undefined
  /** The archive that is recorded, and the one that is played back. */
  record: string | undefined
  replay: string | undefined
}
