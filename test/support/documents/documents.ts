/** Reads the README and the pages of docs/, and the examples in them. Does not run examples. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../../..')

/** A page of the documentation. */
export interface Document {
  /** The path from the project's root, such as `docs/errors.md`. */
  readonly path: string
  readonly text: string
}

/** Returns README.md, then the pages of docs/ in the order of their names. */
export function documents(): Document[] {
  const docs = join(ROOT, 'docs')
  const names = existsSync(docs) ? readdirSync(docs).sort() : []
  const pages = names.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)
  return ['README.md', ...pages].map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}

export interface DocumentExample {
  /** The page that contains the example, such as `README.md`. */
  readonly path: string
  /**
   * The headings above the example: in the README from the second level on (`Install`), in a page of docs/
   * from the first level on (`Sockets / ...`). Empty for the README's first example.
   */
  readonly heading: string
  /** The language of the code block: `ts`, `sh`, `json` or `php`. */
  readonly language: string
  /** The line number in the page, from 1. */
  readonly line: number
  /**
   * The text of the whole block. In a block of shell commands, each command is an example of its own and
   * includes the block's `export`s before it.
   */
  readonly text: string
}

/** Returns all examples, page by page. */
export function documentExamples(pages = documents()): DocumentExample[] {
  return pages.flatMap(examplesOf)
}

function examplesOf({ path, text: page }: Document): DocumentExample[] {
  const examples: DocumentExample[] = []
  const from = path === 'README.md' ? 1 : 0
  const headings: string[] = []
  const lines = page.split('\n')
  for (let i = 0; i < lines.length; i++) {
    const [, marks, title] = /^(#+) (.*)$/.exec(lines[i] ?? '') ?? []
    if (marks !== undefined) headings.splice(marks.length - 1, Infinity, title ?? '')
    const language = /^```(\w+)$/.exec(lines[i] ?? '')?.[1]
    // A diagram is not an example.
    if (language === undefined || language === 'mermaid') continue
    const start = i + 1
    i = lines.indexOf('```', start)
    const block = lines.slice(start, i)
    const heading = headings.slice(from).join(' / ')
    if (language !== 'sh') {
      examples.push({ path, heading, language, line: start + 1, text: `${block.join('\n')}\n` })
      continue
    }
    let exported = ''
    let command = ''
    block.forEach((text, index) => {
      command += `${text}\n`
      if (text.endsWith('\\')) return
      if (/^export /.test(command)) exported += command
      else if (!/^(#.*)?\n$/.test(command)) {
        const line = start + 1 + index - (command.split('\n').length - 2)
        examples.push({ path, heading, language, line, text: exported + command })
      }
      command = ''
    })
  }
  return examples
}
