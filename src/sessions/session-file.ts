/**
 * The file of a session pool: JSON, readable for this user only, written as a whole. Does not know how the
 * pool uses its sessions.
 */
import { messageOf, OptionError } from '../errors.js'
import { readPrivateFile, removeStaleFiles, writePrivateFile } from './cookies/private-file.js'
import { Session, type SessionData, type SessionLimits } from './session.js'

/** The content of a pool for its file. */
export interface PoolState {
  /** The number of sessions that the pool has made so far: new names continue from it. */
  readonly made: number
  readonly sessions: readonly Session[]
}

interface PoolFile {
  readonly version: number
  readonly made: number
  readonly sessions: readonly SessionData[]
}

export class SessionFile {
  private saving: Promise<void> | null = null

  private constructor(
    readonly path: string,
    /** The content of the file; null if there is no file. */
    private written: string | null,
  ) {}

  /**
   * Opens a file. Rejects with `OptionError` for a malformed one. A missing file is an empty pool. Sessions
   * that can no longer be used are left out.
   */
  static async open(path: string, limits: SessionLimits): Promise<[file: SessionFile, state: PoolState]> {
    const text = await readPrivateFile(path)
    const state = text === null ? { made: 0, sessions: [] } : parse(text, path, limits)
    await removeStaleFiles(path)
    return [new SessionFile(path, text), state]
  }

  /**
   * Writes the result of `state`. One call at a time, because an earlier call must not write after a later
   * one.
   *
   * @param always true to write the file even if nothing has changed
   */
  save(state: () => PoolState, always: boolean): Promise<void> {
    const earlier = this.saving ?? Promise.resolve()
    return (this.saving = earlier.catch(() => undefined).then(() => this.write(state(), always)))
  }

  private async write({ made, sessions }: PoolState, always: boolean): Promise<void> {
    const usable = sessions.filter((session) => session.isUsable)
    const file: PoolFile = { version: 1, made, sessions: usable.map((session) => session.serialize()) }
    const text = `${JSON.stringify(file, null, 1)}\n`
    if (text === this.written && !always) return
    await writePrivateFile(this.path, text)
    this.written = text
  }
}

function parse(text: string, path: string, limits: SessionLimits): PoolState {
  const malformed = new OptionError(
    `session file ${path}: it is not a session file, or it is damaged`,
    'session',
  )
  let file: PoolFile
  try {
    file = JSON.parse(text) as PoolFile
  } catch {
    // The message of JSON.parse shows the text around the mistake.
    throw malformed
  }
  if (typeof file !== 'object' || (file as unknown) === null || !Array.isArray(file.sessions)) throw malformed
  if (file.version !== 1) throw new OptionError(`session file ${path}: its version is not 1`, 'session')
  const sessions = (file.sessions as SessionData[]).map((data, i) => {
    try {
      return Session.restore(data, limits)
    } catch (error) {
      throw new OptionError(`session file ${path}: sessions[${String(i)}]: ${messageOf(error)}`, 'session')
    }
  })
  const usable = sessions.filter((session) => session.isUsable)
  return { made: Number.isInteger(file.made) ? file.made : usable.length, sessions: usable }
}
