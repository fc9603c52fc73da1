/** Reads config files in curl's format: one option on each line. Does not depend on the list of options. */
import { UsageError } from '../errors/errors.js'
import { readInput } from '../files/read-input.js'

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', v: '\v' }

/** Reads a config file and returns its words, as if they stood on the command line. `-` is stdin. */
export function readConfig(path: string): string[] {
  return parseConfig(readInput(path, `--config ${path}`).toString('utf8'), path)
}

/** Parses the text of a config file. Source: curl(1), -K. */
export function parseConfig(text: string, path: string): string[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return []
    const match = /^(-{0,2}[^\s=:]+)(?:\s*[=:]\s*|\s+|$)(.*)$/.exec(trimmed)
    if (match === null) throw new UsageError(`--config ${path}, line ${String(index + 1)}: no option`)
    const [, name = '', rest = ''] = match
    const option = name.startsWith('-') ? name : `--${name}`
    if (rest === '') return [option]
    return [option, value(rest, `--config ${path}, line ${String(index + 1)}`)]
  })
}

function value(text: string, where: string): string {
  if (!text.startsWith('"')) return text.split(/\s/)[0] ?? ''
  let result = ''
  for (let i = 1; i < text.length; i++) {
    const character = text[i] as string
    if (character === '"') return result
    if (character !== '\\') result += character
    else {
      const next = text[++i] ?? ''
      result += ESCAPES[next] ?? next
    }
  }
  throw new UsageError(`${where}: the closing quote is missing`)
}
