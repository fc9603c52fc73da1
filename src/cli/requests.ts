/**
 * The requests of a run, pulled one at a time: reads the input, skips what the journal lists, and reports
 * invalid lines. Does not handle outcomes.
 */
import {
  OptionError,
  ParallelCurl,
  type RequestOptions,
  type SitemapEntry,
  type StreamInput,
} from '../index.js'
import type { Input } from './input/input-line.js'
import { isBadLine, readInputs, type BadLine, type InputProgress } from './input/input.js'
import { keyOf, type Journal } from './output/journal.js'
import { DataError, messageOf, UsageError } from './errors/errors.js'
import { pastedOptions } from './requests/pasted-options.js'
import { draftRequest, type RequestDraft } from './requests/request-draft.js'
import { ofRequest } from './arguments/command-line.js'
import { checkTrust } from './settings/line-trust.js'
import { NamedOrigins } from './settings/named-origins.js'
import type { Naming } from './output/names/naming.js'
import { shownUrl } from '../redaction.js'
import { normalUrl } from '../crawling/rules/normal-url.js'
import { withScheme } from '../url/comparable-url.js'
import { limitYoungGeneration } from '../memory/young-generation.js'
import type { Settings } from './settings/settings.js'
import { Tap } from './output/wire-log.js'

/** The user data of a transfer: the input that it was made from. */
export interface Running {
  readonly input: Input
  readonly n: number
  readonly key: string
  /** True if the journal lists the request as failed. */
  readonly isAgain: boolean
  readonly tap: Tap | null
  readonly failsByStatus: boolean
}

/** The settings for making requests. */
export interface RequestSource {
  /** Fetches sitemaps; null where there are none. */
  readonly curl: ParallelCurl | null
  readonly settings: Settings
  readonly naming: Naming
  readonly journal: Journal | null
  /** The requests known before any file is read. */
  readonly first: readonly Input[]
  readonly taps: boolean
  /** The options for a body that goes to stdout; null if it is kept until it is complete. */
  readonly toStdout: RequestOptions | null
  onBadLine(line: BadLine): void
}

/** An input, and where it stands. */
interface Located {
  readonly input: Input
  readonly where: string
  readonly isData: boolean
  /** The entry of a sitemap that it is. */
  readonly entry?: SitemapEntry
  /** Its own options, as an entry of a sitemap. */
  readonly options?: RequestOptions
}

/** The options of a body that nobody needs. */
export const DROPPED = { responseType: 'none' } as const
/** The options of a body that is needed. */
export const KEPT: RequestOptions = { responseType: 'content' }
const OVER = { done: true, value: undefined } as const

/** The inputs of `stream()`. */
export class Requests implements AsyncIterableIterator<StreamInput> {
  readonly progress: InputProgress = { readBytes: 0, totalBytes: 0 }
  /** The number of requests so far, including skipped ones. */
  count = 0
  skipped = 0
  badLines = 0
  /** True once a request has been made whose outcome is a file. */
  writesFiles = false
  private readonly source: AsyncGenerator<StreamInput>
  private readonly checker: ParallelCurl
  private readonly aborted = AbortSignal.abort()
  private readonly named: NamedOrigins
  private readonly stopping = new AbortController()
  private endNow: (() => void) | null = null

  constructor(private readonly from: RequestSource) {
    this.checker = new ParallelCurl(1, from.settings.options)
    this.named = new NamedOrigins(from.settings)
    this.source = this.all()
  }

  next(): Promise<IteratorResult<StreamInput, undefined>> {
    if (this.isStopped) return Promise.resolve(OVER)
    return new Promise((resolve, reject) => {
      this.endNow = () => {
        resolve(OVER)
      }
      this.source.next().then((result) => {
        resolve(result as IteratorResult<StreamInput, undefined>)
      }, reject)
    })
  }

