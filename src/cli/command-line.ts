/**
 * From words to options in the order in which they were given. Does not know what they mean.
 */
import { Command, CommanderError, Option } from 'commander'
import { readConfig } from './config-file.js'
import { FLAGS, flagNamed, type Flag, type Given } from './flags.js'
import { UsageError } from './mistakes.js'

/** What was asked for. */
export interface CommandLine {
  readonly given: readonly Given[]
  readonly urls: readonly string[]
}

/** A commander command that has these flags, and tells each one that it meets. */
export function makeCommand(flags: readonly Flag[], name: string): Command {
  const command = new Command(name)
    .usage('[options] [url...]')
    .description('Fetches any number of URLs in parallel through libcurl.')
    .argument('[url...]')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, outputError: () => undefined })
    .helpOption(false)
    .showSuggestionAfterError()
  for (const { long, short, value, help, group } of flags) {
    const spelling = `${short === undefined ? '' : `-${short}, `}--${long}${value === undefined ? '' : ` <${value}>`}`
    const option = new Option(spelling, help)
    option.helpGroup(`${group}:`)
    command.addOption(option)
  }
  return command
}

/** Reads words. What is wrong with them: `UsageError`, with the nearest name where one is unknown. */
export function parseWords(words: readonly string[], flags: readonly Flag[], name: string): CommandLine {
  const command = makeCommand(flags, name)
  const given: Given[] = []
  for (const { long } of flags) {
    command.on(`option:${long}`, (value: unknown) => {
      given.push([long, typeof value === 'string' ? value : null])
    })
  }
  try {
    command.parse([...words], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    throw new UsageError(error.message.replace(/^error: /, '').replace(/\n\((.*)\)$/, ' ($1)'))
  }
  const urls = [...given.filter(([long]) => long === 'url').map(([, value]) => value ?? ''), ...command.args]
  return { given, urls }
}

/** The command's own line: options of `-K` files come before it, so that it stands over them. */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const line = parseWords(words, FLAGS, 'parallelcurl')
  const files = line.given.flatMap(([long, value]) => (long === 'config' && value !== null ? [value] : []))
  if (files.length === 0) return line
  const configs = files.map((file) => parseWords(readConfig(file), FLAGS, 'parallelcurl'))
  if (configs.some(({ given }) => given.some(([long]) => long === 'config'))) {
    throw new UsageError('--config: a config file cannot name another one')
  }
  const all = [...configs, line]
  return { given: all.flatMap(({ given }) => given), urls: all.flatMap(({ urls }) => urls) }
}

/** Of options that count once, the last one; undefined where it was not given. */
export function lastOf({ given }: CommandLine, long: string): string | undefined {
  return given.findLast(([name]) => name === long)?.[1] ?? undefined
}

/** Whether an option was given. */
export function has({ given }: CommandLine, long: string): boolean {
  return given.some(([name]) => name === long)
}

/** All values of an option. */
export function allOf({ given }: CommandLine, long: string): string[] {
  return given.flatMap(([name, value]) => (name === long && value !== null ? [value] : []))
}

/** Those that are of a request. */
export function ofRequest({ given }: CommandLine): Given[] {
  return given.filter(([long]) => flagNamed(long)?.ofRequest === true)
}

/** `--help`. */
export function helpText(): string {
  const text = makeCommand(FLAGS, 'parallelcurl').helpInformation()
  return `${text}
Exit codes: 0 all went well, 1 something failed, 2 wrong usage, 130 interrupted.

Templates of -o: {n} number, {id}, {host}, {path}, {name} last part of the path, {ext}, {sha1} of the URL, {status}, {column} of CSV.
Lines of JSON: {"url": ..., "id": ..., "method": ..., "headers": {...}, "data": ..., "json": ..., "output": ..., and any option of a
request by its long name; libcurl's in capitals: "TCP_KEEPALIVE": 1}.
`
}
