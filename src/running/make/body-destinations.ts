/**
 * Chooses the sink and the source of each transfer's body, if it is not kept in memory. Does not write
 * bodies.
 */
import { StreamHandover } from '../../bodies/streams/body-stream.js'
import { DataHandover } from '../../bodies/streams/data-handover.js'
import { Download } from '../../bodies/files/download.js'
import type { HandoverOwner } from '../../bodies/streams/chunk-handoff.js'
import { assertBelow } from '../../bodies/files/output-path.js'
import { Upload } from '../../bodies/uploads/upload.js'
import { toUploadSource, type UploadSource } from '../../bodies/uploads/upload-source.js'
import { OPTION } from '../../engine/node-libcurl/binding.js'
import { methodOf, type LaunchOrder } from '../../engine/request/wire-request.js'
import { OptionError } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import type { Segment } from '../../options/values/multipart.js'
import type { SegmentOrder } from '../dispatch/delivery/segment-flight.js'
import type { TransferRecord } from '../record/transfer-record.js'
import type { BodySink, BodySource } from '../../transfer/transfer-types.js'
import type { BodySettings } from '../options/body-options.js'
import { READ_ERROR, WRITE_ERROR } from '../../curl-codes.js'

const NOBODY = OPTION.NOBODY as number
const MAX_RECV_SPEED = OPTION.MAX_RECV_SPEED_LARGE as number
const MAX_SIZES = [OPTION.MAXFILESIZE as number, OPTION.MAXFILESIZE_LARGE as number]

/** How the file of a transfer is fetched in segments. */
export type Segments = Omit<SegmentOrder, 'makePart'>

/** The dispatcher's function that sinks and sources use. */
export interface SinkOwner {
  abort(transfer: TransferRecord, reason: unknown, errno?: number): void
}

/** Returns the sink for the body of a transfer; null if the body is kept in memory. */
export function makeBodySink(transfer: TransferRecord, owner: SinkOwner): BodySink | null {
  const settings = transfer.settings
  const { output, onData, responseType } = settings
  if (output === undefined && onData === undefined && responseType !== 'stream') return null
  const given = [
    output !== undefined && 'output',
    onData && 'onData',
    responseType === 'stream' && 'responseType',
  ]
  const destinations = given.filter((way) => typeof way === 'string')
  if (destinations.length > 1)
    throw new OptionError(`a body has only one destination: ${destinations.join(' or ')}`, destinations[1])
  if (output !== undefined) {
    const download = makeDownload(transfer, output, settings, owner)
    const { isHeadByName, options } = transfer.order
    // A response without a body must not replace a file.
    return isHeadByName || options.isOn(NOBODY) ? null : download
  }
  const handover = handoverOwner(transfer, owner)
  return onData === undefined
    ? new StreamHandover(transfer, handover)
    : new DataHandover(transfer, handover, onData)
}

/** Returns the source of a transfer's request body; null if libcurl has the body, or there is none. */
export function makeBodySource(transfer: TransferRecord, owner: SinkOwner): BodySource | null {
  const { upload, uploadSize } = transfer.settings
  const { body } = transfer.order
  const isForm = body?.kind === 'sources'
  if (upload === undefined && !isForm) return null
  if (upload !== undefined && body !== null)
    throw new OptionError('upload and post fields cannot be combined: a request has one body', 'upload')
  const sources = isForm ? body.segments.map(toSource) : upload === undefined ? [] : [upload]
  const contentType = isForm ? body.contentType : undefined
  return new Upload(transfer, sources, uploadSize ?? null, contentType, (error) => {
    owner.abort(transfer, error, READ_ERROR)
  })
}

function toSource(segment: Segment): UploadSource {
  const given = 'source' in segment ? segment.source : segment
  const source = toUploadSource(given)
  if (source !== undefined) return source
  throw mustBe('the source of a FormFile', 'a stream, a Blob, bytes or a function', given, {
    option: 'postFields',
    isSecret: true,
  })
}

function makeDownload(
  transfer: TransferRecord,
  output: NonNullable<BodySettings['output']>,
  settings: BodySettings,
  owner: SinkOwner,
): Download {
  const { outputDir, createDirs = false, resume = false } = settings
  const { keepPartial = resume } = settings
  if (typeof output === 'string' && outputDir !== undefined) assertBelow(output, outputDir)
  const canContinue = transfer.bodySource === null && isPlainGet(transfer.order, transfer.url)
  const spec = { output, outputDir, createDirs, keepPartial, resume, canContinue }
  return new Download(transfer, spec, (error) => {
    owner.abort(transfer, error, WRITE_ERROR)
  })
}

/** Returns how the file of a transfer is fetched in segments; null if one request fetches it. */
export function segmentsOf({ settings, bodySink, order }: TransferRecord): Segments | null {
  const { segments: count = 1 } = settings
  if (count === 1 || !(bodySink instanceof Download) || !bodySink.spec.canContinue) return null
  const { options } = order
  // A limit of libcurl's for one connection is one for the whole file then.
  if (options.isOn(MAX_RECV_SPEED)) return null
  const limits = [options.setting('maxBodySize'), ...MAX_SIZES.map((id) => options.number(id) || undefined)]
  const maxSize = Math.min(...limits.map((limit) => limit ?? Infinity))
  return { spec: bodySink.spec, count, maxSize }
}

/** Returns the owner of a handover: what the dispatcher does for it. */
export function handoverOwner(transfer: TransferRecord, owner: SinkOwner): HandoverOwner {
  const order = transfer.order
  const { retry } = transfer.settings
  return {
    followsRedirects: order.followsRedirects,
    mayTryAgain(status) {
      if (retry === undefined || transfer.attempts.length >= retry.limit) return false
      return retry.shouldRetry !== undefined || retry.statusCodes.has(status)
    },
    abort(reason) {
      owner.abort(transfer, reason)
    },
  }
}

/** Options with which the received bytes are not the bytes of the file, so that a range would be wrong. */
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
  if (!/^(https?:\/\/|(?![a-z][a-z0-9+.-]*:\/\/))/i.test(url) || methodOf(order) !== 'GET') return false
  const { options } = order
  return (
    !ALTERING.some((id) => options.isSet(id)) &&
    !options.headers.some((line) => /^(range|if-range|accept-encoding)\s*[:;]/i.test(line))
  )
}
