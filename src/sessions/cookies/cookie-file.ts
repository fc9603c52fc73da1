/** The lines of a cookie file in Netscape format. Does not know where cookies are stored. */
import { OptionError } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import { fromLine, toLine } from './cookie.js'

const WHERE = { where: 'CookieJar.open', option: 'cookieJar' } as const

/** How `CookieJar.open()` reads a file. */
export interface CookieFileOptions {
  /** True to reject a file with a bad line. Default: false, and the line is skipped. */
  strict?: boolean | undefined
  /**
   * Called with each line that is skipped: the message names the line, and no value of a cookie. Default: a
   * warning of the process (`PARALLELCURL_COOKIE_LINE`).
   */
  onBadLine?: ((problem: OptionError) => void) | undefined
}

/** Returns the cookies of a file as lines for libcurl. */
export function linesOf(text: string, path: string, { strict, onBadLine }: CookieFileOptions): string[] {
  const lines: string[] = []
  const problems: OptionError[] = []
  for (const [i, line] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    try {
      const cookie = fromLine(line, `cookie file ${path}, line ${String(i + 1)}`)
      if (cookie !== null) lines.push(toLine(cookie))
    } catch (error) {
      if (!(error instanceof OptionError) || strict === true) throw error
      problems.push(error)
    }
  }
  const [first] = problems
  // There is no cookie in it: this is another kind of file.
  if (first !== undefined && lines.length === 0) throw first
  for (const problem of problems) (onBadLine ?? warn)(problem)
  return lines
}

function warn({ message }: OptionError): void {
  process.emitWarning(`${message}; the line is skipped`, { code: 'PARALLELCURL_COOKIE_LINE' })
}

/** Throws `OptionError` for wrong options. */
export function checkFileOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw mustBe('options', 'an object', options, WHERE)
  const { strict, onBadLine } = options as { strict?: unknown; onBadLine?: unknown }
  if (strict !== undefined && typeof strict !== 'boolean')
    throw mustBe('strict', 'true or false', strict, WHERE)
  if (onBadLine !== undefined && typeof onBadLine !== 'function')
    throw mustBe('onBadLine', 'a function', onBadLine, WHERE)
}
