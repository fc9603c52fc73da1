/**
 * Parses words of a command line into options, in the order in which they were given. Does not interpret
 * them.
 */
import { Command, CommanderError, Option } from 'commander'
import { readConfig } from './config-file.js'
import { FLAGS, flagNamed, type Flag, type Given } from './flags.js'
import { isCookieFile } from './flags/request-parts.js'
import { UsageError } from '../errors/errors.js'

/** The parsed command line. */
export interface CommandLine {
  readonly given: readonly Given[]
  readonly urls: readonly string[]
}

/** Returns a commander command with these flags. */
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

/** Parses words. Throws `UsageError` if they are wrong; for an unknown option, with the nearest name. */
export function parseWords(words: readonly string[], flags: readonly Flag[], name: string): CommandLine {
  try {
    return parseWith(flags.filter(mayBeIn(words)), words, name)
  } catch {
    // The message names the nearest of all flags.
  }
  try {
    return parseWith(flags, words, name)
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (/^error: unknown option '(--next|-:)'/.test(error.message)) {
      throw new UsageError(
        '--next works only inside --from-curl; here, requests with their own options are JSON lines (-i)',
      )
    }
    const unknown = /^error: unknown option '--([a-z-]+)'/.exec(error.message)?.[1]
    // commander suggests names that differ by letters only: "depth" means "crawl-depth".
    const meant = flags.find(({ long }) => unknown !== undefined && long.endsWith(`-${unknown}`))
    if (meant !== undefined)
      throw new UsageError(`unknown option '--${String(unknown)}' (Did you mean --${meant.long}?)`)
    throw new UsageError(error.message.replace(/^error: /, '').replace(/\n\((.*)\)$/, ' ($1)'))
  }
}

/**
 * Returns what chooses the flags that words can mean. commander compares each flag with all before it, which
 * takes a twentieth of a start for all of them. With a digit among them it takes no negative number for a
 * URL.
 */
function mayBeIn(words: readonly string[]): (flag: Flag) => boolean {
  const letters = words.filter((word) => /^-[^-]/.test(word)).join('')
  // There can be many URLs.
  const names = words.filter((word) => word.startsWith('--'))
  return ({ long, short }) =>
    (short !== undefined && (/\d/.test(short) || letters.includes(short))) ||
    names.some((word) => word.startsWith(`--${long}`))
}

/** @throws CommanderError */
function parseWith(flags: readonly Flag[], words: readonly string[], name: string): CommandLine {
  const command = makeCommand(flags, name)
  const given: Given[] = []
  for (const { long } of flags) {
    command.on(`option:${long}`, (value: unknown) => {
      given.push([long, typeof value === 'string' ? value : null])
    })
  }
  command.parse([...words], { from: 'user' })
  const urls = [...given.filter(([long]) => long === 'url').map(([, value]) => value ?? ''), ...command.args]
  return { given, urls }
}

/** Parses the command line itself. Options of `-K` files come first, so that the command line wins. */
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

/** Returns the last value of an option that counts once; undefined if it was not given. */
export function lastOf({ given }: CommandLine, long: string): string | undefined {
  return given.findLast(([name]) => name === long)?.[1] ?? undefined
}

/** True if the option was given. */
export function has({ given }: CommandLine, long: string): boolean {
  return given.some(([name]) => name === long)
}

/** Returns all values of an option. */
export function allOf({ given }: CommandLine, long: string): string[] {
  return given.flatMap(([name, value]) => (name === long && value !== null ? [value] : []))
}

/**
 * Returns the options that belong to requests. Cookie files are left out, because all requests share their
 * cookies.
 */
export function ofRequest({ given }: CommandLine): Given[] {
  return given.filter(([long, value]) => {
    const isCookies = long === 'cookie' && value !== null && isCookieFile(value)
    return flagNamed(long)?.ofRequest === true && !isCookies
  })
}

/**
 * Returns the options that a curl command can have, and those that it cannot have but that change what is
 * sent.
 */
export function ofCurl({ given }: CommandLine): Given[] {
  return given.filter(([long]) => {
    const flag = flagNamed(long)
    return flag !== undefined && (flag.inCurl || flag.ofRequest || flag.changesRequests === true)
  })
}
