/**
 * Gives each transfer what takes its body, where that is not memory. Does not know how bodies are written.
 */
import { Download } from '../bodies/download.js'
import { assertBelow } from '../bodies/output-path.js'
import { OPTION } from '../engine/binding.js'
import { lastValue, methodOf, type LaunchOrder } from '../engine/launch-order.js'
import type { BodySink, Transfer } from '../transfer.js'
import type { BodySettings } from './body-options.js'

const WRITE_ERROR = 23

/** What sinks need of those who run transfers. */
export interface SinkHost {
  abort(transfer: Transfer, reason: unknown, errno?: number): void
}

/** What takes the body of a transfer; null: memory. */
export function makeBodySink(transfer: Transfer, host: SinkHost): BodySink | null {
  const settings = transfer.settings as BodySettings
  const { output } = settings
  if (output === undefined) return null
  const { outputDir, createDirs = false, resume = false } = settings
  const { keepPartial = resume } = settings
  if (typeof output === 'string' && outputDir !== undefined) assertBelow(output, outputDir)
  const canContinue = isPlainGet(transfer.order as LaunchOrder, transfer.url)
  const spec = { output, outputDir, createDirs, keepPartial, resume, canContinue }
  return new Download(transfer, spec, (error) => {
    host.abort(transfer, error, WRITE_ERROR)
  })
}

/** What makes the bytes that arrive others than those that a range would count. */
const ALTERING = [
  'ACCEPT_ENCODING',
  'RANGE',
  'RESUME_FROM',
  'RESUME_FROM_LARGE',
  'TRANSFER_ENCODING',
  'HTTP_TRANSFER_DECODING',
  'NOBODY',
].map((name) => OPTION[name] as number)

function isPlainGet(order: LaunchOrder, url: string): boolean {
  const { shared, own } = order
  if (!/^(https?:\/\/|(?![a-z][a-z0-9+.-]*:\/\/))/i.test(url) || methodOf(order) !== 'GET') return false
  const isSet = (id: number): boolean => {
    const value = (own === null ? undefined : lastValue(own, id)) ?? lastValue(shared, id)
    return value !== undefined && value !== null
  }
  const headers = own?.headers ?? shared.headers ?? []
  return (
    !ALTERING.some(isSet) && !headers.some((line) => /^(range|if-range|accept-encoding)\s*[:;]/i.test(line))
  )
}
