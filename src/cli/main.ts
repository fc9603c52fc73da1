#!/usr/bin/env node
/**
 * The command's entry point: parses the command line, starts a run, sets the exit code. Does not depend on
 * how a run works.
 */
import { readFileSync } from 'node:fs'
import { oneLine } from '../redaction.js'
import { has, lastOf, ofCurl, parseCommandLine, type CommandLine } from './arguments/command-line.js'
import { writeAll } from './files/files.js'
import { EXIT, explainEnding, UsageError } from './errors/errors.js'
import { QUEUE_COMMANDS } from './arguments/flags/queue-flags.js'

// Heavy modules are loaded where they are needed, so that --help does not load libcurl.

// node-libcurl 4 reads the locale at each socket event. With a UTF-8 locale that takes 15 % of a small
// request. Changing it is safe, because this process starts no other process.
process.env['LC_ALL'] = 'C'

interface Manifest {
  readonly version: string
}

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as Manifest

async function main([first = '', ...rest]: readonly string[]): Promise<number> {
  if (first === 'curl') {
    const { curlMain } = await import('./curl/main.js')
    return curlMain(rest, version)
  }
  const command = QUEUE_COMMANDS.get(first)
  if (command !== undefined) {
    const { queueCommand } = await import('./queue-command.js')
    return queueCommand(first, command, rest, version)
  }
  const line = parseCommandLine(first === '' && rest.length === 0 ? [] : [first, ...rest])
  const text = await informationOf(line)
  if (text !== undefined) {
    await writeAll(process.stdout, text, 'stdout')
    return EXIT.ok
  }
  return run(line)
}

async function run(line: CommandLine): Promise<number> {
  const { readSettings } = await import('./settings/settings.js')
  const settings = readSettings(line, version)
  const { curlCommands: commands, printsCommands: isDry } = settings
  const curlCommand = isDry ? await import('./requests/curl-command.js') : undefined
  const pasted = commands.length > 0 ? await import('./requests/pasted-curl.js') : undefined
  const rules = {
    trusts: settings.trustsInput,
    warn(text: string): void {
      if (!settings.silent) process.stderr.write(`parallelcurl: ${oneLine(text)}\n`)
    },
  }
  const first = [
    ...commands.flatMap((command) => pasted?.fromCurl(command, rules) ?? []),
    ...line.urls.map((url) => ({ url, where: 'the command line' })),
  ]
  if (first.length === 0 && settings.inputs.length === 0) {
    throw new UsageError('there is no URL: give some, or a file of URLs with -i (--help shows all options)')
  }
  if (isDry) {
    const { printCommands } = await import('./print-commands.js')
    return printCommands(
      settings,
      first,
      (input, output) => curlCommand?.toCurl(input, ofCurl(line), output) ?? '',
    )
  }
  const { Run } = await import('./run.js')
  return (await Run.open(settings, first, version)).run()
}

/** Returns the text of --help, --version or --completion; undefined if a run was requested. */
async function informationOf(line: CommandLine): Promise<string | undefined> {
  if (has(line, 'help') || has(line, 'version')) {
    const { helpText, helpWidth } = await import('./arguments/help.js')
    const width = helpWidth(process.stdout.columns)
    if (has(line, 'help')) return helpText(width)
    const { versionText } = await import('./arguments/version.js')
    return versionText(version, width)
  }
  const shell = lastOf(line, 'completion')
  if (shell === undefined) return undefined
  const { completion } = await import('./arguments/completion.js')
  return completion(shell)
}

// The write callbacks report errors. Without a listener, the event would end the process. `curl` writes to the
// descriptors, and needs no streams.
if (process.argv[2] !== 'curl') {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const { code, message } = explainEnding(error)
  process.stderr.write(`parallelcurl: ${oneLine(message)}\n`)
  process.exitCode = code
}
