/**
 * A file that is not complete yet, beside the place where it will be, and what is known of it. Does not know transfers.
 */
import { constants, readFileSync, statSync } from 'node:fs'
import { lstat, open, rename, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Entity } from './entity.js'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants
/** Kept ones have a name that can be found again: two transfers must not write to the same. */
const inUse = new Set<string>()

/** `name.part` with `name.part.json`, or, where nobody is to find it again, a hidden file of a random name. */
export class PartialFile {
  readonly path: string
  private readonly notes: string | null

  /**
   * @param target where it goes when it is complete
   * @param url what is fetched: only its hash is noted
   * @param isKept whether it may be found again
   */
  constructor(
    readonly target: string,
    private readonly url: string,
    isKept: boolean,
  ) {
    const { randomBytes } = process.getBuiltinModule('node:crypto')
    const random = `.${basename(target).slice(0, 100)}.${randomBytes(8).toString('hex')}.part`
    this.path = isKept ? `${target}.part` : join(dirname(target), random)
    this.notes = isKept ? `${this.path}.json` : null
    if (!isKept) return
    if (inUse.has(this.path)) throw new Error(`another transfer writes to ${JSON.stringify(target)}`)
    inUse.add(this.path)
  }

  /** What is there already, and of what; null: nothing that could be continued. */
  find(): { size: number; entity: Entity } | null {
    if (this.notes === null) return null
    try {
      const { url, entity } = JSON.parse(readFileSync(this.notes, 'utf8')) as { url: string; entity: Entity }
      const found = statSync(this.path)
      if (url !== hashOf(this.url) || !found.isFile() || typeof entity.validator !== 'string') return null
      return { size: found.size, entity }
    } catch {
      // Missing, or not written to the end: it begins anew.
      return null
    }
  }

  /** Opens it, made where it is missing. A symbolic link in its place is not followed. */
  open(): Promise<FileHandle> {
    return open(this.path, O_RDWR | O_CREAT | O_NOFOLLOW | (this.notes === null ? O_EXCL : 0), 0o666)
  }

  /** Notes what the bytes to come belong to. The file has to be empty. */
  async note(entity: Entity): Promise<void> {
    if (this.notes === null) return
    await rm(this.notes, { force: true })
    await writeFile(this.notes, JSON.stringify({ url: hashOf(this.url), entity }), { flag: 'wx' })
  }

  /** It is complete: it takes its place, whatever was there. */
  async complete(): Promise<void> {
    // Renaming replaces devices and pipes, too: /dev/null would be a plain file afterwards, for everybody.
    const there = await lstat(this.target).catch(() => null)
    if (there !== null && !there.isFile() && !there.isSymbolicLink()) {
      throw new Error(`${JSON.stringify(this.target)} is there, and no file`)
    }
    await rename(this.path, this.target)
    if (this.notes !== null) await rm(this.notes, { force: true })
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true })
    if (this.notes !== null) await rm(this.notes, { force: true })
  }

  /** Others may use it now. */
  release(): void {
    if (this.notes !== null) inUse.delete(this.path)
  }
}

/** URLs may hold passwords. */
function hashOf(url: string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(url).digest('hex')
}
