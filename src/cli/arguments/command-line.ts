/**
 * From words to options in the order in which they were given. Does not know what they mean.
 */
import { Command, CommanderError, Option } from 'commander'
import { readConfig } from './config-file.js'
import { FLAGS, flagNamed, type Flag, type Given } from './flags.js'
import { UsageError } from '../errors/errors.js'

/** What was asked for. */
export interface CommandLine {
  readonly given: readonly Given[]
  readonly urls: readonly string[]
}

/** A commander command that has these flags. */
function makeCommand(flags: readonly Flag[], name: string): Command {
  const command = new Command(name)
    .argument('[url...]')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, outputError: () => undefined })
    .helpOption(false)
    .showSuggestionAfterError()
  for (const { long, short, value } of flags) {
    const spelling = `${short === undefined ? '' : `-${short}, `}--${long}${value === undefined ? '' : ` <${value}>`}`
    command.addOption(new Option(spelling))
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
    if (/^error: unknown option '(--next|-:)'/.test(error.message)) {
      throw new UsageError(
        '--next is of curl commands (--from-curl); requests with options of their own are JSON lines here (-i)',
      )
    }
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

/** {@link lastOf} of an option that takes one of a few words. */
export function oneOf<T extends string>(
  line: CommandLine,
  long: string,
  values: readonly T[],
): T | undefined {
  const value = lastOf(line, long)
  const found = values.find((one) => one === value)
  if (value === undefined || found !== undefined) return found
  throw new UsageError(`--${long} is one of ${values.join(', ')}; got "${value}"`)
}

/** Whether an option was given. */
export function has({ given }: CommandLine, long: string): boolean {
  return given.some(([name]) => name === long)
}

/** All values of an option. */
export function allOf({ given }: CommandLine, long: string): string[] {
  return given.flatMap(([name, value]) => (name === long && value !== null ? [value] : []))
}

/** Those that are of a request. Files of cookies are not: all requests share what is in them. */
export function ofRequest({ given }: CommandLine): Given[] {
  return given.filter((one) => flagNamed(one[0])?.ofRequest === true && !isCookieFile(one))
}

/** Those that a curl command would have, and those that it cannot have, but that change what is sent. */
export function ofCurl({ given }: CommandLine): Given[] {
  return given.filter(([long]) => {
    const flag = flagNamed(long)
    return flag?.inCurl === true || flag?.ofRequest === true || long === 'proxies' || long === 'sessions'
  })
}

/** Whether `-b` names a file. Source: curl(1). */
export function isCookieFile([long, value]: Given): boolean {
  return long === 'cookie' && value !== null && !value.includes('=')
}
