/**
 * `--from-curl`: converts pasted curl commands to requests. Does not run anything, and accesses nothing local
 * unless the command is trusted.
 */
import { readFileSync } from 'node:fs'
import { textOrBytes } from '../curl/arguments/values/files.js'
import { fileTime } from '../files/read-input.js'
import { installedBuild } from '../curl/arguments/installed-build.js'
import { reachesLocal } from '../curl/arguments/local-reach.js'
import { parsePasted } from '../curl/arguments/parse.js'
import type { OptionName } from '../curl/arguments/parsing.js'
import { CurlError } from '../curl/invocation.js'
import type { CurlContext, ExpandedTarget, Invocation, Operation, TransferPlan } from '../curl/invocation.js'
import { expandTargets } from '../curl/request/expand-targets.js'
import { planTransfer } from '../curl/request/plan-transfer.js'
import { commandsIn } from '../curl/shell/pasted-commands.js'
import { messageOf, UsageError } from '../errors/errors.js'
import type { OperationSettings } from '../curl/operation-settings.js'
import type { Input, PastedOption, PastedRequest } from '../input/input-line.js'

/** Rules for reading pasted commands. */
export interface PasteRules {
  /** True with `--trust-input`: the command may read and write files. */
  readonly trusts: boolean
  /** Called with each warning that curl would print. */
  warn(text: string): void
}

/** The most requests of one text. More are taken for a mistake, because all would be in memory at once. */
const MOST_REQUESTS = 100_000
/** The curl options about output and about the run, which this command's own options decide. */
const OF_THE_RUN = new Set(
  `config create-dirs disable etag-compare etag-save globoff next out-null output output-dir parallel
   parallel-immediate parallel-max parallel-max-host progress-bar progress-meter rate remote-name remote-name-all
   retry retry-all-errors retry-connrefused retry-delay retry-max-time show-error silent styled-output trace
   trace-ascii trace-config trace-ids trace-time url url-query variable verbose write-out include show-headers buffer
   fail-early stderr dump-header`.split(/\s+/),
)
/** They name a file that would not be written. */
const OWN_FILES = new Set(['dump-header', 'etag-save', 'stderr', 'trace', 'trace-ascii'])
/**
 * They say where files go, or whether they are written: without a word the user would look for them there.
 */
const ABOUT_FILES = new Set(['create-dirs', 'output-dir', 'skip-existing'])
const ABOUT_FILES_IN_CURL = new Set(['remote-time', 'remove-on-error'])
const MAY_HOLD_BYTES = /^(data|form|json|url-query)/

/** Returns the requests of all commands in a text. @throws UsageError if a command is invalid */
export function fromCurl(text: string, rules: PasteRules): Input[] {
  const inputs: Input[] = []
  for (const words of commandsIn(text)) {
    try {
      for (const input of requestsOf(words, rules)) {
        if (inputs.push(input) > MOST_REQUESTS)
          throw new UsageError(`--from-curl: there are more than ${MOST_REQUESTS} URLs in it`)
      }
    } catch (error) {
      throw error instanceof CurlError ? explained(error) : error
    }
  }
  return inputs
}

function explained({ lines }: CurlError): UsageError {
  const said = lines.filter((line) => !line.startsWith("curl: try 'curl")).join('\n')
  return new UsageError(`--from-curl: ${said === '' ? 'curl would end here' : said.replace(/^curl: /gm, '')}`)
}

function* requestsOf(words: readonly string[], rules: PasteRules): Generator<Input> {
  const given = new Map<Operation, PastedOption[]>()
  const context = contextOf(rules)
  const invocation = parsePasted(words, context, (operation, option, value, isOn) => {
    check(option, value, isOn, rules)
    const list = given.get(operation) ?? []
    given.set(operation, list)
    if (!OF_THE_RUN.has(option.long)) list.push({ ...option, value, isOn })
  })
  refuseInformation(invocation)
  for (const operation of invocation.operations) {
    const options = given.get(operation) ?? []
    const make = new InputMaker(operation, options)
    for (const expanded of expandTargets(operation, invocation.global, context)) {
      yield make.inputOf(expanded, planTransfer(operation, expanded, invocation.global, context))
    }
  }
}

function contextOf(rules: PasteRules): CurlContext {
  return {
    build: installedBuild(),
    // Empty: the library itself finds certificates named in the environment, and variables are refused
    // before.
    env: {},
    readFile: (path) => readFileSync(path),
    readStdin: () => readFileSync(0),
    fileTime,
    say(kind, text) {
      // curl's error message names the file; its exit code follows.
      if (kind === 'error') throw new UsageError(`--from-curl: ${text}`)
      rules.warn(`--from-curl: ${text}`)
    },
    redirectMessages: () => undefined,
  }
}

