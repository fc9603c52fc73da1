/**
 * Options that apply to the run, and those that steer the reading itself. Does not know those of requests.
 */
import { InformationWanted, NextOperation, type Parsing } from '../parsing.js'
import type { GlobalSettings, Trace } from '../../invocation.js'
import { rateOf } from '../values/grammars.js'
import { addVerbosity, configureTrace, warnOfComponents } from '../values/tracing.js'
import { setVariable } from '../values/variables.js'
import { file, flag, notBlank, number, once, text, type CurlOption } from './option.js'

type GlobalFlag = {
  [K in keyof GlobalSettings]: GlobalSettings[K] extends boolean ? K : never
}[keyof GlobalSettings]

const switches =
  (field: GlobalFlag & string) =>
  ({ global }: Parsing, value: boolean): void => {
    global[field] = value
  }

const traceTo =
  (kind: Trace['kind'], name: string, overridden: string) =>
  (parsing: Parsing, value: string): void => {
    const { trace } = parsing.global
    trace.file = notBlank(value)
    if (trace.kind !== 'none' && trace.kind !== kind)
      parsing.warn(`--${name} overrides an earlier ${overridden} option`)
    trace.kind = kind
  }

const asks =
  (kind: 'manual' | 'version') =>
  (_: Parsing, isOn: boolean): void => {
    if (isOn) throw new InformationWanted({ kind })
  }

/** The most that `--parallel-max` counts. */
const MOST_AT_ONCE = 65_535
const PARALLEL_DEFAULT = 50
const NOTHING = (): void => undefined

export const GLOBAL_OPTIONS: readonly CurlOption[] = [
  file('config', 'K', (parsing, value) => parsing.readConfig(value)),
  flag('disable', 'q', NOTHING),
  once('dump-ca-embed', '', () => {
    throw new InformationWanted({ kind: 'caEmbed' })
  }),
  flag('fail-early', '', switches('failEarly')),
  text('help', 'h', (_, value) => {
    throw new InformationWanted({ kind: 'help', topic: value })
  }),
  text('libcurl', '', ({ global }, value) => {
    global.libcurl = value
  }),
  flag('manual', 'M', asks('manual')),
  once('next', ':', () => {
    throw new NextOperation()
  }),
  flag('parallel', 'Z', switches('parallel')),
  flag('parallel-immediate', '', switches('parallelImmediate')),
  number('parallel-max', '', ({ global }, value) => {
    global.parallelMax = value < 1 ? PARALLEL_DEFAULT : Math.min(value, MOST_AT_ONCE)
  }),
  number('parallel-max-host', '', ({ global }, value) => {
    global.parallelMaxHost = Math.min(value, MOST_AT_ONCE)
  }),
  flag('progress-bar', '#', switches('progressBar')),
  flag('progress-meter', '', switches('progressMeter')),
  text('rate', '', (parsing, value) => {
    parsing.global.msPerTransfer = rateOf(parsing, value)
  }),
  flag('show-error', 'S', switches('showError')),
  flag('silent', 's', switches('silent')),
  file('ssl-sessions', '', NOTHING, { never: 'node-libcurl gives no way to save TLS sessions' }),
  file('stderr', '', ({ global, context }, value) => {
    global.stderr = value
    context.redirectMessages(value)
  }),
  flag('styled-output', '', switches('styledOutput')),
  file('trace', '', traceTo('binary', 'trace', 'trace/verbose')),
  file('trace-ascii', '', traceTo('ascii', 'trace-ascii', 'trace/verbose')),
  text('trace-config', '', (parsing, value) => {
    parsing.isTraceSet = true
    configureTrace(parsing, value)
    warnOfComponents(parsing, value)
  }),
  flag('trace-ids', '', ({ global }, value) => {
    global.trace.ids = value
  }),
  flag('trace-time', '', ({ global }, value) => {
    global.trace.time = value
  }),
  text('variable', '', setVariable),
  flag('verbose', 'v', addVerbosity),
  flag('version', 'V', asks('version')),
]
