/**
 * The libcurl options for the body of a request. Each function returns libcurl's code. Does not know where
 * the bytes come from.
 */
import type { BodySource } from '../../transfer/transfer-types.js'
import { setNamed, type NativeEasy } from '../node-libcurl/binding.js'
import type { BodyOutlet } from './request-from-source.js'
import { choosesPost } from '../request/request-method.js'
import type { LaunchOrder } from '../request/wire-request.js'
import { seekFrom } from '../request/resumed-body.js'
import { withContentType } from './request-bytes.js'

/** A body that libcurl reads piece by piece and can rewind. */
interface Sender {
  readonly size: number
  readonly read: unknown
  readonly seek: unknown
}

/**
 * Always sets the size. Without it, a NUL would end the body. With a larger size of the user's, libcurl would
 * send memory that is not part of the body.
 */
export function setText(easy: NativeEasy, text: string): number {
  return setNamed(easy, 'POSTFIELDSIZE_LARGE', Buffer.byteLength(text)) || setNamed(easy, 'POSTFIELDS', text)
}

/**
 * Sets the user's `POSTFIELDSIZE` for a body from a `READFUNCTION`. For a string, libcurl would send memory
 * beyond its end.
 */
export function setBodySize(easy: NativeEasy, size: number | undefined): number {
  return size === undefined ? 0 : setNamed(easy, 'POSTFIELDSIZE_LARGE', size)
}

export function setSender(
  easy: NativeEasy,
  { size, read, seek }: Sender,
  contentType: string | undefined,
  headers: readonly string[],
): number {
  return (
    setNamed(easy, 'POST', 1) ||
    setNamed(easy, 'POSTFIELDSIZE_LARGE', size) ||
    setNamed(easy, 'READFUNCTION', read) ||
    setNamed(easy, 'SEEKFUNCTION', seek) ||
    (contentType === undefined ? 0 : setNamed(easy, 'HTTPHEADER', withContentType(headers, contentType)))
  )
}

export function setSource(
  easy: NativeEasy,
  { size, contentType }: BodySource,
  outlet: BodyOutlet,
  order: LaunchOrder,
): number {
  // A method that is only named (`CUSTOMREQUEST`) leaves an upload what it is: libcurl adds no type of
  // content to it, and sends it again after a redirect.
  const isPost = contentType !== undefined || choosesPost(order.options)
  const lines = order.options.headers
  const headers = contentType === undefined ? lines : withContentType(lines, contentType)
  // Without Transfer-Encoding: libcurl sends a body of unknown length in chunks by itself. A header line set
  // here would stay on the GET that follows a redirect of the POST, and the server would wait for a body that
  // never comes.
  return (
    setNamed(easy, isPost ? 'POST' : 'UPLOAD', 1) ||
    setNamed(easy, isPost ? 'POSTFIELDSIZE_LARGE' : 'INFILESIZE_LARGE', size ?? -1) ||
    setNamed(easy, 'READFUNCTION', outlet.onRead) ||
    setNamed(easy, 'SEEKFUNCTION', seekFrom(outlet.onSeek, order.bodyStart)) ||
    setNamed(easy, 'HTTPHEADER', headers)
  )
}
