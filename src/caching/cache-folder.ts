/**
 * The folder of a cache: the mark that it is one, its salt, and the paths of its files. Does not know responses.
 */
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { messageOf, OptionError } from '../errors.js'

const MARK = 'parallelcurl-cache.json'
const FORMAT = 1
const FOLDER_MODE = 0o700
/** Files are for this user only. */
export const FILE_MODE = 0o600
/** The characters of a digest in a name: 20 for the URL (80 bits), 12 for whom it is (48 bits). */
const SITE_LENGTH = 20
const WHO_LENGTH = 12
const SALT_BYTES = 16
/** The end of the name of a file that points at an entry. */
const POINTER = '.via'

/** The mark, as JSON. */
interface Mark {
  readonly program: string
  readonly cache: number
  readonly salt: string
}

/** A folder that is marked as a cache. */
export class CacheFolder {
  private readonly made = new Set<string>()
  private readonly crypto = process.getBuiltinModule('node:crypto')
  /** Names that this process makes are of no other one, and of no earlier one. */
  private readonly ours = this.crypto.randomBytes(6).toString('hex')
  private count = 0

  private constructor(
    readonly path: string,
    private readonly salt: string,
  ) {}

  /**
   * Opens a folder. One that is missing is made, unless it must exist. Throws `OptionError` if there is no cache that
   * must exist, if the folder holds files of another program, or if it cannot be read and written.
   */
  static open(dir: string, mustExist: boolean): CacheFolder {
    const path = resolve(dir)
    if (mustExist && !existsSync(join(path, MARK)))
      throw new OptionError(
        `HttpCache: there is no cache in ${JSON.stringify(path)}, and offline none is made: name the folder of a cache`,
        'dir',
      )
    try {
      mkdirSync(path, { recursive: true, mode: FOLDER_MODE })
      const mark = join(path, MARK)
      if (!existsSync(mark)) {
        refuseStrange(path)
        makeMark(path, mark)
      }
      return new CacheFolder(path, saltOf(readFileSync(mark, 'utf8'), path))
    } catch (error) {
      if (error instanceof OptionError) throw error
      throw new OptionError(
        `HttpCache: the folder ${JSON.stringify(path)} cannot be used: ${messageOf(error)}`,
        'dir',
      )
    }
  }

  /** Returns a digest that nobody can make without the salt of this folder. Hexadecimal. */
  digest(text: string): string {
    return this.crypto.hash('sha256', `${this.salt}\n${text}`)
  }

  /** Returns the first part of the names of all files about one URL: the subfolder, and the start of a name. */
  site(url: string): { readonly folder: string; readonly start: string } {
    const digest = this.digest(url)
    return { folder: digest.slice(0, 2), start: digest.slice(2, 2 + SITE_LENGTH) }
  }

  /** Returns the path of an entry. `who` is a {@link digest}. */
  entryPath(url: string, who: string): string {
    const { folder, start } = this.site(url)
    return `${this.path}/${folder}/${start}-${who.slice(0, WHO_LENGTH)}.json`
  }

  /** Returns the path of a file beside the entry. */
  beside(entryPath: string, name: string): string {
    return entryPath.slice(0, entryPath.lastIndexOf('/') + 1) + name
  }

  /** Returns a new name for a body of an entry. */
  newBodyName(entryPath: string): string {
    return `${entryPath.slice(entryPath.lastIndexOf('/') + 1, -'.json'.length)}-${this.unique()}.body`
  }

  /** Writes a small file as a whole: a reader sees the old one or the new one. */
  replace(path: string, text: string): void {
    this.ensureFolder(path)
    const temporary = `${path}.${this.unique()}.tmp`
    try {
      writeFileSync(temporary, text, { mode: FILE_MODE, flag: 'wx' })
      renameSync(temporary, path)
    } catch (error) {
      removeFile(temporary)
      throw error
    }
  }

