/**
 * SessionPool: hands sessions out, makes new ones in the place of those that have had their time, and keeps them in a file. Does not
 * know requests.
 */
import { inspect } from 'node:util'
import { OptionError } from '../errors.js'
import { readPrivateFile, removeStaleFiles, writePrivateFile } from './private-file.js'
import {
  Session,
  type SessionData,
  type SessionLimits,
  type SessionOptions,
  type SessionStats,
} from './session.js'

/** How a pool of sessions works. */
export interface SessionPoolOptions extends SessionLimits {
  /** How many sessions there are. As long as there are fewer, new ones are made. Default: 50. */
  size?: number | undefined
  /**
   * Makes a session: a `Session`, or what it is made of. Default: a new jar, and nothing else. The limits of the pool are those of
   * its sessions, unless this says otherwise.
   */
  create?: ((name: string) => Session | SessionOptions) | undefined
  /** `'round-robin'`: one after the other. `'random'`. Default: `'round-robin'`. */
  strategy?: 'round-robin' | 'random' | undefined
  /** A number from 0 to less than 1, for `'random'`. Default: `Math.random`. */
  random?: (() => number) | undefined
}

interface PoolFile {
  readonly version: number
  readonly made: number
  readonly sessions: readonly SessionData[]
}

const DEFAULT_SIZE = 50
const KEYS = ['size', 'create', 'strategy', 'random', 'maxUses', 'maxAgeMs', 'maxErrors', 'badStatusCodes']

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
  private made = 0
  private filePath: string | null = null
  private written: string | null = null
  private saving: Promise<void> | null = null

  /** A pool in memory. Throws `OptionError` for what makes no sense. */
  constructor(options: SessionPoolOptions = {}) {
    const stray = Object.keys(options).find((key) => !KEYS.includes(key))
    if (stray !== undefined)
      throw wrong(`${JSON.stringify(stray.slice(0, 40))} is none of ${KEYS.join(', ')}`)
    const { size = DEFAULT_SIZE, create, strategy, random } = options
    if (!Number.isInteger(size) || size < 1) throw wrong('size must be a whole number of at least 1')
    for (const given of [create, random])
      if (given !== undefined && typeof given !== 'function') throw wrong('create and random are functions')
    if (strategy !== undefined && !['round-robin', 'random'].includes(strategy))
      throw wrong("strategy must be 'round-robin' or 'random'")
    this.options = options
    this.size = size
    // Limits that make no sense are found now, not with the first request.
    new Session({ ...this.limits, name: 'checked', cookieJar: false })
  }

  /**
   * A pool that is kept in a JSON file, for this user only: cookies and passwords of proxies are in it. A file that is not there is
   * an empty pool; {@link save} makes it. Sessions that have had their time are not restored.
   *
   * Rejects with `OptionError` for a malformed file; it shows nothing of its content.
   */
  static async open(path: string, options: SessionPoolOptions = {}): Promise<SessionPool> {
    if (typeof path !== 'string' || path === '') throw wrong('open: path must be a string')
    const pool = new SessionPool(options)
    const text = await readPrivateFile(path)
    pool.filePath = path
    if (text !== null) {
      pool.restore(text, path)
      pool.written = text
    }
    await removeStaleFiles(path)
    return pool
  }

  /** The next session that may be used. */
  acquire(): Session {
    if (this.sessions.length < this.size) return this.create()
    const at =
      this.options.strategy === 'random' ? Math.floor(this.random() * this.sessions.length) : this.next
    const session = this.sessions[at % this.sessions.length] as Session
    if (!session.isUsable) {
      this.remove(session)
      return this.create()
    }
    this.next = (at + 1) % this.sessions.length
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
   * Writes the file, as a whole and for this user only. Happens by itself, where something has changed, before `finishAllRequests()`
   * of an instance that uses the pool resolves, and on dispose. A pool in memory: nothing happens.
   *
   * Rejects where the file cannot be written; the old one stays.
   */
  save(): Promise<void> {
    return this.enqueue(true)
  }

  /** @internal {@link save}, where there is something new; and the jars of sessions that have files of their own. */
  async saveChanges(): Promise<void> {
    const jars = this.sessions.map(({ cookieJar }) => cookieJar?.saveChanges())
    await Promise.all([this.enqueue(false), ...jars])
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
    return `SessionPool { path: ${inspect(this.filePath)}, sessions: ${String(this.sessions.length)} }`
  }

  private get limits(): SessionLimits {
    const { maxUses, maxAgeMs, maxErrors, badStatusCodes } = this.options
    return { maxUses, maxAgeMs, maxErrors, badStatusCodes }
  }

  private random(): number {
    return (this.options.random ?? Math.random)()
  }

  private create(): Session {
    let name: string
    do name = `session-${String(++this.made)}`
    while (this.names.has(name))
    const made = this.options.create?.(name) ?? {}
    const session = made instanceof Session ? made : new Session({ ...this.limits, name, ...made })
    this.add(session)
    return session
  }

  private restore(text: string, path: string): void {
    const malformed = new OptionError(`session file ${path}: it is none, or damaged`, 'session')
    let file: PoolFile
    try {
      file = JSON.parse(text) as PoolFile
    } catch {
      // Its message shows the text around the mistake.
      throw malformed
    }
    if (typeof file !== 'object' || (file as unknown) === null || !Array.isArray(file.sessions))
      throw malformed
    if (file.version !== 1) throw new OptionError(`session file ${path}: its version is not 1`, 'session')
    for (const [i, data] of (file.sessions as SessionData[]).entries()) {
      let session: Session
      try {
        session = Session.restore(data, this.limits)
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        throw new OptionError(`session file ${path}: sessions[${String(i)}]: ${why}`, 'session')
      }
      if (session.isUsable) this.add(session)
    }
    this.made = Number.isInteger(file.made) ? file.made : this.sessions.length
  }

  private enqueue(always: boolean): Promise<void> {
    const { filePath } = this
    if (filePath === null) return Promise.resolve()
    const earlier = this.saving ?? Promise.resolve()
    return (this.saving = earlier.catch(() => undefined).then(() => this.write(filePath, always)))
  }

  private async write(path: string, always: boolean): Promise<void> {
    const usable = this.sessions.filter((session) => session.isUsable)
    const file: PoolFile = {
      version: 1,
      made: this.made,
      sessions: usable.map((session) => session.serialize()),
    }
    const text = `${JSON.stringify(file, null, 1)}\n`
    if (text === this.written && !always) return
    await writePrivateFile(path, text)
    this.written = text
  }
}

function wrong(why: string): OptionError {
  return new OptionError(`SessionPool: ${why}`, 'session')
}
