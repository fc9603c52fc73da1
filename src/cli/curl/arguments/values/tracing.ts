/**
 * `-v` and `--trace-config`. Does not write traces.
 */
import type { Parsing } from '../parsing.js'

/** The words that work here. node-libcurl gives no way to curl_global_trace(3), which switches the others. */
const OURS = new Set(['all', 'ids', 'time'])

/** `ids,time,-tcp`: the components that are traced. */
export function configureTrace(parsing: Parsing, list: string): void {
  const { trace } = parsing.global
  for (const token of list.split(',')) {
    const word = token.replace(/^ /, '')
    const isOn = !word.startsWith('-')
    const name = word.replace(/^[+-]/, '').toLowerCase()
    if (name === 'all' || name === 'ids') trace.ids = isOn
    if (name === 'all' || name === 'time') trace.time = isOn
    if (name === 'all') trace.components.clear()
    if (name !== 'ids' && name !== 'time') trace.components.set(name, isOn)
  }
}

/** Components of libcurl's own that were asked for: they are traced by nobody here. */
export function warnOfComponents(parsing: Parsing, list: string): void {
  const lost = list
    .split(',')
    .map((token) => token.trim())
    .filter((word) => word !== '' && !word.startsWith('-'))
    .map((word) => word.replace(/^\+/, '').toLowerCase())
    .filter((name) => !OURS.has(name))
  if (lost.length > 0)
    parsing.warn(
      `--trace-config: libcurl's own lines about ${lost.join(', ')} cannot be had through node-libcurl`,
    )
}

/** `-v`: each one more in a word, as in `-vvv`, says more. */
export function addVerbosity(parsing: Parsing, isOn: boolean): void {
  const { global } = parsing
  if (!isOn) {
    global.verbosity = 0
    configureTrace(parsing, '-all')
    global.trace.kind = 'none'
    return
  }
  if (parsing.optionsInWord === 0) {
    global.verbosity = 0
    if (!parsing.isTraceSet) configureTrace(parsing, '-all')
  }
  switch (global.verbosity) {
    case 0:
      global.trace.file = '%'
      if (global.trace.kind !== 'none' && global.trace.kind !== 'plain')
        parsing.warn('-v, --verbose overrides an earlier trace option')
      global.trace.kind = 'plain'
      break
    case 1:
      configureTrace(parsing, 'ids,time,protocol')
      break
    case 2:
      global.trace.kind = 'ascii'
      configureTrace(parsing, 'ssl,read,write')
      break
    case 3:
      configureTrace(parsing, 'network')
      break
    default:
      return
  }
  global.verbosity++
}
