/**
 * HttpCache: responses in a folder, as a private cache of RFC 9111 keeps them. Finds, stores, renews and
 * invalidates them. Does not know transfers.
 */
import { inspect } from 'node:util'
import { CacheEntries } from './cache-entries.js'
import { CacheFolder } from './cache-folder.js'
import { checkedCacheOptions, checkLimits, type HttpCacheOptions } from './cache-options.js'
import { directivesOf, NEVER, satisfies, verdictOn, type RequestControl } from './freshness.js'
import { fieldsOf, itemsOf, renewedLines, storedLines, withAge, type Head } from './header-fields.js'
import { HeldBodies } from './held-bodies.js'
import { KeptBody } from './kept-body.js'
import { prune, type PruneOptions, type PruneOutcome } from './prune.js'
import { longestWithin, SizeLimit } from './size-limit.js'
import {
  confirmedAt,
  fitsRedirects,
  isAsBefore,
  toText,
  type BodyFile,
  type StoredResponse,
} from './stored-entry.js'

/** A request, as the cache sees it. */
export interface CacheRequest extends RequestControl {
  readonly method: 'GET' | 'HEAD'
  /** Without user, password and fragment. */
  readonly url: string
  /** The digest of everything besides the URL that decides who asks, and what for. */
  readonly who: string
  readonly followsRedirects: boolean
  /** Returns the value of a field that is sent; undefined if it is not. */
  header(name: string): string | undefined
}

/** A response that was found. */
export interface Found {
  readonly path: string
  readonly stored: StoredResponse
  /** The time at which the entry was last written, or known to be used. */
  readonly usedAt: number
  /** True if it answers the request. */
  readonly isUsable: boolean
  /** True if it does although it is stale, and the server has to be asked about it meanwhile (RFC 5861). */
  readonly isToBeAsked: boolean
}

/** The value of `freshUntil` of a response that an unsafe request has made invalid. */
const INVALID = -1
const MISSING = '\0'
/** A use is written down if none was for this time. */
const USE_MS = 60_000
/** How often an entry that changes while it is read is looked at. */
const LOOKS = 3

/**
 * A cache of responses in a folder, for one user (a *private* cache, RFC 9111). Pass it to an instance or a
 * request: `cache: new HttpCache({ dir: 'cache' })`. Several instances and processes may use one folder at the
 * same time. `transfer.cache` says what became of a request.
 *
 * Throws `OptionError` if the folder belongs to another program or cannot be used, or if there is none offline.
 */
export class HttpCache {
  readonly mode: 'default' | 'offline'
  /** @internal */ readonly maxEntrySize: number
  /** @internal Replaced by tests. */ now: () => number = Date.now
  /** @internal The entries that the server is asked about while they are used. */
  readonly asked = new Set<string>()
  /** @internal null: the folder may grow. */ readonly sizeLimit: SizeLimit | null
  private readonly folder: CacheFolder
  private readonly entries: CacheEntries
  private readonly held = new HeldBodies()
  private readonly staleIfErrorMs: number

  constructor(options: HttpCacheOptions) {
    const { dir, mode, staleIfErrorMs, maxEntrySize, maxBytes } = checkedCacheOptions(options)
    this.mode = mode
    this.staleIfErrorMs = staleIfErrorMs
    this.maxEntrySize = Math.min(maxEntrySize, longestWithin(maxBytes))
    this.folder = CacheFolder.open(dir, mode === 'offline')
    this.sizeLimit = maxBytes === Infinity ? null : this.limitTo(maxBytes)
    const onGrowth = (bytes: number): void => this.sizeLimit?.add(bytes)
    // A full disk: the folder may be over its limit although nothing has come.
    const onRefusal = (): void => this.sizeLimit?.enforce()
    this.entries = new CacheEntries(this.folder, onGrowth, onRefusal)
  }

  /** The folder, as an absolute path. */
  get dir(): string {
    return this.folder.path
  }

  /** Removes all responses. */
  clear(): void {
    this.folder.clear()
  }

  /**
   * Removes old entries, and files that killed processes have left. Resolves with what is left. Rejects with
   * `OptionError` for a wrong limit. Without `maxBytes` of the cache nothing does this by itself.
   */
  async prune(limits: PruneOptions = {}): Promise<PruneOutcome> {
    checkLimits(limits)
    return prune(this.folder, limits, this.now(), () => false)
  }

  /** @internal Returns a digest that only this folder has. */
  digest(text: string): string {
    return this.folder.digest(text)
  }

