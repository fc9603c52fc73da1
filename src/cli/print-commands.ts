/**
 * --to-curl: the command of each request in the place of a run. Does not know how commands are spelled.
 */
import { oneLine } from '../redaction.js'
import { writeAll } from './files.js'
import type { Input } from './input-line.js'
import { isBadLine, readInputs } from './input.js'
import { EXIT } from './mistakes.js'
import type { Settings } from './settings.js'
import { fillTemplate, remoteName } from './template.js'

/** Prints them all. Resolves with the exit code. */
export async function printCommands(
  settings: Settings,
  first: readonly Input[],
  commandOf: (input: Input, output: string | undefined) => string,
): Promise<number> {
  let n = 0
  let bad = 0
  const print = async (input: Input): Promise<void> => {
    n++
    await writeAll(process.stdout, `${commandOf(input, outputOf(input, n, settings))}\n`, 'stdout')
  }
  for (const input of first) await print(input)
  const { inputs, inputFormat: format, urlColumn } = settings
  for (const path of inputs) {
    for await (const input of readInputs(path, { format, urlColumn }, { readBytes: 0, totalBytes: 0 })) {
      if (!isBadLine(input)) await print(input)
      else {
        bad++
        if (settings.showErrors)
          process.stderr.write(`parallelcurl: ${oneLine(`${input.where}: ${input.problem}`)}\n`)
        if (settings.strict) return EXIT.usage
      }
    }
  }
  return bad > 0 ? EXIT.failed : EXIT.ok
}

function outputOf(
  input: Input,
  n: number,
  { templates, remoteName: isRemote }: Settings,
): string | undefined {
  if (input.output !== undefined) return input.output
  if (isRemote) return remoteName(input.url)
  const template = templates[Math.min(n, templates.length) - 1]
  return template === undefined ? undefined : fillTemplate(template, { input, n, status: 0 })
}
