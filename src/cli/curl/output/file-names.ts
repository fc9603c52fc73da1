/**
 * Names of files: those that servers give, and the folders above them. Does not know who writes to them.
 */
import { mkdirSync } from 'node:fs'
import type { RunMessages } from './messages.js'

/** Returns the name of a file that a header field of a server gives; undefined: none. */
export function nameFromServer(text: string, kind: 'disposition' | 'location'): string | undefined {
  let name = text
  if (kind === 'disposition') {
    const [first] = name
    const isQuoted = first === '"' || first === "'"
    const end = name.indexOf(isQuoted ? first : ';', isQuoted ? 1 : 0)
    name = name.slice(isQuoted ? 1 : 0, end < 0 ? undefined : end)
  } else name = /^[^?#]*/.exec(name)?.[0] ?? ''
  // Only what is behind the last slash of either kind: nobody else says in which folder it is.
  for (const slash of ['/', '\\']) {
    const at = name.lastIndexOf(slash)
    if (at < 0) continue
    name = name.slice(at + 1)
    if (name === '') return undefined
  }
  return /^[^\r\n]*/.exec(name)?.[0]
}

/** `filename=` of a Content-Disposition, up to the end of its line; undefined: it has none. */
export function dispositionFileName(value: string): string | undefined {
  let at = 0
  for (;;) {
    while (at < value.length && !/[a-z]/i.test(value[at] as string)) at++
    if (at > value.length - 9) return undefined
    if (value.startsWith('filename=', at)) {
      return nameFromServer(value.slice(at + 9).replace(/^[ \t]+/, ''), 'disposition')
    }
    const next = value.indexOf(';', at)
    if (next < 0) return undefined
    at = next
  }
}

const FOLDER_ERRORS: Readonly<Record<string, (folder: string) => string>> = {
  EACCES: (folder) => `You do not have permission to create ${folder}`,
  ENAMETOOLONG: (folder) => `The directory name ${folder} is too long`,
  EROFS: (folder) => `${folder} resides on a read-only file system`,
  ENOSPC: (folder) => `No space left on the file system that would contain the directory ${folder}`,
  EDQUOT: (folder) => `Cannot create directory ${folder} because you exceeded your quota`,
}

/** Makes the folders above a file. Says why not. */
export function makeFoldersOf(path: string, messages: RunMessages): boolean {
  for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
    if (path[at - 1] === '/') continue
    const folder = path.slice(0, at)
    try {
      mkdirSync(folder, 0o750)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? ''
      // Of one that may not be made here, the next one tells whether it is there.
      if (code === 'EEXIST' || code === 'EACCES' || code === 'EISDIR') continue
      messages.error(FOLDER_ERRORS[code]?.(folder) ?? `Error creating directory ${folder}`)
      return false
    }
  }
  return true
}
