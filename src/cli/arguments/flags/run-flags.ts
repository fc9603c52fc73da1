/**
 * The options of a run: input, limits, retries, output, journal, reports. Does not contain those of requests,
 * nor who the run appears to be.
 */
import { MAX_SEGMENTS } from '../../../bodies/segments/segment-plan.js'
import { UsageError } from '../../errors/errors.js'
import { bytes, milliseconds, rate, wholeNumber } from '../values.js'
import { runFlags, type Effect, type Flag } from './flag.js'
import { on, oneOf, parsed, text } from './run-effects.js'
import { BODY_FORMS, INPUT_FORMATS, type RunDraft } from './run-draft.js'

const FILE = { complete: 'file' } as const
const SHELLS = ['bash', 'zsh', 'fish'] as const
const ENQUEUE = { queueCommand: 'enqueue' } as const
const WORK = { queueCommand: 'work' } as const

const atLeast1 = (value: string, long: string): number => wholeNumber(value, long, 1)

/** Parses an interval, which is more than 0. Returns milliseconds. */
function interval(value: string, long: string): number {
  const ms = milliseconds(value, long)
  if (ms === 0) throw new UsageError(`--${long}: an interval must be more than 0 seconds`)
  return ms
}

function positiveBytes(value: string, long: string): number {
  const size = bytes(value, long)
  if (size === 0) throw new UsageError(`--${long}: a folder of 0 bytes has no room: leave --cache out`)
  return size
}

function continueFiles(run: RunDraft, value: string): void {
  if (value !== '-') throw new UsageError('-C takes only - here: the position is found automatically')
  run.resumeFiles = true
  run.options.resume = true
}

function segments({ options }: RunDraft, value: string, long: string): void {
  options.segments = wholeNumber(value, long, 1, MAX_SEGMENTS)
}

const none: Effect<RunDraft> = () => undefined

const input = runFlags('What to fetch', false, [
  [
    '-i, --input FILE',
    'URLs from a file, - for stdin: lines, CSV or JSON lines; read as it is needed',
    ({ inputs }, value) => void inputs.push(value),
    { ...FILE, ...ENQUEUE, isRepeatable: true },
  ],
  [
    '--input-format FORMAT',
    'lines, csv or jsonl; default: by the name of the file, else by each line',
    parsed('inputFormat', oneOf(INPUT_FORMATS)),
    { ...ENQUEUE, complete: INPUT_FORMATS },
  ],
  ['--url-column NAME', 'CSV: the column with the URL; default: url', text('urlColumn'), ENQUEUE],
  [
    '--strict',
    'end the run at a bad line of input; without, it is reported and counts as a failure',
    on('strict'),
    ENQUEUE,
  ],
  [
    '--trust-input',
    'allow lines of input to read local files and to open other protocols',
    on('trustsInput'),
  ],
  // The parser handles this option: its value is the same as a word without an option.
  ['--url URL', 'a URL, as in curl', null, { ...ENQUEUE, isRepeatable: true }],
  // The parser handles this option: the words of the file go before those of the command line.
  [
    '-K, --config FILE',
    "options from a file in the format of curl's, - for stdin",
    null,
    { ...FILE, isRepeatable: true },
  ],
  [
    '--from-curl COMMAND',
    'requests of a curl command, as browsers copy it; may be repeated',
    ({ curlCommands }, value) => void curlCommands.push(value),
    { isRepeatable: true },
  ],
  ['--to-curl', 'print the curl command of each request, and fetch nothing', on('printsCommands')],
  ['--dry-run', 'the same as --to-curl', on('printsCommands')],
])

const parallel = runFlags('In parallel', false, [
  ['-Z, --parallel', 'accepted, because curl has it: this command always works in parallel', none, WORK],
  [
    '--parallel-max COUNT',
    'transfers at once; default: 50, as in curl; 0: no limit',
    parsed('maxRequests', wholeNumber),
    WORK,
  ],
  [
    '--parallel-max-host COUNT',
    'transfers at once to one host',
    ({ options }, value, long) => (options.maxRequestsPerHost = atLeast1(value, long)),
    WORK,
  ],
  [
    '--rate RATE',
    'starts, retries included: 2/s, 5/15s, 100/h',
    ({ options }, value, long) => (options.rateLimit = rate(value, long)),
    WORK,
  ],
  [
    '--rate-host RATE',
    'the same for each host',
    ({ options }, value, long) => (options.rateLimitPerHost = rate(value, long)),
    WORK,
  ],
  [
    '--delay-host SECONDS',
    'between two starts to one host',
    ({ options }, value, long) => (options.minDelayPerHostMs = milliseconds(value, long)),
    WORK,
  ],
  [
    '--adaptive',
    'adapt the number of transfers to a host to its load',
    ({ options }) => (options.adaptive = true),
    WORK,
  ],
  [
    '--rate-limit-headers',
    'obey RateLimit, X-RateLimit-* and Retry-After of responses',
    ({ options }) => (options.rateLimitHeaders = true),
    WORK,
  ],
  [
    '--dedupe',
    'share one transfer among equal GETs at the same time',
    ({ options }) => (options.dedupe = true),
    WORK,
  ],
  [
    '--buffer BYTES',
    'start nothing while more than this is in memory; default: 256M',
    ({ options }, value, long) => (options.maxBufferedBytes = bytes(value, long)),
    WORK,
  ],
])

