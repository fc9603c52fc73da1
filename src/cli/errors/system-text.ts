/**
 * The system's text for an error, in the words of C programs: "No such file or directory". Does not know what
 * was tried.
 */
import { getSystemErrorMap } from 'node:util'

/** Where libuv's words differ from those of the C library. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EEXIST: 'File exists',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  ENAMETOOLONG: 'File name too long',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
  EPERM: 'Operation not permitted',
  EPIPE: 'Broken pipe',
  EMFILE: 'Too many open files',
  EINVAL: 'Invalid argument',
  ELOOP: 'Too many levels of symbolic links',
}

/** The words for what was thrown. */
export function systemText(error: unknown): string {
  const { code, errno, message } = error as NodeJS.ErrnoException
  return WORDS[code ?? ''] ?? getSystemErrorMap().get(errno ?? 0)?.[1] ?? message
}
