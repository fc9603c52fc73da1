/**
 * The entries of a cache on the disk: reads, writes and removes them, and says once what is wrong with them. Does not
 * know requests.
 */
import { readFileSync, utimesSync } from 'node:fs'
import { messageOf } from '../errors.js'
import { fileAt, removeFile, type CacheFolder } from './cache-folder.js'
import {
  bodyNames,
  CONFIRMATION_MS,
  fromText,
  isReplacedBy,
  MOST_VARIANTS,
  toText,
  type BodyFile,
  type StoredResponse,
} from './stored-entry.js'

/** An entry as it was read. */
export interface ReadEntry {
  readonly text: string
  readonly responses: readonly StoredResponse[]
  /** The time at which it was last written, or known to be used. Milliseconds since the epoch. */
  readonly usedAt: number
}

/** The entries of one folder. */
export class CacheEntries {
  private readonly told = new Set<string>()

  /**
   * @param onGrowth called with the bytes by which the folder has grown, fewer than 0 if it has shrunk
   * @param onRefusal called the first time that nothing can be stored
   */
  constructor(
    private readonly folder: CacheFolder,
    private readonly onGrowth: (bytes: number) => void,
    private readonly onRefusal: () => void,
  ) {}

  /** Returns an entry; null if there is none. One that is broken is removed. */
  read(path: string): ReadEntry | null {
    // An error for a missing file takes longer to make than a file takes to read.
    const file = fileAt(path)
    if (file === undefined) return null
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.tellOnce('read', `an entry cannot be read: ${messageOf(error)}`)
      return null
    }
    const responses = fromText(text)
    if (responses !== null) return { text, responses, usedAt: file.mtimeMs }
    this.drop(path, 'it is none')
    return null
  }

  /** Returns the facts of the file of a body; undefined if it is gone. */
  bodyFile(
    path: string,
    { name }: BodyFile,
  ): { readonly size: number; readonly mtimeMs: number } | undefined {
    return fileAt(this.folder.beside(path, name))
  }

  /** Adds a response to its entry, in place of the one that it replaces. */
  save(path: string, response: StoredResponse): void {
    const known = this.read(path)
    const before = known?.responses ?? []
    const replaced = before.filter((other) => isReplacedBy(other, response))
    const others = before.filter((other) => !replaced.includes(other))
    const dropped = others.splice(MOST_VARIANTS - 1)
    const isSameBody = ({ body }: StoredResponse): boolean => body?.name === response.body?.name
    const predecessor = replaced.find((other) => other.body !== null && !isSameBody(other))
    const kept = { ...response, before: predecessor?.body?.name ?? response.before }
    const text = toText([kept, ...others])
    this.folder.replace(path, text)
    let growth = text.length - (known?.text.length ?? 0)
    if (!before.some(isSameBody)) growth += kept.body?.size ?? 0
    const names = bodyNames(kept)
    for (const name of [...replaced, ...dropped].flatMap(bodyNames)) {
      if (names.includes(name)) continue
      const body = this.folder.beside(path, name)
      growth -= fileAt(body)?.size ?? 0
      removeFile(body)
    }
    this.onGrowth(growth)
  }

  /** Writes down that the server has confirmed a response in which nothing has changed. */
  confirm(path: string, { name }: BodyFile, now: number): void {
    touch(this.folder.beside(path, name), now - (now % CONFIRMATION_MS))
  }

  /** Writes down that an entry is used. */
  use(path: string, now: number): void {
    touch(path, now)
  }

  remove(path: string): void {
    const entry = this.read(path)
    removeFile(path)
    for (const name of (entry?.responses ?? []).flatMap(bodyNames)) removeFile(this.folder.beside(path, name))
  }

  /** Removes a broken entry: the response is requested again. */
  drop(path: string, why: string): void {
    removeFile(path)
    this.tellOnce('broken', `an entry is broken and is not used (${why}): ${path}`)
  }

  /** A response that cannot be stored is a response all the same. */
  attempt(path: string, work: () => void): void {
    try {
      try {
        work()
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        // Somebody has removed the subfolder.
        this.folder.forgetFolders()
        this.folder.ensureFolder(path)
        work()
      }
    } catch (error) {
      this.cannotStore(error)
    }
  }

  /** Says once that nothing can be stored. */
  cannotStore(error: unknown): void {
    if (this.tellOnce('store', `a response cannot be stored: ${messageOf(error)}`)) this.onRefusal()
  }

  /** Says once that the folder gets larger than it should. */
  cannotLimit(error: unknown): void {
    this.tellOnce('limit', `maxBytes cannot be kept: ${messageOf(error)}`)
  }

  private tellOnce(kind: string, message: string): boolean {
    if (this.told.has(kind)) return false
    this.told.add(kind)
    process.emitWarning(`HttpCache: ${message}; further ones are not reported`, {
      code: 'PARALLELCURL_CACHE',
    })
    return true
  }
}

/** The time of a file is of use for pruning and ages only: a folder that cannot be written to does without. */
function touch(path: string, ms: number): void {
  try {
    utimesSync(path, ms / 1000, ms / 1000)
  } catch {
    // Read-only, or removed meanwhile.
  }
}
