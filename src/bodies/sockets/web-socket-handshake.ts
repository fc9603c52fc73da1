/**
 * Checks the server's response to a WebSocket handshake. libcurl does not: 8.22 accepts any 101 (lib/ws.c,
 * Curl_ws_accept). Reads the request headers and messages from libcurl's debug callback. Does not depend on
 * connections.
 *
 * Source: RFC 6455, 4.1 and 4.2.2.
 */
import type { ResponseHeaders } from '../../transfer/response-headers.js'
import { HTTP_RETURNED_ERROR, RECV_ERROR, WEIRD_SERVER_REPLY } from '../../curl-codes.js'

/** `CURLINFO_TEXT` and `CURLINFO_HEADER_OUT`, the types of data that `CURLOPT_DEBUGFUNCTION` gets. */
const TEXT = 0
const HEADER_OUT = 2
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/**
 * The messages of libcurl's decoder about a frame that breaks a rule, logged before it gives up (lib/ws.c).
 */
const BROKEN_FRAME =
  /^\[WS\] ((?:no ongoing|fragmented message|invalid|masked|received \w+ frame|frame length)\b.*)/

/** The message that libcurl logs for each call of `Wire.sendAnswers`. It is of no use to anybody. */
const REFUSED_FRAME = '[WS] no flags given'

/** A problem in a handshake response. */
export interface HandshakeProblem {
  readonly errno: number
  readonly text: string
}

/** One handshake, including redirects and further attempts. The last request that was sent counts. */
export class Handshake {
  private sent = ''
  /** The rule that the last broken frame has broken; `''` if none did. */
  brokenRule = ''

  /** @param protocols the offered subprotocols, the preferred one first */
  constructor(readonly protocols: readonly string[]) {}

  /**
   * Takes the data of libcurl's debug callback. Returns false if the message should not be passed on to the
   * user's callback.
   */
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
   * Returns the problem in a response that libcurl has accepted, or null if there is none.
   *
   * @param isWhole true if the head of the response was received completely
   */
  problem(headers: ResponseHeaders, isWhole: boolean): HandshakeProblem | null {
    if (!isWhole) return { errno: RECV_ERROR, text: 'the server cut off the head of its response' }
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

  /** Returns a problem if the server chose a subprotocol or an extension that was not offered. */
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
    return process
      .getBuiltinModule('node:crypto')
      .createHash('sha1')
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
