/** Scripts that make a shell complete the command's options. Does not install them. */
import { FLAGS, type Flag } from './flags.js'
import { UsageError } from '../errors/errors.js'
import { QUEUE_COMMANDS } from './flags/queue-flags.js'

const COMMANDS = ['curl', ...QUEUE_COMMANDS.keys()].join(' ')
/** The options of all commands. The script does not check which of them belong to which command. */
const ALL: readonly Flag[] = [
  ...new Map(
    [...FLAGS, ...[...QUEUE_COMMANDS.values()].flatMap(({ flags }) => flags)].map((flag) => [
      flag.long,
      flag,
    ]),
  ).values(),
]
const takesFile = ({ complete }: Flag): boolean => complete === 'file'
const takesFolder = ({ complete }: Flag): boolean => complete === 'dir'
const words = (flag: Flag): readonly string[] =>
  Array.isArray(flag.complete) ? (flag.complete as string[]) : []
const spellings = ({ short, long }: Flag): string[] =>
  short === undefined ? [`--${long}`] : [`--${long}`, `-${short}`]
const cases = (flags: readonly Flag[]): string => flags.flatMap(spellings).join('|')

/** Returns the completion script for a shell. */
export function completion(shell: string): string {
  switch (shell) {
    case 'bash':
      return bash()
    case 'zsh':
      return zsh()
    case 'fish':
      return fish()
    default:
      throw new UsageError(`--completion is one of bash, zsh, fish; got "${shell}"`)
  }
}

function bash(): string {
  const listed = ALL.filter((flag) => words(flag).length > 0)
  const others = ALL.filter((flag) => flag.value !== undefined && flag.complete === undefined)
  return `# bash completion of parallelcurl: eval "$(parallelcurl --completion bash)"
_parallelcurl() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $previous in
    ${cases(ALL.filter(takesFile))}) COMPREPLY=($(compgen -f -- "$current")); return ;;
    ${cases(ALL.filter(takesFolder))}) COMPREPLY=($(compgen -d -- "$current")); return ;;
${listed.map((flag) => `    ${cases([flag])}) COMPREPLY=($(compgen -W "${words(flag).join(' ')}" -- "$current")); return ;;`).join('\n')}
    ${cases(others)}) return ;;
  esac
  if ((COMP_CWORD == 1)) && [[ $current != -* ]]; then COMPREPLY=($(compgen -W "${COMMANDS}" -- "$current")); fi
  [[ $current == -* ]] && COMPREPLY=($(compgen -W "${ALL.flatMap(spellings).join(' ')}" -- "$current"))
}
complete -o filenames -F _parallelcurl parallelcurl
`
}

function zsh(): string {
  const quoted = (text: string): string => text.replace(/'/g, "'\\''").replace(/[[\]:]/g, '\\$&')
  const lines = ALL.flatMap((flag) =>
    spellings(flag).map((spelling) => {
      const values = words(flag)
      const action = takesFile(flag)
        ? '_files'
        : takesFolder(flag)
          ? '_files -/'
          : values.length > 0
            ? `(${values.join(' ')})`
            : ' '
      return `  '*${spelling}[${quoted(flag.help)}]${flag.value === undefined ? '' : `:${quoted(flag.value)}:${action}`}'`
    }),
  )
  return `#compdef parallelcurl
# zsh completion of parallelcurl: eval "$(parallelcurl --completion zsh)"
_parallelcurl() {
  _arguments -s \\
${lines.join(' \\\n')} \\
  '1: :_alternative "commands:command:(${COMMANDS})" "urls:URL:_urls"' \\
  '*:URL:_urls'
}
compdef _parallelcurl parallelcurl
`
}

function fish(): string {
  const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`
  const commands = `complete -c parallelcurl -n __fish_use_subcommand -a ${quoted(COMMANDS)}\n`
  const options = ALL.map((flag) =>
    [
      'complete -c parallelcurl',
      flag.short === undefined ? '' : `-s ${quoted(flag.short)}`,
      `-l ${quoted(flag.long)}`,
      // An option with a value completes file names, or nothing.
      flag.value === undefined ? '' : takesFile(flag) ? '-r -F' : '-x',
      takesFolder(flag) ? "-a '(__fish_complete_directories)'" : '',
      words(flag).length > 0 ? `-a ${quoted(words(flag).join(' '))}` : '',
      `-d ${quoted(flag.help)}`,
    ]
      .filter(Boolean)
      .join(' ')
      .concat('\n'),
  ).join('')
  return commands + options
}
