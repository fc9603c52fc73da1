/**
 * The README's examples, as they stand there. Does not know what they do, nor how they are run.
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const README = join(resolve(import.meta.dirname, '../..'), 'README.md')

export interface ReadmeExample {
  /** The headings above it, from the second level on: `Bodies / Downloads`. The first example has none. */
  readonly heading: string
  /** `ts`, `sh`, `json`, `php`. */
  readonly language: string
  /** Of README.md, counted from 1. */
  readonly line: number
  /**
   * The whole block; of a block of shell commands each command, after the `export`s of its block, is an example of its own.
   */
  readonly text: string
}

/** In the order of the README. */
export function readmeExamples(readme = readFileSync(README, 'utf8')): ReadmeExample[] {
  const examples: ReadmeExample[] = []
  const headings: string[] = []
  const lines = readme.split('\n')
  for (let i = 0; i < lines.length; i++) {
    const [, marks, title] = /^(#+) (.*)$/.exec(lines[i] ?? '') ?? []
    if (marks !== undefined) headings.splice(marks.length - 1, Infinity, title ?? '')
    const language = /^```(\w+)$/.exec(lines[i] ?? '')?.[1]
    if (language === undefined) continue
    const start = i + 1
    i = lines.indexOf('```', start)
    const block = lines.slice(start, i)
    const heading = headings.slice(1).join(' / ')
    if (language !== 'sh') {
      examples.push({ heading, language, line: start + 1, text: `${block.join('\n')}\n` })
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
        examples.push({ heading, language, line, text: exported + command })
      }
      command = ''
    })
  }
  return examples
}