const retries = runFlags('Retries', true, [
  [
    '--retry COUNT',
    'how often to repeat a failed attempt, if that may help',
    parsed('retries', wholeNumber),
    WORK,
  ],
  [
    '--retry-delay SECONDS',
    'between attempts; default: 1, doubled each time, at random up to it',
    parsed('retryDelayMs', milliseconds),
    WORK,
  ],
  [
    '--retry-max-time SECONDS',
    'for all attempts of one request, waiting included',
    ({ options }, value, long) => (options.totalTimeoutMs = milliseconds(value, long)),
    WORK,
  ],
  ['--retry-connrefused', 'accepted, because curl has it: --retry includes refused connections', none, WORK],
  ['--retry-all-errors', 'repeat whatever failed, also a status of 400 and above', on('retriesAll'), WORK],
])

const retryMethods = runFlags('Retries', false, [
  [
    '--retry-methods LIST',
    'methods that may be sent again; default: GET,HEAD,PUT,DELETE,OPTIONS,TRACE',
    parsed('retryMethods', (value) => value.toUpperCase().split(',')),
    WORK,
  ],
])

const names = runFlags('Output', false, [
  [
    '-o, --output FILE',
    'write to this file; a template for many, such as {host}/{n}-{sha1}.html',
    ({ templates }, value) => void templates.push(value),
    { ...FILE, isRepeatable: true },
  ],
  ['-O, --remote-name', 'write to a file named like the last part of the URL', on('remoteName')],
  [
    '--no-clobber',
    'if the file exists, write to NAME.1, NAME.2, ... instead',
    (run) => (run.ifThere = 'number'),
  ],
  ['--segments COUNT', 'fetch each file by up to so many ranges of it at a time', segments],
  ['--skip-existing', 'do not fetch what has its file already', (run) => (run.ifThere = 'skip')],
])

const output = runFlags('Output', true, [
  [
    '--output-dir DIR',
    'the folder for files; names in lines and URLs never lead out of it',
    text('outputDir'),
    { complete: 'dir' },
  ],
  ['--create-dirs', 'create missing folders; those of a template always are', on('createDirs')],
  [
    '-C, --continue-at -',
    'keep files that are cut as NAME.part, and continue those of an earlier run',
    continueFiles,
  ],
  [
    '-w, --write-out FORMAT',
    "print this after each transfer, with curl's variables; @FILE reads it",
    text('writeOut'),
  ],
  ['-s, --silent', 'print nothing on stderr', on('silent')],
  ['-S, --show-error', 'with -s: print failures all the same', on('showError')],
  [
    '-v, --verbose',
    'print what went over the wire on stderr, in one piece for each transfer, without credentials',
    on('verbose'),
  ],
])

const lines = runFlags('Output', false, [
  ['--jsonl', 'print one JSON line for each transfer', on('jsonl')],
  ['--with-headers', 'with --jsonl: add the response headers', on('withHeaders'), { goesWith: 'jsonl' }],
  [
    '--body FORM',
    'with --jsonl: add the body, as text, base64, or auto (text if it is UTF-8)',
    parsed('body', oneOf(BODY_FORMS)),
    { complete: BODY_FORMS, goesWith: 'jsonl' },
  ],
  ['--include', 'print the headers before each body (-i is --input here)', on('include')],
  ['--ordered', 'print in the order of the input, not of completion', on('ordered')],
  ['--fail-early', 'stop at the first failure', on('failEarly')],
  [
    '--progress-interval SECONDS',
    'between lines of progress where stderr is no terminal; default: 5',
    parsed('progressIntervalMs', interval),
  ],
])

const longRuns = runFlags('Long runs', false, [
  ['--journal FILE', 'write down what is done, so that the run can be resumed', text('journal'), FILE],
  [
    '--resume',
    'leave out requests that the journal lists as done or failed',
    on('resume'),
    { goesWith: 'journal' },
  ],
  ['--retry-failed', 'with --resume: repeat requests that failed', on('retryFailed'), { goesWith: 'resume' }],
  [
    '--grace SECONDS',
    'time for transfers in flight after a signal; default: 5, or 0 if no file and no journal is written',
    parsed('graceMs', milliseconds),
    WORK,
  ],
  [
    '--cache DIR',
    'keep responses in this folder, and use them while they are fresh, or the server says that they still are',
    text('cache'),
    { complete: 'dir' },
  ],
  [
    '--cache-max-size SIZE',
    'with --cache: keep the folder below it, such as 10G; what was used longest ago is removed',
    parsed('cacheMaxSize', positiveBytes),
    { goesWith: 'cache' },
  ],
  [
    '--offline',
    'with --cache: send nothing, and use what is there, however old',
    on('offline'),
    { goesWith: 'cache' },
  ],
  [
    '--journal-sync SECONDS',
    'how often the journal is forced onto the disk; default: 1',
    parsed('journalSyncMs', interval),
  ],
])

const reports = runFlags('Reports', false, [
  ['--har FILE', 'write the run as HTTP archive (HAR 1.2)', text('har'), FILE],
  ['--har-secrets', 'with --har: keep cookies and credentials', on('harSecrets'), { goesWith: 'har' }],
  ['--record FILE', 'record the run with all bodies as HTTP archive, for --replay', text('record'), FILE],
  ['--replay FILE', 'answer requests out of such an archive, and send nothing', text('replay'), FILE],
  ['--report FILE', 'write the run as a page with a waterfall', text('report'), FILE],
])

// The command answers them before anything else is read.
const other = runFlags('Other', false, [
  [
    '--completion SHELL',
    'print a script that makes bash, zsh or fish complete these options',
    null,
    { complete: SHELLS },
  ],
  ['-h, --help', 'print this help', null],
  ['-V, --version', 'print versions, and what this libcurl supports', null],
])

/** In the order of `--help`. */
export const INPUT_FLAGS: readonly Flag[] = input
/** In the order of `--help`. */
export const RUN_FLAGS: readonly Flag[] = [
  ...parallel,
  ...retries,
  ...retryMethods,
  ...names,
  ...output,
  ...lines,
  ...longRuns,
  ...reports,
  ...other,
]
