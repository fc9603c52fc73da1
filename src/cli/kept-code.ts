/**
 * A part of the command that is kept compiled from one start to the next, which takes a third of a start
 * away. Does not know what the code does.
 *
 * `module.enableCompileCache()` stores a file as it is before it runs, without the functions that are
 * compiled when they are first called: nearly all. Measured, it saves a fifth of what this saves.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { homeFolder } from './files/home-folder.js'

/** Code that has been stored for so long is compiled anew. */
const OLD_MS = 30 * 24 * 60 * 60 * 1000

type Wrapped = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void

/** A file of CommonJS, bundled. */
export class KeptCode {
  private readonly file: string
  private readonly store: string | null
  private script: Script | null = null
  private source: Buffer = Buffer.alloc(0)

  constructor(url: URL) {
    this.file = fileURLToPath(url)
    this.store = this.findStore()
  }

  /** Runs the file. Returns its exports. */
  load(): object {
    const { file } = this
    this.source = readFileSync(file)
    // The bundles are ASCII.
    const text = this.source.toString('latin1')
    const cachedData = this.stored()
    const script = new Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
      filename: file,
      ...(cachedData !== undefined && { cachedData }),
    })
    if (cachedData === undefined || script.cachedDataRejected === true) this.script = script
    const module = { exports: {} }
    const run = script.runInThisContext() as Wrapped
    run(module.exports, createRequire(file), module, file, dirname(file))
    return module.exports
  }

  /** Stores what has been compiled, unless it was stored before: call it after a usual run. */
  keep(): void {
    const { script, store } = this
    if (script === null || store === null) return
    const draft = `${store}.${String(process.pid)}`
    try {
      const bytes = Buffer.concat([script.createCachedData(), this.source])
      writeFileSync(draft, bytes, { flag: 'wx', mode: 0o600 })
      renameSync(draft, store)
      removeOld(dirname(store))
    } catch {
      // A full disk, or a folder that cannot be written: the next start takes longer.
      rmSync(draft, { force: true })
    }
  }

  /** Returns what is stored for this source. V8 itself compares no more of a source than its length. */
  private stored(): Buffer | undefined {
    const { store, source } = this
    if (store === null) return undefined
    try {
      const file = openSync(store, 'r')
      try {
        if (!isSafe(fstatSync(file))) return undefined
        const bytes = readFileSync(file)
        const end = bytes.length - source.length
        return end > 0 && source.equals(bytes.subarray(end)) ? bytes.subarray(0, end) : undefined
      } finally {
        closeSync(file)
      }
    } catch {
      return undefined
    }
  }

  /**
   * Returns the path of the stored code; null if there is no safe place. V8 runs what it finds there, so it
   * is a folder of this user and not the one for temporary files, nor below the current one. With `sudo`,
   * HOME can be that of another.
   */
  private findStore(): string | null {
    const { XDG_CACHE_HOME: given = '', NODE_DISABLE_COMPILE_CACHE: off = '' } = process.env
    if (off !== '') return null
    try {
      const folder = join(given === '' ? join(homeFolder(), '.cache') : given, 'parallelcurl', 'compiled')
      if (!isAbsolute(folder) || !hasFolder(folder)) return null
      const { mtimeMs, size, ino } = statSync(this.file)
      // V8 itself refuses code of another version, or compiled with other flags.
      const name = [process.version, process.arch, size, Math.round(mtimeMs), ino].join('-')
      return join(folder, name)
    } catch {
      return null
    }
  }
}

/** Returns true if the folder is safe. Makes it, unless it would be among the files of another user. */
function hasFolder(folder: string): boolean {
  if (!existsSync(folder)) {
    let above = dirname(folder)
    while (!existsSync(above)) above = dirname(above)
    if (!isOwn(statSync(above))) return false
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }
  // Not the folder that a link leads to: others may have made the link.
  return isSafe(lstatSync(folder))
}

const isOwn = ({ uid }: Stats): boolean => process.getuid === undefined || uid === process.getuid()

/** True if nobody else can change it. */
const isSafe = (stats: Stats): boolean =>
  process.getuid === undefined || (isOwn(stats) && (stats.mode & 0o022) === 0)

/** Code of versions that are gone. */
function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!/^v\d/.test(name)) continue
    const path = join(folder, name)
    if (Date.now() - statSync(path).mtimeMs > OLD_MS) rmSync(path, { force: true })
  }
}
