/**
 * SessionPool: hands sessions out, and replaces those that have reached a limit. Does not know requests, nor
 * the format of its file.
 */
import { inspect } from 'node:util'
import { OptionError } from '../errors.js'
import { assertNames, assertOptionsObject, mustBe } from '../wrong-value.js'
import type { Transfer } from '../transfer/transfer.js'
import { SessionFile } from './session-file.js'
import { Session, type SessionLimits, type SessionOptions, type SessionStats } from './session.js'

/** The `ParallelCurl` whose request waits for a session. */
export interface SessionClient {
  request(url: string, options?: Readonly<Record<string, unknown>>): Promise<Transfer>
}

/** The options of a session pool. */
export interface SessionPoolOptions extends SessionLimits {
  /** The number of sessions. While there are fewer, new ones are made. Default: 50. */
  size?: number | undefined
  /**
   * Makes a session: returns a `Session`, or the options of one. Default: a session with a new jar and no
   * other settings. The limits of the pool apply to its sessions, unless these options set others. May be
   * asynchronous: requests wait for it without a slot.
   */
  create?: ((name: string) => Session | SessionOptions | Promise<Session | SessionOptions>) | undefined
  /**
   * Called before the first request of each session that the pool makes, also of one that replaces a retired
   * one: for example to log in, with `curl.request(url, { session })`. Requests wait for it without a slot.
   * Its own requests count neither as uses nor as errors of the session. If it throws, or the session cannot
   * be used afterwards, each waiting request fails with that as its cause (errno 42), and the next request
   * starts it again. It is not called for sessions from a file or from {@link SessionPool.add}.
   */
  onNewSession?: ((session: Session, curl: SessionClient) => unknown) | undefined
  /**
   * The choice of the next session. `'round-robin'`: in turn. `'random'`: at random. Default:
   * `'round-robin'`.
   */
  strategy?: 'round-robin' | 'random' | undefined
  /** Returns a number from 0 to less than 1, for `'random'`. Default: `Math.random`. */
  random?: (() => number) | undefined
}

const DEFAULT_SIZE = 50
const KEYS = [
  'size',
  'create',
  'onNewSession',
  'strategy',
  'random',
  'maxUses',
  'maxAgeMs',
  'maxErrors',
  'badStatusCodes',
]

/**
 * A pool of sessions: with `session: pool` each request gets one of them.
 *
 * ```ts
 * const create = () => ({ userAgent: pick() })
 * const sessions = await SessionPool.open('sessions.json', { size: 20, maxUses: 100, create })
 * await using curl = new ParallelCurl(50, { session: sessions, proxies })
 * ```
 */
export class SessionPool {
  private readonly sessions: Session[] = []
  private readonly names = new Map<string, Session>()
  private readonly options: SessionPoolOptions
  private readonly size: number
  private next = 0
  /** Sessions that are being made, and are not in use yet. */
  private readonly beingMade: Promise<Session>[] = []
  private nextBeingMade = 0
  private made = 0
  private file: SessionFile | null = null

  /** Makes a pool in memory. Throws `OptionError` for an invalid option. */
  constructor(options: SessionPoolOptions = {}) {
    assertOptionsObject('SessionPool', options)
    assertNames('SessionPool', options, KEYS, { option: 'session' })
    const { size = DEFAULT_SIZE, create, onNewSession, strategy, random } = options
    if (!Number.isInteger(size) || size < 1) throw wrongValue('size', 'a whole number of at least 1', size)
    for (const [name, given] of Object.entries({ create, onNewSession, random }))
      if (given !== undefined && typeof given !== 'function') throw wrongValue(name, 'a function', given)
    if (strategy !== undefined && !['round-robin', 'random'].includes(strategy))
      throw wrongValue('strategy', "'round-robin' or 'random'", strategy)
    this.options = options
    this.size = size
    // Checks the limits now, instead of with the first request.
    new Session({ ...this.limits, name: 'checked', cookieJar: false })
  }

  /**
   * Opens a pool that is stored in a JSON file, readable for this user only: it holds cookies and passwords
   * of proxies. A missing file is an empty pool; {@link save} creates it. Sessions that have reached a limit
   * are not restored.
   *
   * Rejects with `OptionError` for a malformed file; the message shows none of its content.
   */
  static async open(path: string, options: SessionPoolOptions = {}): Promise<SessionPool> {
    if (typeof path !== 'string' || path === '') throw wrongValue('path', 'the path of a file', path)
    const pool = new SessionPool(options)
    const [file, { made, sessions }] = await SessionFile.open(path, pool.limits)
    pool.file = file
    pool.made = made
    for (const session of sessions) pool.add(session)
    return pool
  }

  /**
   * Returns the next session that may be used. Throws `OptionError` if a new session is needed and takes time
   * (`onNewSession`, or a `create` that returns a promise). In that case, pass the pool itself to requests:
   * they wait.
   */
  acquire(): Session {
    if (this.options.onNewSession !== undefined && this.isShort) throw wrong(CANNOT_WAIT)
    const session = this.take(null)
    if (session instanceof Session) return session
    // The error of the session is not passed on by this call.
    session.catch(() => undefined)
    throw wrong(CANNOT_WAIT)
  }

  /** @internal True if requests may have to wait for a session of the pool. */
  get needsClient(): boolean {
    return this.options.onNewSession !== undefined
  }