function refuseInformation({ information }: Invocation): void {
  if (information !== undefined)
    throw new UsageError(`--from-curl: it asks for ${information.kind}, and makes no request`)
}

function check(option: OptionName, value: string | null, isOn: boolean, rules: PasteRules): void {
  const { long } = option
  const { trusts } = rules
  if (long === 'cookie-jar')
    throw new UsageError('--from-curl: -c applies to the whole run: give it to parallelcurl itself')
  if (long === 'libcurl')
    throw new UsageError('--from-curl: --libcurl applies to the whole run: give it to parallelcurl curl')
  if (isOn && !trusts && reachesLocal(option, value))
    throw new UsageError(
      `--from-curl: --${long} ${value === null ? '' : `${value.slice(0, 60)} `}reaches files or secrets of this machine: a pasted command may not, but with --trust-input`,
    )
  if (OWN_FILES.has(long) && reachesLocal(option, value))
    throw new UsageError(
      `--from-curl: the file of --${long} is not written: parallelcurl curl can do that, or leave the option out`,
    )
  if (trusts) warnOfFiles(long, isOn, rules)
  if (value !== null && /[\udc80-\udcff]/u.test(value) && !MAY_HOLD_BYTES.test(long))
    throw new UsageError(
      `--from-curl: --${long} holds bytes that are not UTF-8, which Node.js cannot hand on`,
    )
}

/** Only a trusted command names files. */
function warnOfFiles(long: string, isOn: boolean, rules: PasteRules): void {
  const isOurs = ABOUT_FILES.has(long) ? isOn : long === 'clobber' && !isOn
  const name = long === 'clobber' ? 'no-clobber' : long
  if (isOurs) rules.warn(`--from-curl: --${name} in it has no effect: give it to parallelcurl itself`)
  else if (isOn && ABOUT_FILES_IN_CURL.has(long))
    rules.warn(`--from-curl: --${name} in it has no effect: only parallelcurl curl does that`)
}

/** Makes the requests of one operation. Equal requests share their settings. */
class InputMaker {
  private last: { plan: TransferPlan; pasted: PastedRequest } | undefined

  constructor(
    private readonly operation: Operation,
    private readonly given: readonly PastedOption[],
  ) {}

  inputOf({ output, target }: ExpandedTarget, plan: TransferPlan): Input {
    if (target.remoteName) throw new UsageError('--from-curl: -O names files: give it to parallelcurl itself')
    const file = target.discard ? '/dev/null' : output
    return {
      url: plan.url,
      where: '--from-curl',
      pasted: this.pastedOf(plan),
      ...(file !== undefined && file !== '-' && { output: file }),
    }
  }

  private pastedOf(plan: TransferPlan): PastedRequest {
    const { last } = this
    const isSame = last?.plan.options === plan.options && last.plan.body.kind === plan.body.kind
    if (last !== undefined && isSame && plan.body.kind !== 'upload') return last.pasted
    const { settings } = this.operation
    const pasted: PastedRequest = {
      options: optionsOf(settings, plan),
      hasOwnAgent: settings.userAgent !== undefined,
      failsByStatus: settings.fail === 'withBody',
      given: this.given,
    }
    this.last = { plan, pasted }
    return pasted
  }
}

function optionsOf(
  settings: OperationSettings,
  { options: planned, body }: TransferPlan,
): Record<string, unknown> {
  const options: Record<string, unknown> = { ...planned }
  // The library has better buffer sizes and its own default protocols; -w belongs to the run.
  delete options['BUFFERSIZE']
  delete options['CERTINFO']
  if (settings.proto === undefined) delete options['PROTOCOLS_STR']
  switch (body.kind) {
    case 'data':
      options['POSTFIELDS'] = textOrBytes(body.bytes)
      break
    case 'form':
      options['POSTFIELDS'] = Buffer.concat(
        body.segments.map((segment) => ('path' in segment ? readPart(segment.path) : segment)),
      )
      options['HTTPHEADER'] = [
        ...settings.header.filter((line) => !/^content-type:/i.test(line)),
        `Content-Type: ${body.contentType}`,
      ]
      break
    case 'upload':
      options['upload'] = body.path === '-' || body.path === '.' ? process.stdin : body.path
      break
    default:
  }
  return options
}

function readPart(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UsageError(`--from-curl: ${messageOf(error)}`)
  }
}
