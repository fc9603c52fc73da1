/**
 * Generates docs/command-options.md, docs/run-options.md and docs/queue-options.md: every option of the command and of the queue
 * commands, from the tables that parse them. Does not write the files.
 */
import { FLAGS, type Flag } from '../../src/cli/arguments/flags.js'
import { QUEUE_COMMANDS, type QueueCommand } from '../../src/cli/arguments/flags/queue-flags.js'

const HEAD = '| Option | What it does |\n| --- | --- |\n'

/** Returns the spelling of an option as in `--help`: `-X, --request METHOD`. */
const spelled = ({ long, short, value }: Flag): string =>
  `${short === undefined ? '' : `-${short}, `}--${long}${value === undefined ? '' : ` ${value}`}`

const cell = (text: string): string => text.replace(/</g, '&lt;').replace(/\|/g, '\\|')
const row = (flag: Flag): string => `| \`${spelled(flag)}\` | ${cell(flag.help)} |\n`

/** Returns the options by group, in the order of the groups' first options. */
function grouped(flags: readonly Flag[]): string {
  return [...new Set(flags.map(({ group }) => group))]
    .map(
      (name) =>
        `## ${name}\n\n${HEAD}${flags
          .filter(({ group }) => group === name)
          .map(row)
          .join('')}`,
    )
    .join('\n')
}

const known = new Set(FLAGS)

/** Returns the options that only queue commands have, each once, with the commands that take it. */
function ofQueues(commands: ReadonlyMap<string, QueueCommand>): string {
  const takers = new Map<Flag, string[]>()
  for (const [name, { flags }] of commands)
    for (const flag of flags) if (!known.has(flag)) takers.set(flag, [...(takers.get(flag) ?? []), name])
  const rows = [...takers].map(([flag, names]) => {
    const all = names.length === commands.size
    return `| \`${spelled(flag)}\` | ${all ? 'all' : names.map((name) => `\`${name}\``).join(', ')} | ${cell(flag.help)} |\n`
  })
  return `| Option | Command | What it does |\n| --- | --- | --- |\n${rows.join('')}`
}

/** Returns `a`, `b` and `c`. */
const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`

/** Returns a row with the options of other groups that a command takes: whole groups, then single options. */
function taken([name, { flags }]: [string, QueueCommand]): string {
  const here = new Set(flags.filter((flag) => known.has(flag) && flag.long !== 'help'))
  const groups = [...new Set(FLAGS.map(({ group }) => group))].filter((name) =>
    FLAGS.filter(({ group }) => group === name).every((flag) => here.has(flag)),
  )
  const others = [...here].filter(({ group }) => !groups.includes(group)).map(({ long }) => `\`--${long}\``)
  const all = [...groups.map((group) => `"${group}"`), ...others]
  return `| \`parallelcurl ${name}\` | ${all.length === 0 ? 'none' : listed(all)} |\n`
}

const CRAWLING = 'Crawling'
/** The groups with an option that a single request may have. */
const OF_REQUESTS = new Set(FLAGS.filter(({ ofRequest }) => ofRequest).map(({ group }) => group))

/** Returns the page of the command, with a line end at its end: what is sent. */
export function commandOptionsPage(): string {
  return `# Options of the command

\`npm run docs\` writes this page from the source. [The command](command.md) explains how options work together. These are about
what is sent; [those of a run](run-options.md) are about input, limits, output and files. [The commands of queues](queue-options.md)
and [crawls](crawl-options.md) have options of their own.

${grouped(FLAGS.filter(({ group }) => OF_REQUESTS.has(group)))}`
}

/** Returns the page of a run, with a line end at its end. */
export function runOptionsPage(): string {
  return `# Options of a run

\`npm run docs\` writes this page from the source. These options of [the command](command.md) are about a run as a whole; [the
others](command-options.md) are about what is sent.

${grouped(FLAGS.filter(({ group }) => !OF_REQUESTS.has(group) && group !== CRAWLING))}`
}

/** Returns the page of crawls, with a line end at its end. */
export function crawlOptionsPage(): string {
  return `# Options of crawls

\`npm run docs\` writes this page from the source. [Crawling](crawling.md#the-command) explains them. All
[options of the command](command-options.md) apply, too.

${grouped(FLAGS.filter(({ group }) => group === CRAWLING))}`
}

/** Returns the page of the queue commands, with a line end at its end. */
export function queueOptionsPage(): string {
  return `# Options of the commands of queues

\`npm run docs\` writes this page from the source. [Many machines](many-machines.md) explains the commands. They take
these options:

${ofQueues(QUEUE_COMMANDS)}
And these of the groups in [options of the command](command-options.md) and [of a run](run-options.md):

| Command | Groups and options |
| --- | --- |
${[...QUEUE_COMMANDS].map(taken).join('')}`
}
