/**
 * Checks output paths: keeps them below their folder, and makes safe file names from what servers send. Does
 * not write files.
 */
import { isUtf8 } from 'node:buffer'
import { lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { OptionError } from '../../errors.js'
import { describe } from '../../wrong-value.js'

const LONGEST_NAME = 200

/** Returns what is wrong with the form of a path, or undefined if it is fine. */
export function pathProblem(path: unknown): string | undefined {
  if (typeof path !== 'string') return `must be a path, got ${describe(path, true)}`
  if (path === '') return 'must not be empty'
  if (path.includes('\0')) return 'must not contain NUL'
  return undefined
}

/** Throws if the spelling of a path alone leads out of the folder. */
export function assertBelow(output: string, folder: string): void {
  if (isAbsolute(output) || !isBelow(resolve(folder), resolve(folder, output))) throw leavesFolder(output)
}

/**
 * Returns the absolute path of an output file. The folder of that path exists on return.
 *
 * If `folder` is given, the path cannot lead out of it: no `..`, no absolute path, no symbolic link among the
 * parent folders that points elsewhere.
 *
 * @param folder the folder that must contain the path; undefined: no restriction
 * @param createDirs true to create missing folders
 * @throws OptionError if the path leads out of the folder; errors of the file system as they are
 */
export function resolveOutput(output: string, folder: string | undefined, createDirs: boolean): string {
  const problem = pathProblem(output)
  if (problem !== undefined) throw new OptionError(`output ${problem}`, 'output')
  if (/[/\\]$/.test(output)) throw new OptionError('output must name a file, not a folder', 'output')
  if (folder === undefined) {
    const path = resolve(output)
    if (createDirs) makeFolder(dirname(path))
    return path
  }
  if (createDirs) makeFolder(folder)
  const base = realpathSync.native(folder)
  const path = resolve(base, output)
  if (isAbsolute(output) || !isBelow(base, path)) throw leavesFolder(output)
  let real = base
  for (const name of relative(base, dirname(path)).split(sep)) {
    if (name === '') continue
    real = enterFolder(join(real, name), createDirs)
    if (!isBelow(base, real)) throw leavesFolder(output)
  }
  return join(real, basename(path))
}

/** Creates a folder and its parents. Most are there already, and looking takes less time than trying. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    mkdirSync(folder, { recursive: true })
}

/** Returns the real path of a folder (symbolic links resolved). Creates the folder if `create` is true. */
function enterFolder(folder: string, create: boolean): string {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found !== undefined) return found.isSymbolicLink() ? realpathSync.native(folder) : folder
  if (create) mkdirSync(folder)
  return folder
}

function isBelow(base: string, path: string): boolean {
  const way = relative(base, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function leavesFolder(output: string): OptionError {
  return new OptionError(`output ${JSON.stringify(output)} leaves outputDir`, 'output')
}

/**
 * Returns a file name for a response: the name in `Content-Disposition`, else the last segment of the URL,
 * else `download`.
 */
export function nameOf(contentDisposition: string | undefined, url: string): string {
  return (
    safeFileName(fromDisposition(contentDisposition ?? '')) ??
    safeFileName(decode(lastSegment(url))) ??
    'download'
  )
}

/**
 * True if {@link nameOf} returns a name that the server chose and that differs from the name in the requested
 * URL. Such a name must not replace an existing file.
 */
export function isServersName(
  contentDisposition: string | undefined,
  url: string,
  effectiveUrl: string,
): boolean {
  const own = nameOf(undefined, url)
  return nameOf(contentDisposition, contentDisposition === undefined ? effectiveUrl : url) !== own
}

/** Returns the file name of a Content-Disposition header. `filename*` wins over `filename` (RFC 6266). */
function fromDisposition(header: string): string {
  const [, charset, extended] = /;\s*filename\*\s*=\s*(utf-8|iso-8859-1)'[^']*'([^;\s]+)/i.exec(header) ?? []
  if (extended !== undefined) return charset?.toLowerCase() === 'utf-8' ? decode(extended) : latin1(extended)
  const [, quoted, token] = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(header) ?? []
  const name = quoted?.replaceAll(/\\(.)/g, '$1') ?? token ?? ''
  // Header lines are kept as Latin-1, one character per byte. Most servers send UTF-8; others mean Latin-1.
  const bytes = Buffer.from(name, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : name
}

function latin1(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_all, digits: string) => String.fromCharCode(parseInt(digits, 16)))
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

/**
 * Returns a name without path separators, control characters and leading dots; undefined if nothing useful is
 * left.
 */
function safeFileName(name: string): string | undefined {
  const plain = name
    .slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
    .replaceAll(/[\u0000-\u001f\u007f<>:"|?*]/g, '_')
    .trim()
    // No hidden files, and no `..`.
    .replace(/^\.+/, '_')
  return plain === '' || /^_+$/.test(plain) ? undefined : shorten(plain)
}

/** File systems allow names of 255 bytes. The limit here leaves room for the suffixes of partial files. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST_NAME) return name
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? ''
  const stem = Buffer.from(name)
    .subarray(0, LONGEST_NAME - ending.length)
    .toString('utf8')
  return stem.replace(/\ufffd+$/, '') + ending
}