  /** Makes the subfolder of a file. */
  ensureFolder(path: string): void {
    const folder = path.slice(0, path.lastIndexOf('/'))
    if (this.made.has(folder)) return
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE })
    this.made.add(folder)
  }

  /** Forgets which subfolders exist: somebody has removed one. */
  forgetFolders(): void {
    this.made.clear()
  }

  /** The file that says how large the folder is, where it has a limit. */
  get sizePath(): string {
    return `${this.path}/${MARK}.size`
  }

  /** Removes everything but the mark. */
  clear(): void {
    removeFile(this.sizePath)
    for (const name of subfolders(this.path)) rmSync(join(this.path, name), { recursive: true, force: true })
    this.made.clear()
  }

  /** Returns the paths of all entries about one URL, those among them that it has led to by redirects. */
  entriesOf(url: string): string[] {
    const { folder, start } = this.site(url)
    return namesIn(join(this.path, folder))
      .filter((name) => name.startsWith(`${start}-`))
      .flatMap((name) => {
        const path = `${this.path}/${folder}/${name}`
        return name.endsWith('.json') ? [path] : (this.pointedAt(path) ?? [])
      })
  }

  /** Writes down that the response of an entry came by way of this URL: an empty file whose name says so. */
  pointAt(entryPath: string, url: string): void {
    const { folder, start } = this.site(url)
    const name = entryPath.slice(this.path.length + 1, -'.json'.length).replace('/', '')
    const path = `${this.path}/${folder}/${start}-${name}${POINTER}`
    if (existsSync(path)) return
    this.ensureFolder(path)
    writeFileSync(path, '', { mode: FILE_MODE, flag: 'a' })
  }

  /** Returns the entry of such a file; null if it is none. */
  pointedAt(path: string): string | null {
    if (!path.endsWith(POINTER)) return null
    const name = path.slice(path.lastIndexOf('/') + SITE_LENGTH + 2, -POINTER.length)
    return `${this.path}/${name.slice(0, 2)}/${name.slice(2)}.json`
  }

  /** Yields the paths of all files, one subfolder after the other. */
  *subfolders(): Generator<string[]> {
    for (const folder of subfolders(this.path))
      yield namesIn(join(this.path, folder)).map((name) => `${this.path}/${folder}/${name}`)
  }

  private unique(): string {
    return `${this.ours}${(this.count++).toString(36)}`
  }
}

/** Returns the facts of a file; undefined if there is none, or it cannot be reached. */
export function fileAt(path: string): { readonly size: number; readonly mtimeMs: number } | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

/** Removes a file that may be gone already. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Another process has removed it, or the folder is read-only: it is found by prune() later.
  }
}

function subfolders(path: string): string[] {
  return namesIn(path).filter((name) => /^[0-9a-f]{2}$/.test(name))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function refuseStrange(path: string): void {
  // Another process may be making its mark.
  const strange = readdirSync(path).find((name) => !name.startsWith(MARK))
  if (strange === undefined) return
  throw new OptionError(
    `HttpCache: the folder ${JSON.stringify(path)} holds files of another program (${JSON.stringify(strange.slice(0, 60))}): name an empty folder, or one that does not exist`,
    'dir',
  )
}

/** The first of several processes wins: a file that is linked is there as a whole. */
function makeMark(path: string, mark: string): void {
  const crypto = process.getBuiltinModule('node:crypto')
  const temporary = join(path, `${MARK}.${crypto.randomBytes(6).toString('hex')}.tmp`)
  const content: Mark = {
    program: 'parallelcurl',
    cache: FORMAT,
    salt: crypto.randomBytes(SALT_BYTES).toString('hex'),
  }
  try {
    writeFileSync(temporary, `${JSON.stringify(content)}\n`, { mode: FILE_MODE, flag: 'wx' })
    link(temporary, mark)
  } finally {
    removeFile(temporary)
  }
}

function link(file: string, as: string): void {
  try {
    linkSync(file, as)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Some file systems have no links.
    if (code !== 'EEXIST') renameSync(file, as)
  }
}

function saltOf(text: string, path: string): string {
  let mark: Partial<Mark> | null = null
  try {
    mark = JSON.parse(text) as Partial<Mark> | null
  } catch {
    // Reported below.
  }
  if (mark?.program === 'parallelcurl' && mark.cache === FORMAT && typeof mark.salt === 'string')
    return mark.salt
  throw new OptionError(
    `HttpCache: ${JSON.stringify(join(path, MARK))} is no mark of a cache of this version: remove the folder, or name another one`,
    'dir',
  )
}
