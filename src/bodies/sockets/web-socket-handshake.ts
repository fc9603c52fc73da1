/**
 * Whether a server's answer to a WebSocket handshake is one, which libcurl does not look at: 8.22 takes any
 * 101 (lib/ws.c, Curl_ws_accept). Hears what libcurl sends and says while it works. Does not know
 * connections.
 *
 * RFC 6455, 4.1 and 4.2.2.
 */
import { createHash } from 'node:crypto'
import type { ResponseHeaders } from '../../transfer/response-headers.js'
import { HTTP_RETURNED_ERROR, RECV_ERROR } from '../../curl-codes.js'

/** `CURLINFO_TEXT` and `CURLINFO_HEADER_OUT` of `CURLOPT_DEBUGFUNCTION`. */
const TEXT = 0
const HEADER_OUT = 2
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** What libcurl's decoder says of a frame that breaks a rule, before it gives up (lib/ws.c). */
const BROKEN_FRAME =
  /^\[WS\] ((?:no ongoing|fragmented message|invalid|masked|received \w+ frame|frame length)\b.*)/

/** What libcurl says to `Wire.sendAnswers`: each time, and to nobody's use. */
const REFUSED_FRAME = '[WS] no flags given'

/** Codes of libcurl's. */
const WEIRD_SERVER_REPLY = 8

/** What is wrong with an answer. */
export interface HandshakeProblem {
  readonly errno: number
  readonly text: string
}

/**
 * One handshake, redirects and further attempts included: the last request that was sent is the one that
 * counts.
 */
export class Handshake {
  private sent = ''
  /** Which rule the last broken frame has broken; `''`: none has. */
  brokenRule = ''

  /** @param protocols are offered, the best one first */
  constructor(readonly protocols: readonly string[]) {}

  /** Takes what libcurl gives to a `DEBUGFUNCTION`. Returns whether it is of use to others, too. */
  hear(type: number, data: Buffer): boolean {
    if (type !== HEADER_OUT && type !== TEXT) return true
    const text = data.toString('latin1')
    if (type === HEADER_OUT) {
      this.sent = this.sent.endsWith('\r\n\r\n') ? text : this.sent + text
      return true
    }
    const rule = BROKEN_FRAME.exec(text)?.[1]
    if (rule !== undefined) this.brokenRule = rule.trim()
    return !text.startsWith(REFUSED_FRAME)
  }

  /**
   * What is wrong with an answer that libcurl has taken; null: nothing.
   *
   * @param isWhole whether its head has come to its end
   */
  problem(headers: ResponseHeaders, isWhole: boolean): HandshakeProblem | null {
    if (!isWhole) return { errno: RECV_ERROR, text: 'the server cut the head of its answer' }
    const weird = (text: string): HandshakeProblem => ({ errno: WEIRD_SERVER_REPLY, text })
    if (textOf(headers['upgrade'])?.toLowerCase() !== 'websocket')
      return weird('the answer to the handshake has no Upgrade: websocket')
    if (!tokens(headers['connection']).some((token) => token.toLowerCase() === 'upgrade'))
      return weird('the answer to the handshake has no Connection: Upgrade')
    const accept = textOf(headers['sec-websocket-accept'])
    if (accept === undefined) return weird('the answer to the handshake has no Sec-WebSocket-Accept')
    if (accept !== this.expectedAccept())
      return weird('the Sec-WebSocket-Accept of the answer does not belong to this handshake')
    return this.stray(headers)
  }

  /** What the server has chosen, and nobody has asked for. */
  private stray(headers: ResponseHeaders): HandshakeProblem | null {
    const chosen = textOf(headers['sec-websocket-protocol'])
    if (chosen !== undefined && !this.sentTokens('sec-websocket-protocol').includes(chosen))
      return { errno: HTTP_RETURNED_ERROR, text: 'the server chose a subprotocol that was not offered' }
    if (headers['sec-websocket-extensions'] !== undefined)
      return { errno: HTTP_RETURNED_ERROR, text: 'the server chose an extension, and none was offered' }
    return null
  }

  private expectedAccept(): string {
    const key = this.sentValues('sec-websocket-key').at(-1) ?? ''
    return createHash('sha1')
      .update(key + GUID)
      .digest('base64')
  }

  private sentTokens(name: string): string[] {
    return this.sentValues(name).flatMap(tokens)
  }

  private sentValues(name: string): string[] {
    return this.sent.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':')
      return line.slice(0, Math.max(0, colon)).trim().toLowerCase() === name
        ? [line.slice(colon + 1).trim()]
        : []
    })
  }
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}

function tokens(value: string | readonly string[] | undefined): string[] {
  const all =
    textOf(value)
      ?.split(',')
      .map((token) => token.trim()) ?? []
  return all.filter((token) => token !== '')
}
