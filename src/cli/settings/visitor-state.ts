/**
 * The identity of a run: cookies that all transfers share, proxies from a file, sessions. Does not depend on
 * requests.
 */
import { existsSync, readFileSync } from 'node:fs'
import { CookieJar, ProxyPool, SessionPool, type AccessOptions, type Cookie } from '../../index.js'
import { OptionError } from '../../errors.js'
import { writePrivateFile } from '../../sessions/cookies/private-file.js'
import { parseProxyUrl } from '../../sessions/proxies/proxy-url.js'
import { has, isCookieFile, lastOf, oneOf, type CommandLine } from '../arguments/command-line.js'
import { checkWritable, writeAll } from '../files/files.js'
import { explainWrite, messageOf, OutputError, UsageError } from '../errors/errors.js'
import { isSpecial, writeSpecial } from '../files/special-file.js'
import { milliseconds, rate, wholeNumber } from '../arguments/values.js'

/**
 * The interval at which cookies and sessions are saved during a run: the most that is lost if the process is
 * killed. Milliseconds.
 */
const SAVE_MS = 5000
const ROTATIONS = ['round-robin', 'random', 'least-used', 'sticky'] as const

/** A file that is written during a run and at its end. */
interface Kept {
  readonly path: string
  readonly save: () => Promise<void>
}

/** The cookies, proxies and sessions of a run, and the files that keep them. */
export class Access {
  private readonly timer: NodeJS.Timeout | null
  private saving = Promise.resolve()

  private constructor(
    /** The options for the library. */
    readonly options: AccessOptions,
    private readonly kept: readonly Kept[],
    private readonly atTheEnd: readonly Kept[],
  ) {
    const save = (): void => void this.save(kept).catch(() => undefined)
    this.timer = kept.length > 0 ? setInterval(save, SAVE_MS).unref() : null
  }

  /**
   * Opens the files that the command line names. Rejects with `UsageError` if a file cannot be read, or could
   * not be written later.
   *
   * @param signal ends the wait for a reader of a pipe
   */
  static async open(line: CommandLine, signal?: AbortSignal): Promise<Access> {
    checkTogether(line)
    const jarPath = lastOf(line, 'cookie-jar')
    if (jarPath !== undefined && jarPath !== '-') checkWritable(jarPath, 'cookie-jar')
    const cookies = await cookiesOf(line, jarPath)
    const proxies = proxiesOf(line)
    const session = await sessionsOf(line, cookies)
    const cookieJar =
      session === undefined && (cookies !== null || jarPath !== undefined)
        ? CookieJar.fromJSON({ cookies: cookies ?? [] })
        : undefined
    const options: AccessOptions = {
      ...(cookieJar !== undefined && { cookieJar }),
      ...(proxies !== undefined && { proxies }),
      ...(session !== undefined && { session }),
    }
    const kept: Kept[] = []
    const atTheEnd: Kept[] = []
    const sessionsPath = lastOf(line, 'sessions-file')
    if (session !== undefined && sessionsPath !== undefined)
      kept.push({ path: sessionsPath, save: () => session.saveChanges() })
    if (cookieJar !== undefined && jarPath !== undefined) {
      const isStream = jarPath === '-' || isSpecial(jarPath)
      ;(isStream ? atTheEnd : kept).push({ path: jarPath, save: jarWriter(cookieJar, jarPath, signal) })
    }
    return new Access(options, kept, atTheEnd)
  }

  /** Saves everything for the last time. Rejects with `OutputError` if that fails. */
  finish(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer)
    return this.save([...this.kept, ...this.atTheEnd])
  }

  private save(files: readonly Kept[]): Promise<void> {
    // One save at a time, so that an older state cannot be written after a newer one.
    this.saving = this.saving.catch(() => undefined).then(() => saveAll(files))
    return this.saving
  }
}

async function saveAll(files: readonly Kept[]): Promise<void> {
  for (const { path, save } of files) {
    try {
      await save()
    } catch (error) {
      throw error instanceof OutputError ? error : new OutputError(`${path}: ${explainWrite(error)}`)
    }
  }
}

function jarWriter(jar: CookieJar, path: string, signal: AbortSignal | undefined): () => Promise<void> {
  let written: string | null = null
  return async () => {
    const text = jar.toNetscape()
    if (path === '-') await writeAll(process.stdout, text, 'stdout')
    else if (isSpecial(path)) await writeSpecial(path, text, signal)
    else if (text !== written) await writePrivateFile(path, text)
    written = text
  }
}

