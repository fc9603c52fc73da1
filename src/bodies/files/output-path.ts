/**
 * Where a download may go: paths that stay below their folder, and file names from what servers say. Does not
 * know what is written.
 */
import { lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { OptionError } from '../../errors.js'

const LONGEST_NAME = 200

/** What is wrong with a path by itself; undefined: nothing. */
export function pathProblem(path: unknown): string | undefined {
  if (typeof path !== 'string') return `must be a path, got ${path === null ? 'null' : typeof path}`
  if (path === '') return 'must not be empty'
  if (path.includes('\0')) return 'must not contain NUL'
  return undefined
}

/** Refuses what leads out of the folder by its spelling alone. */
export function assertBelow(output: string, folder: string): void {
  if (isAbsolute(output) || !isBelow(resolve(folder), resolve(folder, output))) throw leaves(output)
}

/**
 * The absolute path of an output, whose folder exists then.
 *
 * Below a folder, nothing leads out of it: no `..`, no absolute path, no symbolic link among the parents that
 * points elsewhere.
 *
 * @param folder below which it has to stay; undefined: anywhere
 * @param createDirs whether missing folders are made
 * @throws OptionError where it would leave the folder, and what the file system says
 */
export function resolveOutput(output: string, folder: string | undefined, createDirs: boolean): string {
  const problem = pathProblem(output)
  if (problem !== undefined) throw new OptionError(`output ${problem}`, 'output')
  if (/[/\\]$/.test(output)) throw new OptionError('output must name a file, not a folder', 'output')
  if (folder === undefined) {
    const path = resolve(output)
    if (createDirs) mkdirSync(dirname(path), { recursive: true })
    return path
  }
  if (createDirs) mkdirSync(folder, { recursive: true })
  const base = realpathSync(folder)
  const path = resolve(base, output)
  if (isAbsolute(output) || !isBelow(base, path)) throw leaves(output)
  let real = base
  for (const name of relative(base, dirname(path)).split(sep)) {
    if (name === '') continue
    real = enter(join(real, name), createDirs)
    if (!isBelow(base, real)) throw leaves(output)
  }
  return join(real, basename(path))
}

/** The folder without symbolic links; made where it is missing. */
function enter(folder: string, create: boolean): string {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found !== undefined) return found.isSymbolicLink() ? realpathSync(folder) : folder
  if (create) mkdirSync(folder)
  return folder
}

function isBelow(base: string, path: string): boolean {
  const way = relative(base, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function leaves(output: string): OptionError {
  return new OptionError(`output ${JSON.stringify(output)} leaves outputDir`, 'output')
}

/**
 * A file name for what a server sends: what `Content-Disposition` says, else the end of the URL, else
 * `download`.
 */
export function nameOf(contentDisposition: string | undefined, url: string): string {
  return tame(fromDisposition(contentDisposition ?? '')) ?? tame(decode(lastSegment(url))) ?? 'download'
}

/**
 * Whether {@link nameOf} gives a name of the server's choice, and not that of the URL that was asked for:
 * nothing is to be replaced by it.
 */
export function isServersName(
  contentDisposition: string | undefined,
  url: string,
  effectiveUrl: string,
): boolean {
  const own = nameOf(undefined, url)
  return nameOf(contentDisposition, contentDisposition === undefined ? effectiveUrl : url) !== own
}

/** RFC 6266: `filename*` before `filename`. */
function fromDisposition(header: string): string {
  const extended = /;\s*filename\*\s*=\s*(?:utf-8|iso-8859-1)'[^']*'([^;\s]+)/i.exec(header)?.[1]
  if (extended !== undefined) return decode(extended)
  const [, quoted, token] = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(header) ?? []
  return (quoted?.replaceAll(/\\(.)/g, '$1') ?? token ?? '').replaceAll(/[\u0080-\u00ff]+/g, (bytes) =>
    // Header lines are kept one character a byte, and most servers mean UTF-8.
    Buffer.from(bytes, 'latin1').toString('utf8'),
  )
}

function lastSegment(url: string): string {
  const path = /^(?:[a-z][a-z0-9+.-]*:\/\/)?[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? ''
  return path.slice(path.lastIndexOf('/') + 1)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A name that is nothing but a name, or undefined. */
function tame(name: string): string | undefined {
  const plain = name
    .slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
    .replaceAll(/[\u0000-\u001f\u007f<>:"|?*]/g, '_')
    .trim()
    // No hidden files, no parents.
    .replace(/^\.+/, '_')
  return plain === '' || /^_+$/.test(plain) ? undefined : shorten(plain)
}

/** File systems take 255 bytes; the names of partial files are longer than these. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST_NAME) return name
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? ''
  const stem = Buffer.from(name)
    .subarray(0, LONGEST_NAME - ending.length)
    .toString('utf8')
  return stem.replace(/\ufffd+$/, '') + ending
}
