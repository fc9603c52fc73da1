/** The text of `--help`: options by group, for the width of a terminal. Does not apply the options. */
import { FLAGS, type Flag } from './flags.js'
import { QUEUE_COMMANDS, type QueueCommand } from './flags/queue-flags.js'

const INDENT = 30
const NARROWEST = 60
const WIDEST = 100

/** Returns the width of the help text: the terminal's width within limits; 80 without a terminal. */
export function helpWidth(columns: number | undefined): number {
  return Math.min(WIDEST, Math.max(NARROWEST, columns ?? 80))
}

/** Returns the help text of the command itself. */
export function helpText(width: number): string {
  const commands = [...QUEUE_COMMANDS].map(([name, { help }]) => `  parallelcurl ${name.padEnd(10)}${help}\n`)
  return `Usage: parallelcurl [options] [url...]

Fetches any number of URLs in parallel through libcurl.

${optionsText(FLAGS, width)}
curl's own command line (--help lists what it has beside curl's options):
  parallelcurl curl      what curl does, with curl's options and their meanings

More than one machine (each with --help of its own):
${commands.join('')}
${NOTES.map((note) => `${wrapped(note, width).join('\n')}\n`).join('\n')}`
}

const NOTES = [
  'Templates of -o: {n} number, {id}, {host}, {port}, {scheme}, {path}, {name} last part of the path, {ext}, {query}, {sha1} of the URL, {status}, {column} of CSV.',
  'Lines of JSON: {"url": ..., "id": ..., "method": ..., "headers": {...}, "data": ..., "json": ..., "output": ...}, and any option of a request by its long name; libcurl\'s in capitals: "TCP_KEEPALIVE": 1.',
  'Exit codes: 0 all went well, 1 something failed, 2 wrong usage, 130 interrupted.',
]

/** Returns the help text of a queue command. */
export function queueHelpText(name: string, { usage, help, flags }: QueueCommand, width: number): string {
  return `Usage: parallelcurl ${name} ${usage}

${help.slice(0, 1).toUpperCase()}${help.slice(1)}.

${optionsText(flags, width)}`
}

/** Returns all groups of options, in the order of the table. */
export function optionsText(flags: readonly Flag[], width: number): string {
  const groups = [...new Set(flags.map(({ group }) => group))]
  return groups
    .map((group) => {
      const lines = flags.filter((flag) => flag.group === group).map((flag) => optionText(flag, width))
      return `${group}:\n${lines.join('')}`
    })
    .join('\n')
}

function optionText({ long, short, value, help }: Flag, width: number): string {
  const term = `  ${short === undefined ? '   ' : `-${short},`} --${long}${value === undefined ? '' : ` ${value}`}`
  const [first = '', ...rest] = wrapped(help, width - INDENT)
  const indent = ' '.repeat(INDENT)
  const head = term.length < INDENT - 1 ? `${term.padEnd(INDENT)}${first}` : `${term}\n${indent}${first}`
  return [head, ...rest.map((line) => indent + line)].map((line) => `${line}\n`).join('')
}

/** Breaks a text into lines of at most `width` characters. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
