/**
 * The calls to node-libcurl, and the differences between its majors 4 and 5. Does not know what is
 * transferred.
 */
import { ownRequire } from '../../own-require.js'
import type { InfoValue } from '../../transfer/transfer-types.js'
import { Curl, Easy, Multi, Share } from './load.js'

export { Easy, Multi, Share }

/** Option numbers by name. Setting an option by number takes a fifth of the time of setting it by name. */
export const OPTION = Curl.option as unknown as Readonly<Record<string, number>>

/** Info numbers by name. */
export const INFO = Curl.info as unknown as Readonly<Record<string, number>>

/** For example `libcurl/8.22.0 OpenSSL/3.5.4 zlib/1.3.1 nghttp2/1.68.0`. */
export const libcurlVersion: string = Curl.getVersion()

/** libcurl's version as a number: `0x075801` for 7.88.1. */
export const libcurlVersionNumber: number = Curl.VERSION_NUM

/** True if libcurl uses GnuTLS. TLS libraries that it could use as well stand in brackets. */
export const usesGnuTls = / GnuTLS\//.test(libcurlVersion)

/**
 * True if every easy handle starts with 400 kB of CA certificates, as in node-libcurl 5, also after each
 * reset. They override `CAINFO`, and libcurl copies them for every connection.
 */
export const hasDefaultCaBlob = 'perform' in Multi.prototype

/** The major version of the installed node-libcurl. */
export const nodeLibcurlMajor = hasDefaultCaBlob ? 5 : 4

/** Returns node-libcurl's version, which it does not export. */
export function nodeLibcurlVersion(): string {
  return (ownRequire()('node-libcurl/package.json') as { version: string }).version
}

/** Returns libcurl's description of its build: curl_version_info(3). */
export function versionInfo(): ReturnType<typeof Curl.getVersionInfo> {
  return Curl.getVersionInfo()
}

/**
 * True if this build can send and receive WebSocket messages: that takes node-libcurl 5 and a libcurl with
 * WebSocket support.
 */
export function hasWebSockets(): boolean {
  return 'wsSend' in Easy.prototype && Curl.getVersionInfo().protocols.includes('ws')
}

/** Returns libcurl's text for a code. */
export function strError(errno: number): string {
  return Easy.strError(errno)
}

type NativeEasy = InstanceType<typeof Easy>
type NativeMulti = InstanceType<typeof Multi>
export type { NativeEasy, NativeMulti }

// node-libcurl types options by name, with one overload each. Numbers work at run time, and are faster.
type SetOption = (option: number | string, value: unknown) => number
type GetInfo = (info: number) => { code: number; data: InfoValue | undefined }

/** Sets an option by its number. Returns libcurl's code. */
export function setOption(easy: NativeEasy, id: number, value: unknown): number {
  return (easy.setOpt as unknown as SetOption).call(easy, id, value)
}

/** Sets an option by its name. Returns libcurl's code. */
export function setNamed(easy: NativeEasy, name: string, value: unknown): number {
  return setOption(easy, OPTION[name] as number, value)
}

/** Sets an option of the multi handle by its name: node-libcurl 5 has no table of their numbers. */
export function setMultiOption(multi: NativeMulti, name: string, value: unknown): number {
  return (multi.setOpt as unknown as SetOption).call(multi, name, value)
}

/** Reads an info by its number. Returns null if this build does not have it. */
export function getInfo(easy: NativeEasy, id: number): InfoValue {
  return (easy.getInfo as unknown as GetInfo).call(easy, id).data ?? null
}

/** `CURLPAUSE_SEND` and `CURLPAUSE_CONT`. */
const PAUSE_SEND = 4
const CONTINUE = 0

/**
 * Makes libcurl look at a transfer in the next turn of the event loop, even without an event for it. Must not
 * be called on libcurl's stack, nor while the transfer is paused: it would end the pause. Source: the effect
 * of curl_easy_pause(3) when the pause changes.
 */
export function nudge(easy: NativeEasy): void {
  ;(easy as { pause(bits: number): unknown }).pause(PAUSE_SEND)
  unpause(easy)
}

/** Ends all pauses, as {@link setPause}. */
export function unpause(easy: NativeEasy): number {
  return setPause(easy, CONTINUE)
}

/**
 * Pauses or continues receiving and sending: curl_easy_pause(3). Not on libcurl's stack. What a pause has held
 * back arrives before it returns. Returns libcurl's code.
 */
export function setPause(easy: NativeEasy, bits: number): number {
  return (easy as { pause(bits: number): number }).pause(bits)
}