/** Checks which options may be combined. */
function checkTogether(line: CommandLine): void {
  const needs = (options: readonly string[], other: string): void => {
    const found = options.find((long) => has(line, long))
    if (found !== undefined && !has(line, other)) throw new UsageError(`--${found} goes with --${other}`)
  }
  needs(
    ['proxy-rotation', 'parallel-max-proxy', 'rate-proxy', 'proxy-retries', 'proxy-bad-status'],
    'proxies',
  )
  needs(['sessions-file', 'session-max-uses', 'session-max-age'], 'sessions')
  if (has(line, 'proxies') && has(line, 'proxy'))
    throw new UsageError('-x and --proxies name proxies: use one of them')
  if (has(line, 'cookie-jar') && has(line, 'sessions'))
    throw new UsageError(
      '-c cannot be combined with --sessions: each session has its own cookies (--sessions-file saves them)',
    )
  if (has(line, 'dedupe') && has(line, 'sessions'))
    throw new UsageError(
      '--dedupe cannot be combined with --sessions: one session would get the response to another one',
    )
  if (has(line, 'junk-session-cookies') && !line.given.some(isCookieFile))
    throw new UsageError('-j goes with -b FILE')
}

/** Returns the cookies of all files of -b; null if there is no -b with a file. */
async function cookiesOf(line: CommandLine, jarPath: string | undefined): Promise<Cookie[] | null> {
  const files = line.given.filter(isCookieFile).map(([, value]) => value as string)
  if (files.length === 0) return null
  const cookies: Cookie[] = []
  for (const file of files) {
    // -b '' switches the cookie engine on without reading cookies, as in curl.
    if (file === '') continue
    if (file !== '-' && file !== jarPath && !existsSync(file)) {
      throw new UsageError(`--cookie ${file}: there is no such file (cookies themselves are name=value)`)
    }
    try {
      cookies.push(...(await CookieJar.open(file === '-' ? '/dev/stdin' : file)).all())
    } catch (error) {
      if (error instanceof OptionError) throw error
      throw new UsageError(`--cookie ${file}: ${messageOf(error)}`)
    }
  }
  return has(line, 'junk-session-cookies') ? cookies.filter(({ expires }) => expires !== null) : cookies
}

function proxiesOf(line: CommandLine): ProxyPool | undefined {
  const path = lastOf(line, 'proxies')
  if (path === undefined) return undefined
  const strategy = oneOf(line, 'proxy-rotation', ROTATIONS)
  const most = lastOf(line, 'parallel-max-proxy')
  const perProxy = lastOf(line, 'rate-proxy')
  const retries = lastOf(line, 'proxy-retries')
  const statuses = lastOf(line, 'proxy-bad-status')
  return new ProxyPool(readProxies(path), {
    strategy,
    ...(most !== undefined && { maxRequestsPerProxy: wholeNumber(most, 'parallel-max-proxy', 1) }),
    ...(perProxy !== undefined && { rateLimitPerProxy: rate(perProxy, 'rate-proxy') }),
    ...(retries !== undefined && { retries: wholeNumber(retries, 'proxy-retries') }),
    ...(statuses !== undefined && {
      statusCodes: statuses.split(',').map((status) => wholeNumber(status.trim(), 'proxy-bad-status', 100)),
    }),
  })
}

/** Reads one proxy from each line. Errors give the line number, without credentials. */
function readProxies(path: string): string[] {
  let text: string
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    throw new UsageError(`--proxies ${path}: ${messageOf(error)}`)
  }
  const proxies = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .flatMap((line, i) => {
      const proxy = line.replace(/(^|\s)#.*$/, '').trim()
      return proxy === '' ? [] : [parseProxyUrl(proxy, `--proxies ${path}, line ${String(i + 1)}`).url]
    })
  if (proxies.length === 0) throw new UsageError(`--proxies ${path}: there is no proxy in it`)
  return proxies
}

async function sessionsOf(
  line: CommandLine,
  cookies: readonly Cookie[] | null,
): Promise<SessionPool | undefined> {
  const count = lastOf(line, 'sessions')
  if (count === undefined) return undefined
  const uses = lastOf(line, 'session-max-uses')
  const age = lastOf(line, 'session-max-age')
  const options = {
    size: wholeNumber(count, 'sessions', 1),
    ...(uses !== undefined && { maxUses: wholeNumber(uses, 'session-max-uses', 1) }),
    ...(age !== undefined && { maxAgeMs: milliseconds(age, 'session-max-age') }),
    // Each session begins with the cookies of -b and then keeps its own.
    ...(cookies !== null && { create: () => ({ cookieJar: CookieJar.fromJSON({ cookies }) }) }),
  }
  const path = lastOf(line, 'sessions-file')
  if (path === undefined) return new SessionPool(options)
  checkWritable(path, 'sessions-file')
  try {
    return await SessionPool.open(path, options)
  } catch (error) {
    if (error instanceof OptionError) throw error
    throw new UsageError(`--sessions-file ${path}: ${messageOf(error)}`)
  }
}