  /** @internal Returns the stored response that fits a request; null if there is none. */
  find(request: CacheRequest, looks = LOOKS): Found | null {
    const path = this.folder.entryPath(request.url, request.who)
    const entry = this.entries.read(path)
    if (entry === null) return null
    const { method } = request
    const chosen = entry.responses.find(
      (response) =>
        (response.method === method || method === 'HEAD') &&
        fitsRedirects(response, request.followsRedirects) &&
        response.vary.every(([name, digest]) => this.valueDigest(request, name) === digest),
    )
    if (chosen === undefined) return null
    const { body } = chosen
    const file = body === null ? undefined : this.entries.bodyFile(path, body)
    if (method === 'GET' && file?.size !== body?.size) {
      // Another process may have replaced or removed the entry since it was read.
      if (this.entries.read(path)?.text !== entry.text)
        return looks > 1 ? this.find(request, looks - 1) : null
      this.entries.drop(path, 'its body is missing or has another length')
      return null
    }
    const stored = { ...chosen, at: confirmedAt(chosen, file?.mtimeMs ?? 0) }
    const isFresh = this.mode === 'offline' || this.answers(request, stored)
    const isToBeAsked = !isFresh && this.answersMeanwhile(request, stored)
    return { path, stored, usedAt: entry.usedAt, isUsable: isFresh || isToBeAsked, isToBeAsked }
  }

  /** @internal Returns the lines of a stored response that is used as it is, and writes down that it is. */
  linesFor({ path, stored, usedAt }: Found): string[] {
    const now = this.now()
    if (now - usedAt > USE_MS) this.entries.use(path, now)
    return withAge(stored.lines, this.ageOf(stored))
  }

  /** @internal Returns the body of a stored response; null if it has none. */
  bodyOf({ path, stored }: Pick<Found, 'path' | 'stored'>, url: string): KeptBody | null {
    const { body } = stored
    if (body === null) return null
    const kept = new KeptBody(this.folder.beside(path, body.name), body, url, () => {
      // It may have been read late, after the entry was replaced or removed.
      const responses = this.entries.read(path)?.responses ?? []
      if (responses.some((other) => other.body?.name === body.name))
        this.entries.drop(path, 'its body is gone or has other bytes')
    })
    if (this.sizeLimit !== null) this.held.add(kept)
    return kept
  }

  /** @internal True if the body of a stored response is still there. */
  hasBodyOf({ path, stored: { body } }: Found): boolean {
    return body === null || this.entries.bodyFile(path, body)?.size === body.size
  }

  private ageOf({ lines, at }: StoredResponse): number {
    const age = Number(/^\d+/.exec(fieldsOf({ lines })['age'] ?? '')?.[0] ?? 0)
    return age + Math.max(0, Math.floor((this.now() - at) / 1000))
  }

  /** @internal True if a stale response may be used because the server has failed. */
  mayReplaceErrors({ freshUntil, errorUntil, at }: StoredResponse): boolean {
    if (freshUntil === INVALID || errorUntil === NEVER) return false
    const now = this.now()
    return now < errorUntil || now < Math.max(freshUntil, at) + this.staleIfErrorMs
  }

  /** @internal Returns the response as it would be stored, without its body; null if it must not be stored. */
  judge(request: CacheRequest, heads: readonly Head[], url: string | null): StoredResponse | null {
    const final = heads.at(-1)
    if (final === undefined) return null
    const hops = heads.slice(0, -1).filter(({ status }) => status >= 300 && status < 400)
    const at = this.now()
    const verdicts = [...hops, final].map((head) => {
      const fields = fieldsOf(head)
      return { fields, ...verdictOn(request, { status: head.status, fields, at }) }
    })
    const last = verdicts.at(-1)
    // A redirect without a lifetime is asked for each time, and the response behind it is validated then.
    const isForbidden = verdicts
      .slice(0, -1)
      .some(({ fields }) => directivesOf(fields['cache-control'] ?? '').has('no-store'))
    const names = verdicts.flatMap(({ fields }) => itemsOf(fields['vary']))
    if (last?.isStorable !== true || isForbidden || names.includes('*')) return null
    const vary = [...new Set(names.map((name) => name.toLowerCase()))].sort()
    return {
      method: request.method,
      status: final.status,
      lines: storedLines(final),
      hops: hops.map(storedLines),
      url,
      at,
      freshUntil: Math.min(...verdicts.map(({ freshUntil }) => freshUntil)),
      errorUntil: last.errorUntil,
      // What a redirect says of itself is another matter.
      ...(last.meanwhileUntil > 0 && hops.length === 0 && { meanwhileUntil: last.meanwhileUntil }),
      vary: vary.map((name) => [name, this.valueDigest(request, name)] as const),
      body: null,
      before: null,
    }
  }

  /** @internal Stores a response. `writeBody` gets a name for the body, and writes it. */
  store(
    request: CacheRequest,
    judged: StoredResponse,
    writeBody: ((path: string, name: string) => BodyFile) | null,
  ): void {
    const path = this.folder.entryPath(request.url, request.who)
    this.entries.attempt(path, () => {
      this.folder.ensureFolder(path)
      const name = this.folder.newBodyName(path)
      const body = writeBody === null ? null : writeBody(this.folder.beside(path, name), name)
      this.save(path, request.url, { ...judged, body })
    })
  }

