/** --to-curl: prints the curl command of each request instead of running it. Does not build the commands. */
import { writeAll } from './files/files.js'
import type { Input } from './input/input-line.js'
import { isBadLine, readInputs, type BadLine } from './input/input.js'
import { checkTrust } from './settings/line-trust.js'
import { DataError, EXIT } from './errors/errors.js'
import { warner } from './errors/warner.js'
import type { Settings } from './settings/settings.js'
import { fillTemplate, remoteName } from './output/names/template.js'

/** Prints the commands of all requests. Resolves with the exit code. */
export async function printCommands(
  settings: Settings,
  first: readonly Input[],
  commandOf: (input: Input, output: string | undefined) => string,
): Promise<number> {
  let n = 0
  let bad = 0
  const warn = warner(settings)
  const complain = ({ where, problem }: BadLine): void => {
    bad++
    warn(`${where}: ${problem}`)
  }
  const print = async (input: Input): Promise<void> => {
    n++
    await writeAll(process.stdout, `${commandOf(input, outputOf(input, n, settings))}\n`, 'stdout')
  }
  /** Prints the command of an input. Returns what is wrong with the input, or undefined. */
  const attempt = async (input: Input): Promise<string | undefined> => {
    try {
      checkTrust(input, settings)
      await print(input)
      return undefined
    } catch (error) {
      if (error instanceof DataError) return error.message
      throw error
    }
  }
  for (const input of first) await print(input)
  const { inputs, inputFormat: format, urlColumn } = settings
  for (const path of inputs) {
    for await (const input of readInputs(path, { format, urlColumn }, { readBytes: 0, totalBytes: 0 })) {
      const problem = isBadLine(input) ? input.problem : await attempt(input)
      if (problem === undefined) continue
      complain({ where: input.where ?? path, problem })
      if (settings.strict) return EXIT.usage
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