  return(): Promise<IteratorResult<StreamInput, undefined>> {
    this.stop()
    return Promise.resolve(OVER)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  private get isStopped(): boolean {
    return this.stopping.signal.aborted
  }

  /** Stops reading, even while a read is pending. */
  stop(): void {
    this.stopping.abort()
    this.endNow?.()
    // A pending read of a pipe or a terminal would keep the process alive.
    if (this.from.settings.inputs.includes('-')) process.stdin.destroy()
  }

  /** Yields the URLs that a crawl begins with. Lines with options of their own are errors. */
  async *seeds(): AsyncGenerator<string | SitemapEntry> {
    for await (const { input, where, entry } of this.inputs()) {
      const { url, layer, output, pasted } = input
      if (layer !== undefined || output !== undefined || pasted !== undefined)
        throw new UsageError(
          `${input.where ?? where}: --crawl takes URLs, not requests with options of their own`,
        )
      if (this.isStopped) return
      const target = entry?.loc ?? withScheme(url, 'http')
      if (normalUrl(target) === null) {
        const problem = `${shownUrl(url)}: --crawl takes URLs of http and https, without credentials (-u)`
        this.report({ where: input.where ?? where, problem })
      } else yield entry ?? target
    }
  }

  /** Returns the request of a page that a crawl has found; undefined if it is not to be made. */
  page(url: string): StreamInput | undefined {
    return this.make({ url, where: shownUrl(url) }, url, true)
  }

  private async *all(): AsyncGenerator<StreamInput> {
    for await (const { input, where, isData, options } of this.inputs()) {
      const made = this.make(input, where, isData)
      if (made === undefined) continue
      yield options === undefined || typeof made !== 'object' || made instanceof URL
        ? made
        : { ...options, ...made }
    }
  }

  private async *inputs(): AsyncGenerator<Located> {
    for (const input of this.from.first) {
      this.named.add(input.url)
      yield { input, where: 'the command line', isData: false }
    }
    const { inputs, inputFormat: format, urlColumn, sitemaps } = this.from.settings
    for (const path of inputs) {
      for await (const input of readInputs(path, { format, urlColumn }, this.progress)) {
        if (isBadLine(input)) {
          this.report(input)
          continue
        }
        this.named.add(input.url)
        yield { input, where: path, isData: true }
      }
    }
    for (const url of sitemaps) yield* this.fromSitemap(url)
  }

  private async *fromSitemap(url: string): AsyncGenerator<Located> {
    const { signal } = this.stopping
    try {
      for await (const entry of this.from.curl?.sitemap(url, { signal }) ?? []) {
        // As browsers read it: libcurl might take another part of it for the host.
        const target = new URL(entry.loc)
        const options = this.named.optionsFor(target)
        yield { input: { url: target.href }, where: shownUrl(url), isData: true, entry, options }
      }
    } catch (error) {
      if (error instanceof OptionError)
        throw new UsageError(`--sitemap: ${error.message.replace('sitemap: ', '')}`)
      if (!this.isStopped) this.report({ where: '--sitemap', problem: messageOf(error) })
    }
  }

  private report(line: BadLine): void {
    this.badLines++
    this.from.onBadLine(line)
    if (this.from.settings.strict) throw new UsageError(`${line.where}: stopped by --strict`)
  }

  private make(input: Input, where: string, isData: boolean): StreamInput | undefined {
    limitYoungGeneration(8)
    const n = ++this.count
    const { settings, naming, journal, taps } = this.from
    const key = journal === null ? '' : keyOf(input)
    const verdict = journal?.judge(key) ?? 'new'
    const isAgain = verdict === 'again'
    const tap = taps ? new Tap(settings.verbose) : null
    const listening: RequestOptions = tap === null ? {} : { VERBOSE: 1, DEBUGFUNCTION: tap.listen }
    try {
      const isNew = verdict === 'new' || isAgain
      if (isNew && isData) checkTrust(input, settings)
      // Requests of an earlier run keep their names, too.
      if (!naming.take(input, n) || !isNew) {
        this.skipped++
        return undefined
      }
      const place = this.placeOf(input, n)
      if (input.layer === undefined && input.output === undefined && input.pasted === undefined) {
        const { failsByStatus } = settings.base
        const userData: Running = { input, n, key, isAgain, tap, failsByStatus }
        return { url: targetOf(input.url, settings.base), userData, ...place, ...listening }
      }
      const draft = draftOf(settings, input)
      const url = input.pasted === undefined ? targetOf(input.url, draft) : input.url
      const userData: Running = { input, n, key, isAgain, tap, failsByStatus: draft.failsByStatus }
      const options = { ...draft.options, ...place }
      // Checks the options: throws what the real request would throw, which would end the stream. The signal
      // is aborted, so nothing is sent.
      void this.checker.startRequest(url, null, null, null, { ...options, signal: this.aborted })
      return { url, userData, ...options, ...listening }
    } catch (error) {
      if (verdict === 'done' || verdict === 'failed') return undefined
      // An error in the command line concerns every request.
      if (error instanceof UsageError && !(error instanceof DataError)) throw error
      this.report({
        where: input.where ?? where,
        problem: messageOf(error).replace(/^startRequest: /, ''),
      })
      return undefined
    }
  }

  /** Returns the options that say where the body goes; null if it goes to memory. */
  private placeOf(input: Input, n: number): RequestOptions | null {
    const { naming, toStdout } = this.from
    const download = naming.options(input, n)
    this.writesFiles ||= download !== null || naming.writesFile(input, n)
    if (download !== null) return download
    const { dropsByDefault } = naming
    if (naming.drops(input, n)) return dropsByDefault ? null : DROPPED
    if (toStdout !== null && naming.isForStdout(input, n)) return toStdout
    return dropsByDefault ? KEPT : null
  }
}

function draftOf(
  settings: Settings,
  input: Input,
): Pick<RequestDraft, 'options' | 'failsByStatus' | 'query' | 'uploadName'> {
  const { pasted } = input
  if (pasted === undefined) return draftLine(settings, input)
  const { failsByStatus } = pasted
  const options = pastedOptions(settings.base.options, pasted)
  return {
    options,
    failsByStatus: failsByStatus || settings.base.failsByStatus,
    query: null,
    uploadName: null,
  }
}

/**
 * Builds a request with options of its own. Throws `DataError` if they are invalid; the command line's own
 * options were checked before.
 */
function draftLine({ line }: Settings, { layer = [] }: Input): RequestDraft {
  try {
    return draftRequest(ofRequest(line), layer)
  } catch (error) {
    throw error instanceof UsageError ? new DataError(error.message) : error
  }
}

/** Returns the URL with the data of `-G` in its query, and, for a folder, with the file name of `-T`. */
function targetOf(url: string, { query, uploadName }: Pick<RequestDraft, 'query' | 'uploadName'>): string {
  if (query === null && uploadName === null) return url
  const [, given = '', search = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url) ?? []
  const isFolder = given.endsWith('/') || /^([a-z][a-z0-9+.-]*:\/\/)?[^/]*$/i.test(given)
  const path =
    uploadName !== null && isFolder ? `${given.replace(/\/$/, '')}/${encodeURIComponent(uploadName)}` : given
  return `${path}${search}${query === null ? '' : `${search === '' ? '?' : '&'}${query}`}${fragment}`
}