  /** @internal Returns the path and the name of a new file for a body that is written bit by bit. */
  newBody(request: CacheRequest): { readonly path: string; readonly name: string } {
    const path = this.folder.entryPath(request.url, request.who)
    const name = this.folder.newBodyName(path)
    // Somebody may have removed the subfolder: what is written bit by bit is not written again.
    this.folder.forgetFolders()
    this.folder.ensureFolder(path)
    return { path: this.folder.beside(path, name), name }
  }

  /** @internal Renews a stored response by a 304. Returns it as it is now, and if it may be kept. */
  renew(
    request: CacheRequest,
    { path, stored }: Found,
    heads: readonly Head[],
  ): { readonly stored: StoredResponse; readonly mayBeKept: boolean } {
    const notModified = heads.at(-1) as Head
    const lines = renewedLines(stored.lines, notModified)
    const merged = [...heads.slice(0, -1), { status: stored.status, lines }]
    const judged = this.judge(request, merged, stored.url)
    if (judged === null) return { stored: { ...stored, lines, at: this.now() }, mayBeKept: false }
    const { body, before, method } = stored
    const renewed = { ...judged, method, body, before }
    if (isAsBefore(stored, renewed)) this.entries.confirm(path, body as BodyFile, this.now())
    else {
      this.entries.attempt(path, () => {
        this.save(path, request.url, renewed)
      })
    }
    return { stored: renewed, mayBeKept: true }
  }

  /** @internal Removes the entry of a response that must not be kept any longer. */
  forget(request: CacheRequest): void {
    this.entries.remove(this.folder.entryPath(request.url, request.who))
  }

  /** @internal Makes all responses of a URL invalid: they are used again only if the server says so. */
  invalidate(url: string): void {
    for (const path of this.folder.entriesOf(url)) {
      const entry = this.entries.read(path)
      if (entry === null) continue
      const invalid = entry.responses.map((response) => ({
        ...response,
        freshUntil: INVALID,
        errorUntil: NEVER,
      }))
      this.entries.attempt(path, () => {
        this.folder.replace(path, toText(invalid))
      })
    }
  }

  /** @internal Says once that nothing can be stored. */
  cannotStore(error: unknown): void {
    this.entries.cannotStore(error)
  }

  /** Returns the text for `console.log()`. */
  [inspect.custom](): string {
    return `HttpCache { dir: ${inspect(this.dir)}, mode: ${inspect(this.mode)} }`
  }

  /** Saves a response. An unsafe request to any URL that led to it makes it invalid, too. */
  private save(path: string, url: string, response: StoredResponse): void {
    let at = url
    for (const lines of response.hops) {
      const target = fieldsOf({ lines })['location'] ?? ''
      if (!URL.canParse(target, at)) break
      at = withoutUser(new URL(target, at))
      this.folder.pointAt(path, at)
    }
    this.entries.save(path, response)
  }

  private answers(request: CacheRequest, stored: StoredResponse): boolean {
    const { freshUntil, status, at } = stored
    if (freshUntil === INVALID) return false
    const now = this.now()
    const isFresh = now < freshUntil
    if (request.control === '' && request.pragma === '') return isFresh
    // A redirect before it may be stale although the response is fresh: its lifetime is the shorter one.
    if (stored.hops.length > 0 && !isFresh) return false
    return satisfies(request, { status, fields: fieldsOf(stored), at }, isFresh, now)
  }

  private answersMeanwhile({ control, pragma }: CacheRequest, stored: StoredResponse): boolean {
    const { freshUntil, meanwhileUntil = 0 } = stored
    return freshUntil !== INVALID && control === '' && pragma === '' && this.now() < meanwhileUntil
  }

  private valueDigest(request: CacheRequest, name: string): string {
    const value = request.header(name)
    const given = value === undefined ? MISSING : itemsOf(value).join(',')
    return this.folder.digest(`${name}:${given}`).slice(0, 16)
  }

  private limitTo(maxBytes: number): SizeLimit {
    const { folder, held } = this
    const isHeld = (path: string): boolean => held.has(path)
    const shrink = async (to: number): Promise<number> =>
      (await prune(folder, { maxBytes: to }, this.now(), isHeld)).bytes
    return new SizeLimit(folder.sizePath, maxBytes, shrink, (error) => {
      this.entries.cannotLimit(error)
    })
  }
}

/** Returns a URL as it is requested: without user, password and fragment. */
function withoutUser(url: URL): string {
  url.username = url.password = url.hash = ''
  return url.href
}
