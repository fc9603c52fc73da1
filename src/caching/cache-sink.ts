/**
 * The sink of a transfer whose response may be stored, or may validate a stored one. It stands between the engine and
 * the transfer's own sink. Does not know options.
 */
import { PROXY, TRANSIENT_CODES } from '../curl-codes.js'
import type { BodySink } from '../transfer/transfer-types.js'
import { BodyCopy, SMALL_BODY } from './body-copy.js'
import { handOut, type CachedTransfer, type CacheOwner } from './hand-out.js'
import { fieldsOf, headsOf, type Head } from './header-fields.js'
import type { CacheRequest, Found, HttpCache } from './http-cache.js'
import { writeBody, writeLargeBody } from './kept-body.js'
import type { StoredResponse } from './stored-entry.js'

const NOT_MODIFIED = 304
/** The statuses that RFC 5861 counts as errors. */
const ERRORS: ReadonlySet<number> = new Set([500, 502, 503, 504])
/** The codes of libcurl with which a server or the way to it has failed. */
const FAILURES: ReadonlySet<number> = new Set([...TRANSIENT_CODES, PROXY])

/** The parts of one request with a cache. */
export interface CacheJob {
  readonly cache: HttpCache
  readonly request: CacheRequest
  readonly dropsBody: boolean
  /** True if what is stored must not be used, not even to be validated. */
  readonly asksAnew: boolean
  readonly owner: CacheOwner
}

/** Stores a response, or hands out the stored one. */
export class CacheSink implements BodySink {
  private found: Found | null = null
  private conditions: readonly string[] = []
  private copy: BodyCopy | null = null
  private judged: StoredResponse | null | undefined = undefined
  /** True if the own sink must not see this response: the stored one is used in its place. */
  private isWithheld = false
  private mustBeNew: boolean
  private isFinished = false

  /**
   * @param inner the transfer's own sink; null: memory
   * @param known the stored response that was found when the request was made; null: there was none
   */
  constructor(
    private readonly transfer: CachedTransfer,
    readonly inner: BodySink | null,
    private readonly job: CacheJob,
    private known: Found | null | undefined,
  ) {
    this.mustBeNew = job.asksAnew
  }

  get isFull(): boolean {
    return (this.inner?.isFull ?? false) || (this.copy?.isFull ?? false)
  }

  get requestHeaders(): readonly string[] {
    const own = this.inner?.requestHeaders ?? []
    return own.length === 0 ? this.conditions : [...own, ...this.conditions]
  }

  get isCommitted(): boolean {
    return this.inner?.isCommitted ?? false
  }

  get isToRestart(): boolean {
    if (this.inner?.isToRestart === true) return true
    if (!this.isNotModified || this.isValid()) return false
    this.mustBeNew = true
    return true
  }

  /** Returns the same for a transfer that is sent in place of this one. */
  forOther(transfer: CachedTransfer): CacheSink {
    return new CacheSink(transfer, null, this.job, this.known)
  }

  /** Forgets the stored response until the transfer is launched: many may wait, and it may change meanwhile. */
  wait(): void {
    this.known = undefined
  }

  begin(): void {
    this.inner?.begin()
    this.copy?.drop()
    this.copy = null
    this.judged = undefined
    this.isWithheld = false
    const { known } = this
    const { cache, request } = this.job
    this.known = undefined
    this.found = this.mustBeNew ? null : known === undefined ? cache.find(request) : known
    this.conditions = this.found === null ? [] : conditionsOf(this.found.stored)
  }

  headersArrived(): void {
    if (this.inner === null) return
    this.isWithheld = this.found !== null && this.isReplaced(Number(this.transfer.getInfo('RESPONSE_CODE')))
    if (!this.isWithheld) this.inner.headersArrived()
  }

  write(chunk: Buffer): boolean {
    if (this.isWithheld) return true
    const { inner } = this
    if (inner === null && !this.job.dropsBody) return false
    if (this.verdict() !== null) (this.copy ??= this.newCopy()).add(chunk)
    return inner?.write(chunk) ?? true
  }

  finish(): Promise<void> | null {
    if (this.isFinished) return null
    this.isFinished = true
    const { transfer, found } = this
    // Memory is the place of a body without bytes, too.
    if (this.inner === null && !this.job.dropsBody) transfer.hasContent = true
    const { errno, isAborted } = transfer
    if (found !== null) {
      if (this.isNotModified) return this.useValidated(found)
      const hasFailed = errno === 0 ? ERRORS.has(transfer.responseCode) : FAILURES.has(errno)
      if (hasFailed && !isAborted && !this.isCommitted && this.job.cache.mayReplaceErrors(found.stored))
        return this.useStale(found)
    }
    const storing = errno === 0 && !isAborted ? this.store() : null
    if (errno !== 0) this.copy?.drop()
    const ending = this.inner?.finish() ?? null
    return storing === null ? ending : storing.then(() => ending ?? undefined)
  }

  private get isNotModified(): boolean {
    const { errno, responseCode } = this.transfer
    return errno === 0 && responseCode === NOT_MODIFIED && this.conditions.length > 0
  }

  private isReplaced(status: number): boolean {
    if (status === NOT_MODIFIED) return this.conditions.length > 0
    return ERRORS.has(status) && this.job.cache.mayReplaceErrors((this.found as Found).stored)
  }

