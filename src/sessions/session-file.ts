/**
 * The file of a pool of sessions: JSON, for this user only, written as a whole. Does not know what a pool
 * does with its sessions.
 */
import { messageOf, OptionError } from '../errors.js'
import { readPrivateFile, removeStaleFiles, writePrivateFile } from './cookies/private-file.js'
import { Session, type SessionData, type SessionLimits } from './session.js'

/** What a pool keeps. */
export interface PoolState {
  /** How many sessions it has made so far: names go on from there. */
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
    /** What the file holds; null: there is none. */
    private written: string | null,
  ) {}

  /**
   * Rejects with `OptionError` for a malformed file. No file is an empty pool. Retired sessions are left out.
   */
  static async open(path: string, limits: SessionLimits): Promise<[file: SessionFile, state: PoolState]> {
    const text = await readPrivateFile(path)
    const state = text === null ? { made: 0, sessions: [] } : parse(text, path, limits)
    await removeStaleFiles(path)
    return [new SessionFile(path, text), state]
  }

  /**
   * Writes what `state` gives when it is this call's turn: one at a time, or what an earlier call writes
   * could come later.
   *
   * @param always also where nothing has changed
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
  const malformed = new OptionError(`session file ${path}: it is none, or damaged`, 'session')
  let file: PoolFile
  try {
    file = JSON.parse(text) as PoolFile
  } catch {
    // Its message shows the text around the mistake.
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
