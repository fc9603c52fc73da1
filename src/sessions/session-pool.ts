/**
 * SessionPool: hands sessions out, and makes new ones in the place of those that have had their time. Does
 * not know requests, nor what its file looks like.
 */
import { inspect } from 'node:util'
import { OptionError } from '../errors.js'
import type { Transfer } from '../transfer/transfer.js'
import { SessionFile } from './session-file.js'
import { Session, type SessionLimits, type SessionOptions, type SessionStats } from './session.js'

/** Who asks for a session: the `ParallelCurl` whose request waits. */
export interface SessionClient {
  request(url: string, options?: Readonly<Record<string, unknown>>): Promise<Transfer>
}

/** How a pool of sessions works. */
export interface SessionPoolOptions extends SessionLimits {
  /** How many sessions there are. As long as there are fewer, new ones are made. Default: 50. */
  size?: number | undefined
  /**
   * Makes a session: a `Session`, or what it is made of. Default: a new jar, and nothing else. The limits of
   * the pool are those of its sessions, unless this says otherwise. May be asynchronous: requests wait for
   * it, and hold no slot.
   */
  create?: ((name: string) => Session | SessionOptions | Promise<Session | SessionOptions>) | undefined
  /**
   * Runs before the first request of each session that is made here, also in the place of a retired one: a
   * log-in, say, with `curl.request(url, { session })`. Requests wait for it, and hold no slot; what it does
   * counts neither as uses nor as errors of the session. Where it throws, or leaves a session that cannot be
   * used, each request that waits fails with that as its cause (errno 42), and the next request begins anew.
   * Sessions of a file and of {@link SessionPool.add} are not new.
   */
  onNewSession?: ((session: Session, curl: SessionClient) => unknown) | undefined
  /** `'round-robin'`: one after the other. `'random'`. Default: `'round-robin'`. */
  strategy?: 'round-robin' | 'random' | undefined
  /** A number from 0 to less than 1, for `'random'`. Default: `Math.random`. */
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
 * A pool of sessions: `session: pool` gives each request one of them.
 *
 * ```ts
 * const sessions = await SessionPool.open('sessions.json', { size: 20, maxUses: 100, create: () => ({ userAgent: pick() }) })
 * await using curl = new ParallelCurl(50, { session: sessions, proxies })
 * ```
 */
export class SessionPool {
  private readonly sessions: Session[] = []
  private readonly names = new Map<string, Session>()
  private readonly options: SessionPoolOptions
  private readonly size: number
  private next = 0
  /** Sessions that are being made: nobody has them yet. */
  private readonly comingUp: Promise<Session>[] = []
  private nextComing = 0
  private made = 0
  private file: SessionFile | null = null

  /** A pool in memory. Throws `OptionError` for what makes no sense. */
  constructor(options: SessionPoolOptions = {}) {
    const stray = Object.keys(options).find((key) => !KEYS.includes(key))
    if (stray !== undefined)
      throw wrong(`${JSON.stringify(stray.slice(0, 40))} is none of ${KEYS.join(', ')}`)
    const { size = DEFAULT_SIZE, create, onNewSession, strategy, random } = options
    if (!Number.isInteger(size) || size < 1) throw wrong('size must be a whole number of at least 1')
    for (const given of [create, onNewSession, random])
      if (given !== undefined && typeof given !== 'function')
        throw wrong('create, onNewSession and random are functions')
    if (strategy !== undefined && !['round-robin', 'random'].includes(strategy))
      throw wrong("strategy must be 'round-robin' or 'random'")
    this.options = options
    this.size = size
    // Limits that make no sense are found now, not with the first request.
    new Session({ ...this.limits, name: 'checked', cookieJar: false })
  }

  /**
   * A pool that is kept in a JSON file, for this user only: cookies and passwords of proxies are in it. A
   * file that is not there is an empty pool; {@link save} makes it. Sessions that have had their time are not
   * restored.
   *
   * Rejects with `OptionError` for a malformed file; it shows nothing of its content.
   */
  static async open(path: string, options: SessionPoolOptions = {}): Promise<SessionPool> {
    if (typeof path !== 'string' || path === '') throw wrong('open: path must be a string')
    const pool = new SessionPool(options)
    const [file, { made, sessions }] = await SessionFile.open(path, pool.limits)
    pool.file = file
    pool.made = made
    for (const session of sessions) pool.add(session)
    return pool
  }

