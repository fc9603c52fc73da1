/**
 * The identity of a run: cookies that all transfers share, proxies from a file, sessions. Does not depend on
 * requests.
 */
import { CookieJar, ProxyPool, SessionPool, type AccessOptions, type Cookie } from '../../index.js'
import { OptionError } from '../../errors.js'
import { warner } from '../errors/warner.js'
import { readCookieFiles, type CookieFileSettings } from './cookie-files.js'
import { writePrivateFile } from '../../sessions/cookies/private-file.js'
import { textOf } from '../input/text.js'
import { parseProxyUrl } from '../../sessions/proxies/proxy-url.js'
import { has } from '../arguments/command-line.js'
import { checkWritable, writeAll } from '../files/files.js'
import { readInput } from '../files/read-input.js'
import { explainWrite, messageOf, OutputError, UsageError } from '../errors/errors.js'
import { isSpecial, writeSpecial } from '../files/special-file.js'
import type { Settings } from './settings.js'

/**
 * The interval at which cookies and sessions are saved during a run: the most that is lost if the process is
 * killed. Milliseconds.
 */
const SAVE_MS = 5000

/** The settings of a run that say who it appears to be. */
type VisitorSettings = Pick<
  Settings,
  | 'line'
  | 'options'
  | 'cookieFiles'
  | 'cookieJar'
  | 'dropsSessionCookies'
  | 'strict'
  | 'proxies'
  | 'proxyOptions'
  | 'sessions'
  | 'sessionsFile'
  | 'sessionOptions'
>

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
   * @param run the settings that name them
   * @param signal ends the wait for a reader of a pipe
   * @param onBadCookie called with each bad line of a cookie file, which is skipped; default: prints it
   */
  static async open(
    run: VisitorSettings,
    signal?: AbortSignal,
    onBadCookie: CookieFileSettings['onBadCookie'] = warner({ showErrors: true }),
  ): Promise<Access> {
    checkTogether(run)
    const jarPath = run.cookieJar
    if (jarPath !== undefined && jarPath !== '-') checkWritable(jarPath, 'cookie-jar')
    const cookies = await readCookieFiles({ ...run, onBadCookie })
    const proxies = proxiesOf(run)
    const session = await sessionsOf(run, cookies)
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
    const { sessionsFile } = run
    if (session !== undefined && sessionsFile !== undefined)
      kept.push({ path: sessionsFile, save: () => session.saveChanges() })
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

/** Checks combinations that the declarations of the options (`goesWith`) cannot say. */
function checkTogether(run: VisitorSettings): void {
  const { line, proxies, cookieJar, sessions, options, dropsSessionCookies, cookieFiles } = run
  if (proxies !== undefined && has(line, 'proxy'))
    throw new UsageError('-x and --proxies name proxies: use one of them')
  if (cookieJar !== undefined && sessions !== undefined)
    throw new UsageError(
      '-c cannot be combined with --sessions: each session has its own cookies (--sessions-file saves them)',
    )
  if (options.dedupe === true && sessions !== undefined)
    throw new UsageError(
      '--dedupe cannot be combined with --sessions: one session would get the response to another one',
    )
  if (dropsSessionCookies && cookieFiles.length === 0) throw new UsageError('-j goes with -b FILE')
}

function proxiesOf({ proxies, proxyOptions }: VisitorSettings): ProxyPool | undefined {
  return proxies === undefined ? undefined : new ProxyPool(readProxies(proxies), proxyOptions)
}

/** Reads one proxy from each line. Errors give the line number, without credentials. */
function readProxies(path: string): string[] {
  const proxies = textOf(readInput(path, `--proxies ${path}`))
    .split(/\r\n|[\r\n]/)
    .flatMap((line, i) => {
      const proxy = line.replace(/(^|\s)#.*$/, '').trim()
      return proxy === '' ? [] : [parseProxyUrl(proxy, `--proxies ${path}, line ${String(i + 1)}`).url]
    })
  if (proxies.length === 0) throw new UsageError(`--proxies ${path}: there is no proxy in it`)
  return proxies
}

async function sessionsOf(
  { sessions: size, sessionOptions, sessionsFile: path }: VisitorSettings,
  cookies: readonly Cookie[] | null,
): Promise<SessionPool | undefined> {
  if (size === undefined) return undefined
  const options = {
    ...sessionOptions,
    size,
    // Each session begins with the cookies of -b and then keeps its own.
    ...(cookies !== null && { create: () => ({ cookieJar: CookieJar.fromJSON({ cookies }) }) }),
  }
  if (path === undefined) return new SessionPool(options)
  checkWritable(path, 'sessions-file')
  try {
    return await SessionPool.open(path, options)
  } catch (error) {
    if (error instanceof OptionError) throw error
    throw new UsageError(`--sessions-file ${path}: ${messageOf(error)}`)
  }
}
