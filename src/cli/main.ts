#!/usr/bin/env node
/**
 * The command: what was asked for, and the exit code. Does not know how a run goes.
 */
import { readFileSync } from 'node:fs'
import { nodeLibcurlMajor } from '../engine/binding.js'
import {
  allOf,
  has,
  helpText,
  lastOf,
  ofRequest,
  parseCommandLine,
  type CommandLine,
} from './command-line.js'
import { completion } from './completion.js'
import { fromCurl, toCurl } from './curl-command.js'
import { writeAll } from './files.js'
import type { Input } from './input-line.js'
import { EXIT, oneLine, UsageError } from './mistakes.js'
import { printCommands } from './print-commands.js'
import { queueCommand } from './queue-command.js'
import { ending, Run } from './run.js'
import { readSettings } from './settings.js'
import { versionText } from './version.js'

interface Manifest {
  readonly version: string
}

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as Manifest

async function main(words: readonly string[]): Promise<number> {
  const queueCode = await queueCommand(words, version)
  if (queueCode !== undefined) return queueCode
  const line = parseCommandLine(words)
  const text = informationOf(line)
  if (text !== undefined) {
    await writeAll(process.stdout, text, 'stdout')
    return EXIT.ok
  }
  const settings = readSettings(line, version)
  const first: Input[] = [
    ...allOf(line, 'from-curl').flatMap(fromCurl),
    ...line.urls.map((url) => ({ url, where: 'the command line' })),
  ]
  if (first.length === 0 && settings.inputs.length === 0) {
    throw new UsageError('there is no URL: name some, or a file of them with -i (--help shows all options)')
  }
  if (has(line, 'to-curl') || has(line, 'dry-run')) {
    return printCommands(settings, first, (input, output) => toCurl(input, ofRequest(line), output))
  }
  return new Run(settings, first, version).run()
}

/** What is asked for instead of a run. */
function informationOf(line: CommandLine): string | undefined {
  if (has(line, 'help')) return helpText()
  if (has(line, 'version')) return versionText(version, nodeLibcurlMajor)
  const shell = lastOf(line, 'completion')
  return shell === undefined ? undefined : completion(shell)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const { code, message } = ending(error)
  process.stderr.write(`parallelcurl: ${oneLine(message)}\n`)
  process.exitCode = code
}
