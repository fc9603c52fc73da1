/**
 * The plain command, `parallelcurl URL...`, and the choice of a command for queues: parses the command line
 * and starts a run. Does not depend on how a run works.
 */
import '../engine/node-libcurl/declare-sole-user.js'
import { has, lastOf, ofCurl, parseCommandLine, type CommandLine } from './arguments/command-line.js'
import { writeAll } from './files/files.js'
import { endingOf, EXIT, UsageError, type Ending } from './errors/errors.js'
import { warner } from './errors/warner.js'
import { hearStreams } from './errors/standard-streams.js'
import { QUEUE_COMMANDS } from './arguments/flags/queue-flags.js'

// Heavy modules are loaded where they are needed, so that --help does not load libcurl.

/** Runs the command. An error is told on stderr. */
export function plainMain(words: readonly string[], version: string): Promise<Ending> {
  hearStreams()
  return endingOf(() => main(words, version))
}

async function main([first = '', ...rest]: readonly string[], version: string): Promise<Ending> {
  const command = QUEUE_COMMANDS.get(first)
  if (command !== undefined) {
    const { queueCommand } = await import('./queue-command.js')
    return { exitCode: await queueCommand(first, command, rest, version), hasRun: false }
  }
  const line = parseCommandLine(first === '' && rest.length === 0 ? [] : [first, ...rest])
  const text = await informationOf(line, version)
  if (text !== undefined) {
    await writeAll(process.stdout, text, 'stdout')
    return { exitCode: EXIT.ok, hasRun: false }
  }
  return { exitCode: await run(line, version), hasRun: true }
}

async function run(line: CommandLine, version: string): Promise<number> {
  const { readSettings } = await import('./settings/settings.js')
  const settings = readSettings(line, version)
  const { curlCommands: commands, printsCommands: isDry } = settings
  const curlCommand = isDry ? await import('./requests/curl-command.js') : undefined
  const pasted = commands.length > 0 ? await import('./requests/pasted-curl.js') : undefined
  const rules = {
    trusts: settings.trustsInput,
    warn: warner({ showErrors: !settings.silent }),
  }
  const first = [
    ...commands.flatMap((command) => pasted?.fromCurl(command, rules) ?? []),
    ...line.urls.map((url) => ({ url, where: 'the command line' })),
  ]
  if (first.length === 0 && settings.inputs.length === 0 && settings.sitemaps.length === 0) {
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
async function informationOf(line: CommandLine, version: string): Promise<string | undefined> {
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
