/**
 * Makes a cache smaller: removes what is old, and what no entry names any longer. Works bit by bit, so that nothing
 * else has to wait. Does not know requests.
 */
import { readFileSync, statSync } from 'node:fs'
import { removeFile, type CacheFolder } from './cache-folder.js'
import { bodyNames, fromText } from './stored-entry.js'

/** The limits of {@link HttpCache.prune}. */
export interface PruneOptions {
  /** Removes the oldest entries until all files together have no more bytes. Default: no limit. */
  maxBytes?: number | undefined
  /** Removes entries that the server has not sent or confirmed for longer. Milliseconds. Default: no limit. */
  maxAgeMs?: number | undefined
}

/** What is left. */
export interface PruneOutcome {
  readonly entries: number
  /** Bytes of all files. */
  readonly bytes: number
}

/** The age from which a file that no entry names is nobody's: a process may be writing a younger one. */
const ORPHAN_MS = 60 * 60 * 1000

interface Entry {
  readonly path: string
  readonly files: readonly string[]
  readonly at: number
  readonly bytes: number
}

/** Removes what the limits say. */
export async function prune(folder: CacheFolder, limits: PruneOptions, now: number): Promise<PruneOutcome> {
  const { maxBytes = Infinity, maxAgeMs = Infinity } = limits
  const entries: Entry[] = []
  for (const names of folder.subfolders()) {
    entries.push(...readFolder(names, now))
    await new Promise(setImmediate)
  }
  entries.sort((a, b) => b.at - a.at)
  let bytes = 0
  let left = 0
  for (const entry of entries) {
    if (now - entry.at <= maxAgeMs && bytes + entry.bytes <= maxBytes) {
      bytes += entry.bytes
      left++
    } else for (const path of [entry.path, ...entry.files]) removeFile(path)
  }
  return { entries: left, bytes }
}

/** Returns the entries of a subfolder. Removes files of nobody. */
function readFolder(paths: readonly string[], now: number): Entry[] {
  const entries: Entry[] = []
  const named = new Set<string>()
  for (const path of paths.filter((name) => name.endsWith('.json'))) {
    const entry = readEntry(path)
    if (entry === null) continue
    entries.push(entry)
    for (const file of [path, ...entry.files]) named.add(file)
  }
  for (const path of paths) {
    if (named.has(path)) continue
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: now }
    if (now - mtimeMs > ORPHAN_MS) removeFile(path)
  }
  return entries
}

function readEntry(path: string): Entry | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return null
  }
  const responses = fromText(text) ?? []
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const files = responses.flatMap(bodyNames).map((name) => folder + name)
  const sizes = files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0)
  const bytes = sizes.reduce((sum, size) => sum + size, Buffer.byteLength(text))
  return { path, files, bytes, at: Math.max(0, ...responses.map(({ at }) => at)) }
}