  /**
   * The next session that may be used. Throws `OptionError` where one has to be made and that takes time
   * (`onNewSession`, or a `create` that returns a promise): give requests the pool itself then, they wait.
   */
  acquire(): Session {
    if (this.options.onNewSession !== undefined && this.isShort) throw wrong(CANNOT_WAIT)
    const session = this.take(null)
    if (session instanceof Session) return session
    // What it rejects with is this call's business no more.
    session.catch(() => undefined)
    throw wrong(CANNOT_WAIT)
  }

  /** @internal Whether sessions of it may have to be waited for. */
  get needsClient(): boolean {
    return this.options.onNewSession !== undefined
  }

  /**
   * @internal The next session, or a promise of it; another one than `other` where there is more than one.
   */
  take(client: SessionClient | null, other: Session | null = null): Session | Promise<Session> {
    if (this.isShort) return this.create(client)
    // All places are taken; those that are being made serve only where there is no other.
    if (this.sessions.length === 0) return this.nextUnderway()
    const session = this.pick()
    if (!session.isUsable) {
      this.remove(session)
      return this.create(client)
    }
    if (session !== other || this.size === 1) return session
    return this.sessions.length > 1 ? this.takeBeside(other, client) : this.nextUnderway()
  }

  private takeBeside(other: Session, client: SessionClient | null): Session | Promise<Session> {
    const at = this.sessions.indexOf(other)
    const session = this.sessions[(at + 1) % this.sessions.length] as Session
    if (session.isUsable) return session
    this.remove(session)
    return this.create(client)
  }

  private nextUnderway(): Promise<Session> {
    this.nextComing = (this.nextComing + 1) % this.comingUp.length
    return this.comingUp[this.nextComing] as Promise<Session>
  }

  private get isShort(): boolean {
    return this.sessions.length + this.comingUp.length < this.size
  }

  private pick(): Session {
    const { length } = this.sessions
    const at = (this.options.strategy === 'random' ? Math.floor(this.random() * length) : this.next) % length
    const session = this.sessions[at] as Session
    if (session.isUsable) this.next = (at + 1) % length
    return session
  }

  /** The session of this name. */
  get(name: string): Session | undefined {
    return this.names.get(name)
  }

  /** Adds a session of one's own. Throws `OptionError` where its name is taken. */
  add(session: Session): this {
    if (this.names.has(session.name))
      throw wrong(`there is a session of the name ${JSON.stringify(session.name)}`)
    this.sessions.push(session)
    this.names.set(session.name, session)
    return this
  }

  /** Takes a session out. Returns whether it was there. */
  remove(session: Session): boolean {
    const at = this.sessions.indexOf(session)
    if (at < 0) return false
    this.sessions.splice(at, 1)
    this.names.delete(session.name)
    if (at < this.next) this.next--
    return true
  }

  /** All sessions, those too that have had their time and have not been replaced yet. */
  list(): Session[] {
    return [...this.sessions]
  }

  /** Each session in numbers. Holds no cookie and no credentials. */
  stats(): SessionStats[] {
    return this.sessions.map((session) => session.stats())
  }

  /**
   * Writes the file, as a whole and for this user only. Happens by itself, where something has changed,
   * before `finishAllRequests()` of an instance that uses the pool resolves, and on dispose. A pool in
   * memory: nothing happens.
   *
   * Rejects where the file cannot be written; the old one stays.
   */
  save(): Promise<void> {
    return this.write(true)
  }

  /**
   * @internal {@link save}, where there is something new; and the jars of sessions that have files of their
   * own.
   */
  async saveChanges(): Promise<void> {
    const jars = this.sessions.map(({ cookieJar }) => cookieJar?.saveChanges())
    await Promise.all([this.write(false), ...jars])
  }

  /** `await using pool = await SessionPool.open(path)`: saves. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.saveChanges()
  }

  toJSON(): ReturnType<Session['toJSON']>[] {
    return this.sessions.map((session) => session.toJSON())
  }

  /** What `console.log` shows: no cookie, no credentials. */
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
    const coming = this.prepare(name, made, client)
    this.comingUp.push(coming)
    const forget = (): void => {
      void this.comingUp.splice(this.comingUp.indexOf(coming), 1)
    }
    coming.then(forget, forget)
    return coming
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
  'acquire: a new session takes time here; give requests the pool (session: pool), they wait for it'

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null)?.then === 'function'
}

function wrong(why: string): OptionError {
  return new OptionError(`SessionPool: ${why}`, 'session')
}