  /**
   * @internal Returns the next session, or a promise of it. If there are several, it is another one than
   * `other`.
   */
  take(client: SessionClient | null, other: Session | null = null): Session | Promise<Session> {
    if (this.isShort) return this.create(client)
    // The pool is full. Sessions that are being made are only used if there is no other.
    if (this.sessions.length === 0) return this.takeBeingMade()
    const session = this.pick()
    if (!session.isUsable) {
      this.remove(session)
      return this.create(client)
    }
    if (session !== other || this.size === 1) return session
    return this.sessions.length > 1 ? this.takeBeside(other, client) : this.takeBeingMade()
  }

  private takeBeside(other: Session, client: SessionClient | null): Session | Promise<Session> {
    const at = this.sessions.indexOf(other)
    const session = this.sessions[(at + 1) % this.sessions.length] as Session
    if (session.isUsable) return session
    this.remove(session)
    return this.create(client)
  }

  private takeBeingMade(): Promise<Session> {
    this.nextBeingMade = (this.nextBeingMade + 1) % this.beingMade.length
    return this.beingMade[this.nextBeingMade] as Promise<Session>
  }

  private get isShort(): boolean {
    return this.sessions.length + this.beingMade.length < this.size
  }

  private pick(): Session {
    const { length } = this.sessions
    const at = (this.options.strategy === 'random' ? Math.floor(this.random() * length) : this.next) % length
    const session = this.sessions[at] as Session
    if (session.isUsable) this.next = (at + 1) % length
    return session
  }

  /** Returns the session of this name, undefined if there is none. */
  get(name: string): Session | undefined {
    return this.names.get(name)
  }

  /** Adds a session. Throws `OptionError` if its name is already in use. */
  add(session: Session): this {
    if (this.names.has(session.name))
      throw wrong(`a session with the name ${JSON.stringify(session.name)} already exists`)
    this.sessions.push(session)
    this.names.set(session.name, session)
    return this
  }

  /** Removes a session. Returns false if the pool did not have it. */
  remove(session: Session): boolean {
    const at = this.sessions.indexOf(session)
    if (at < 0) return false
    this.sessions.splice(at, 1)
    this.names.delete(session.name)
    if (at < this.next) this.next--
    return true
  }

  /** Returns all sessions, including those that have reached a limit and have not been replaced yet. */
  list(): Session[] {
    return [...this.sessions]
  }

  /** Returns the statistics of each session. They hold no cookies and no credentials. */
  stats(): SessionStats[] {
    return this.sessions.map((session) => session.stats())
  }

  /**
   * Writes the file as a whole, readable for this user only. The file is also written if something has
   * changed: before `finishAllRequests()` of an instance with this pool resolves, and on dispose. A pool in
   * memory does nothing.
   *
   * Rejects if the file cannot be written; the old file stays.
   */
  save(): Promise<void> {
    return this.write(true)
  }

  /** @internal Saves if there is something new, also the jars of sessions that have files of their own. */
  async saveChanges(): Promise<void> {
    const jars = this.sessions.map(({ cookieJar }) => cookieJar?.saveChanges())
    await Promise.all([this.write(false), ...jars])
  }

  /** Saves changes at the end of a block: `await using pool = await SessionPool.open(path)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.saveChanges()
  }

  toJSON(): ReturnType<Session['toJSON']>[] {
    return this.sessions.map((session) => session.toJSON())
  }

  /** Returns the text for `console.log`, without cookies and credentials. */
  [inspect.custom](): string {
    return `SessionPool { path: ${inspect(this.file?.path ?? null)}, sessions: ${String(this.sessions.length)} }`
  }

  private get limits(): SessionLimits {
    const { maxUses, maxAgeMs, maxErrors, badStatusCodes } = this.options
    return { maxUses, maxAgeMs, maxErrors, badStatusCodes }
  }

  private random(): number {
    return (this.options.random ?? Math.random)()
  }

  private create(client: SessionClient | null): Session | Promise<Session> {
    let name: string
    do name = `session-${String(++this.made)}`
    while (this.names.has(name))
    const made = this.options.create?.(name) ?? {}
    if (!isPromise(made) && this.options.onNewSession === undefined) return this.adopt(name, made)
    const promise = this.prepare(name, made, client)
    this.beingMade.push(promise)
    const forget = (): void => {
      void this.beingMade.splice(this.beingMade.indexOf(promise), 1)
    }
    promise.then(forget, forget)
    return promise
  }

  private adopt(name: string, made: Session | SessionOptions): Session {
    const session = this.sessionOf(name, made)
    this.add(session)
    return session
  }

  private sessionOf(name: string, made: Session | SessionOptions): Session {
    return made instanceof Session ? made : new Session({ ...this.limits, name, ...made })
  }

  private async prepare(
    name: string,
    made: Session | SessionOptions | Promise<Session | SessionOptions>,
    client: SessionClient | null,
  ): Promise<Session> {
    const session = this.sessionOf(name, await made)
    const { onNewSession } = this.options
    if (onNewSession !== undefined) {
      if (client === null) throw wrong(CANNOT_WAIT)
      await onNewSession(session, client)
      session.uses = session.errorScore = 0
      if (!session.isUsable)
        throw new Error(`onNewSession left ${session.name} retired, or too old to be used`)
    }
    this.add(session)
    return session
  }

  private async write(always: boolean): Promise<void> {
    await this.file?.save(() => ({ made: this.made, sessions: this.sessions }), always)
  }
}

const CANNOT_WAIT =
  'acquire: the next session is not ready yet; pass the pool to requests (session: pool), which wait for it'

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null)?.then === 'function'
}

function wrongValue(name: string, expected: string, value: unknown): OptionError {
  return mustBe(name, expected, value, { where: 'SessionPool', option: 'session' })
}

function wrong(why: string): OptionError {
  return new OptionError(`SessionPool: ${why}`, 'session')
}
