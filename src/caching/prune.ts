/**
 * Makes a cache smaller: removes what was used longest ago, and what no entry names any longer. Works bit by bit, so
 * that nothing else has to wait. Does not know requests.
 */
import { readFileSync } from 'node:fs'
import { fileAt, removeFile, type CacheFolder } from './cache-folder.js'
import { bodyNames, confirmedAt, fromText } from './stored-entry.js'

/** The limits of {@link HttpCache.prune}. */
export interface PruneOptions {
  /** Removes the entries that were used longest ago, until all files together have no more bytes. Default: no limit. */
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
/** The time after which other work has its turn. */
const SLICE_MS = 5

interface Entry {
  readonly path: string
  /** The time of the file: another one says that the entry was used or replaced since. */
  readonly mtimeMs: number
  readonly usedAt: number
  readonly confirmedAt: number
  readonly bytes: number
}

/** Removes what the limits say, unless it is held. */
export async function prune(
  folder: CacheFolder,
  limits: PruneOptions,
  now: number,
  isHeld: (bodyPath: string) => boolean,
): Promise<PruneOutcome> {
  const { maxBytes = Infinity, maxAgeMs = Infinity } = limits
  const found: Entry[] = []
  let bytes = 0
  let entries = 0
  let isFull = false
  const slice = new Slice()
  for (const paths of folder.subfolders()) bytes += await readFolder(folder, paths, now, found, slice)
  found.sort((a, b) => b.usedAt - a.usedAt)
  for (const entry of found) {
    if (slice.isOver) await slice.next()
    // One that is too large alone is no reason to remove all others.
    const isLarge = entry.bytes > maxBytes
    isFull ||= !isLarge && bytes + entry.bytes > maxBytes
    const isToGo = isLarge || isFull || now - entry.confirmedAt > maxAgeMs
    if (isToGo && isRemoved(entry, isHeld)) continue
    bytes += entry.bytes
    entries++
  }
  return { entries, bytes }
}

/** The time until other work has its turn. */
class Slice {
  private since = performance.now()

  get isOver(): boolean {
    return performance.now() - this.since > SLICE_MS
  }

  async next(): Promise<void> {
    await new Promise(setImmediate)
    this.since = performance.now()
  }
}

/** Finds the entries of a subfolder. Removes files of nobody, and returns the bytes of those that are too young for that. */
async function readFolder(
  folder: CacheFolder,
  paths: readonly string[],
  now: number,
  found: Entry[],
  slice: Slice,
): Promise<number> {
  let bytes = 0
  const named = new Set<string>()
  for (const path of paths.filter((name) => name.endsWith('.json'))) {
    if (slice.isOver) await slice.next()
    const mtimeMs = timeOf(path)
    const entry = readEntry(path)
    if (mtimeMs === null || entry === null) continue
    const { confirmedAt } = entry
    found.push({ path, mtimeMs, usedAt: Math.max(mtimeMs, confirmedAt), confirmedAt, bytes: entry.bytes })
    for (const file of [path, ...entry.files]) named.add(file)
  }
  for (const path of paths) {
    if (named.has(path)) continue
    if (slice.isOver) await slice.next()
    const file = fileAt(path)
    if (file === undefined) continue
    const pointed = folder.pointedAt(path)
    if (pointed !== null && fileAt(pointed) !== undefined) continue
    if (now - file.mtimeMs > ORPHAN_MS) removeFile(path)
    else bytes += file.size
  }
  return bytes
}

/** Removes an entry, unless it is held or was used since it was found. Returns true if it is gone. */
function isRemoved({ path, mtimeMs }: Entry, isHeld: (bodyPath: string) => boolean): boolean {
  const now = timeOf(path)
  if (now !== null && now !== mtimeMs) return false
  const files = readEntry(path)?.files ?? []
  if (files.some(isHeld)) return false
  for (const file of [path, ...files]) removeFile(file)
  return true
}

function timeOf(path: string): number | null {
  return fileAt(path)?.mtimeMs ?? null
}

function readEntry(path: string): { files: string[]; bytes: number; confirmedAt: number } | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return null
  }
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const files: string[] = []
  let bytes = Buffer.byteLength(text)
  let last = 0
  for (const response of fromText(text) ?? []) {
    let bodyMs = 0
    for (const name of bodyNames(response)) {
      files.push(folder + name)
      const file = fileAt(folder + name)
      bytes += file?.size ?? 0
      if (name === response.body?.name) bodyMs = file?.mtimeMs ?? 0
    }
    last = Math.max(last, confirmedAt(response, bodyMs))
  }
  return { files, bytes, confirmedAt: last }
}
