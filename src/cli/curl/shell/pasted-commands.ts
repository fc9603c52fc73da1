/**
 * Text that people paste: one curl command or many, as browsers and manuals spell them. Does not know curl's
 * options.
 */
import { UsageError } from '../../errors/errors.js'
import { readBash } from './bash.js'
import { readCmd } from './cmd.js'
import { readPowerShell } from './powershell.js'
import type { Words } from './shell-words.js'

/** Quoted text and comments, of bash as of PowerShell; text in $'' and escaped quotes are bash's. */
const QUOTED = /\$'(?:\\[^]|[^'\\])*'|'[^']*'|"(?:[\\`][^]|[^"\\`])*"|\\['"]|(?<=^|\s)#[^\n]*/g
const CURL = /(^|[/\\])curl(\.exe)?$/i

/** The words behind `curl` of each command. @throws UsageError for what is no curl command */
export function commandsIn(text: string): Words[] {
  const commands = readerFor(text)(text)
  if (commands.length === 0) throw new UsageError('--from-curl: there is no command in it')
  return commands.map((words) => {
    // A prompt that was copied along.
    const [first = '', ...rest] = words[0] === '$' || words[0] === '%' ? words.slice(1) : words
    if (CURL.test(first)) return rest
    const hint = /^\w+=/.test(first) ? ' (a URL with & in it stands in quotes)' : ''
    throw new UsageError(
      `--from-curl takes whole commands, each of which begins with curl; got ${first.slice(0, 40)}${hint}`,
    )
  })
}

function readerFor(text: string): (text: string) => Words[] {
  if (
    /^\s*(\$\w[\w.]*\s*[.=(]|invoke-webrequest|invoke-restmethod|iwr\s|irm\s)/im.test(text) &&
    !/^\s*curl/i.test(text)
  )
    return readPowerShell
  // The first sign of a shell counts: what stands in quotes may look like that of another one. A backtick at
  // the end of a line goes on in PowerShell, a caret in cmd, a backslash in bash.
  const [sign = ''] = /['"]|\^"|[`^\\]\r?\n/.exec(text) ?? []
  if (sign.startsWith('^')) return readCmd
  // Bash and PowerShell both have single quotes, and all three have double ones.
  const unquoted = text.replace(QUOTED, '""')
  const [end = ''] = (sign === "'" ? /[`\\]\r?\n/ : /[`^\\]\r?\n|\^"/).exec(unquoted) ?? []
  if (end.startsWith('`')) return readPowerShell
  if (end.startsWith('^')) return readCmd
  if (end !== '' || sign === "'") return readBash
  // Firefox's form for cmd, and others with two quotes for one: bash would drop both.
  const isBash = /'|\\\r?\n|\\"|\$/.test(text)
  return !isBash && (/[^\s"=]""[^\s"]|[{[,:(]""\w/.test(text) || /^\s*curl\.exe\s/i.test(text))
    ? readCmd
    : readBash
}