  /** True if a 304 is about the response that is stored, and that response is still there. */
  private isValid(): boolean {
    const { stored } = this.found as Found
    const { cache, request } = this.job
    const { transfer } = this
    const etag = fieldsOf(this.heads().at(-1) ?? { lines: [] })['etag']
    const known = fieldsOf(stored)['etag']
    if (etag !== undefined && known !== undefined && opaque(etag) !== opaque(known)) return false
    // Tags are those of one URL: that of another one may be equal by chance.
    if (request.followsRedirects && this.redirectedTo() !== stored.url) return false
    return transfer.isAborted || request.method === 'HEAD' || cache.hasBodyOf(this.found as Found)
  }

  private useValidated(found: Found): Promise<void> | null {
    const { cache, request } = this.job
    const { stored, mayBeKept } = cache.renew(request, found, this.heads())
    this.transfer.cache = 'revalidated'
    const use = this.use({ ...found, stored }, stored.lines)
    if (mayBeKept) return use
    // Read before the file is removed.
    const later = this.transfer.laterBody
    if (later !== null) {
      this.transfer.chunks = later.read()
      this.transfer.laterBody = null
    }
    const forget = (): void => {
      cache.forget(request)
    }
    if (use !== null) return use.then(forget)
    forget()
    return null
  }

  private useStale(found: Found): Promise<void> | null {
    const { cache } = this.job
    this.transfer.cache = 'hit'
    this.copy?.drop()
    return this.use(found, cache.linesFor(found))
  }

  private use(found: Found, lines: readonly string[]): Promise<void> | null {
    const { transfer, inner } = this
    const { cache, request, dropsBody, owner } = this.job
    const body = request.method === 'HEAD' ? null : cache.bodyOf(found, transfer.url)
    const given = { stored: found.stored, lines, body, handle: transfer.source, sink: inner, dropsBody }
    const giving = handOut(transfer, given, owner)
    return giving === null ? null : giving.then(() => inner?.finish() ?? undefined)
  }

  private store(): Promise<void> | null {
    const { cache, request } = this.job
    const { transfer, copy } = this
    const judged = this.verdict()
    if (judged === null) {
      const isSuccess = transfer.responseCode >= 200 && transfer.responseCode < 300
      if (this.found !== null && isSuccess) cache.forget(request)
      return null
    }
    if (copy !== null) return this.storeCopy(judged, copy)
    const { chunks } = transfer
    if (chunks === null || request.method === 'HEAD') {
      const hasBody = request.method === 'GET'
      cache.store(request, judged, hasBody ? (path, name) => writeBody(path, name, []) : null)
      return null
    }
    const list = Array.isArray(chunks) ? chunks : [chunks]
    const size = list.reduce((sum, { length }) => sum + length, 0)
    if (size > cache.maxEntrySize) return null
    if (size > SMALL_BODY) return this.storeLarge(judged, list)
    cache.store(request, judged, (path, name) => writeBody(path, name, list))
    return null
  }

  private async storeLarge(judged: StoredResponse, chunks: readonly Buffer[]): Promise<void> {
    const { cache, request } = this.job
    try {
      const body = await writeLargeBody(cache.newBody(request), chunks)
      cache.store(request, judged, () => body)
    } catch (error) {
      cache.cannotStore(error)
    }
  }

  private storeCopy(judged: StoredResponse, copy: BodyCopy): Promise<void> | null {
    const { cache, request } = this.job
    if (copy.isGone) return null
    if (copy.isSmall) {
      cache.store(request, judged, (path, name) => writeBody(path, name, copy.chunks))
      return null
    }
    return copy.end().then((file) => {
      if (file !== null) cache.store(request, judged, () => file)
    })
  }

  private newCopy(): BodyCopy {
    const { cache, request } = this.job
    return new BodyCopy(cache.maxEntrySize, {
      place: () => cache.newBody(request),
      onRoom: () => {
        this.transfer.resume()
      },
      onFailure: (error) => {
        cache.cannotStore(error)
        // What waits for room in the copy waits for nothing any more.
        this.transfer.resume()
      },
    })
  }

  private heads(): Head[] {
    return headsOf(this.transfer.headerLines?.lines() ?? [])
  }

  /** Returns the verdict on this response, which is found once. */
  private verdict(): StoredResponse | null {
    if (this.judged === undefined) this.judged = this.judge()
    return this.judged
  }

  private judge(): StoredResponse | null {
    const { cache, request } = this.job
    const url = this.redirectedTo()
    // A URL with a password does not get to the disk.
    if (url?.includes('@') === true) return null
    return cache.judge(request, this.heads(), url)
  }

  /** Returns the URL that redirects have led to; null if there were none. */
  private redirectedTo(): string | null {
    const { transfer, job } = this
    if (!job.request.followsRedirects || Number(transfer.getInfo('REDIRECT_COUNT')) === 0) return null
    return transfer.effectiveUrl
  }
}

/** Returns the fields that make a request conditional; none if the response has no validator. */
function conditionsOf(stored: StoredResponse): string[] {
  const { etag, 'last-modified': modified } = fieldsOf(stored)
  const conditions: string[] = []
  if (etag !== undefined) conditions.push(`If-None-Match: ${etag}`)
  if (modified !== undefined) conditions.push(`If-Modified-Since: ${modified}`)
  return conditions
}

function opaque(etag: string): string {
  return etag.replace(/^W\//, '')
}
