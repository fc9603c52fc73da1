/**
 * Reads the user from a client's proxy credentials: Basic, Digest, and the user name of NTLM. Does not depend
 * on connections.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/**
 * Returns the user of a header; undefined if there is none, or the password is wrong. Without `users`, every
 * password is accepted.
 */
export function userOf(
  auth: 'basic' | 'digest',
  given: string,
  message: IncomingMessage,
  users: Readonly<Record<string, string>> | undefined,
): string | undefined {
  if (auth === 'digest') return digestUser(given, message, users ?? {})
  if (!given.startsWith('Basic ')) return undefined
  const [user = '', ...rest] = Buffer.from(given.slice(6), 'base64').toString().split(':')
  return users === undefined || users[user] === rest.join(':') ? user : undefined
}

function digestUser(
  given: string,
  { method }: IncomingMessage,
  users: Readonly<Record<string, string>>,
): string | undefined {
  const md5 = (of: string): string => createHash('md5').update(of).digest('hex')
  const parts: Record<string, string> = {}
  for (const [, key = '', quoted, plain] of given.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g))
    parts[key] = quoted ?? plain ?? ''
  const user = parts['username'] ?? ''
  const secret = md5(`${user}:test:${users[user] ?? ''}`)
  const subject = md5(`${method ?? ''}:${parts['uri'] ?? ''}`)
  const expected = md5(
    [secret, parts['nonce'], parts['nc'], parts['cnonce'], parts['qop'], subject].join(':'),
  )
  return user in users && parts['response'] === expected ? user : undefined
}

const SIGNATURE = 'NTLMSSP\0'

/** Returns the user of an NTLM type 3 message. Its proof is not checked. */
export function ntlmUser(given: string): string | undefined {
  const message = Buffer.from(given.replace(/^NTLM /, ''), 'base64')
  if (message.toString('latin1', 0, 8) !== SIGNATURE || message[8] !== 3) return undefined
  const length = message.readUInt16LE(36)
  const offset = message.readUInt32LE(40)
  const isUnicode = (message.readUInt32LE(60) & 1) === 1
  return message.subarray(offset, offset + length).toString(isUnicode ? 'utf16le' : 'latin1')
}

/** Returns the challenge: `NTLM` at first, or the reply to a type 1 message. */
export function ntlmChallenge(given: string): string {
  if (!given.startsWith('NTLM ')) return 'NTLM'
  const message = Buffer.alloc(48)
  message.write(SIGNATURE, 'latin1')
  message.writeUInt32LE(2, 8)
  message.writeUInt32LE(48, 16)
  // NEGOTIATE_NTLM and NEGOTIATE_UNICODE.
  message.writeUInt32LE(0x201, 20)
  message.write('challeng', 24, 'latin1')
  return `NTLM ${message.toString('base64')}`
}
