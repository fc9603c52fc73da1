/**
 * Checks what the soak's servers receive from a transfer: its own headers, cookies, credentials and body, and
 * nothing of other transfers. Does not depend on the responses.
 */
import type { FaultRecord } from '../../test/support/faults/wire.js'
import { cookiesOf, sentText, type SoakCase } from './case.js'

const HEAD_END = '\r\n\r\n'
const PROXY_PASSWORD = 'proxy-pass'

/** Returns a proxy user's credentials, as `user:password`. */
export const proxyLogin = (user: string): string => `${user}:${PROXY_PASSWORD}`
export const POOL_USERS = ['pool-a', 'pool-b', 'pool-socks'] as const
export const userOf = (id: number): string => `user-${id}`
export const passwordOf = (id: number): string => `pass-${id}`
export const tokenOf = (id: number): string => `token-${id}`

/** Returns all values of a header. */
function valuesOf(head: string, name: string): string[] {
  const values: string[] = []
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':')
    if (colon > 0 && line.slice(0, colon).toLowerCase() === name) values.push(line.slice(colon + 1).trim())
  }
  return values
}

const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`
const queryOf = (head: string, name: string): string | undefined =>
  new RegExp(`^[^\\r\\n]*[?&]${name}=(\\d+)`).exec(head)?.[1]

/** Returns the number of redirects that led to the request. */
const hopOf = ({ head }: FaultRecord): number => Number(queryOf(head, 'hop') ?? 0)
export const sessionOf = ({ head }: FaultRecord): string | undefined => valuesOf(head, 'x-session')[0]

/** True if the request gets the final response, not a redirect or a challenge. */
export function isLast(drawn: SoakCase, record: FaultRecord): boolean {
  const { redirect, challenge } = drawn.plan
  const isThere = redirect === null || hopOf(record) >= redirect.times
  return isThere && (challenge === null || valuesOf(record.head, 'authorization').length > 0)
}

/**
 * Returns what is wrong with the head of a request; null if nothing is. An incomplete head is not checked.
 */
export function headProblem(drawn: SoakCase, record: FaultRecord): string | null {
  const { head } = record
  if (!head.endsWith(HEAD_END)) return null
  const hop = hopOf(record)
  const isAway = hop % 2 === 1 && drawn.plan.redirect?.to === 'other'
  const shared = Number(queryOf(head, 'k'))
  const expected: readonly (readonly [string, readonly (string | undefined)[]])[] = [
    ['x-id', [drawn.isPlain ? undefined : String(drawn.id)]],
    ['user-agent', [drawn.hasOwnAgent ? `own-${drawn.id}` : `shared-${shared}`]],
    ['x-shared', [drawn.isPlain && shared % 2 === 1 ? String(shared) : undefined]],
    ['cookie', cookiesAllowed(drawn, record, isAway)],
    ['proxy-authorization', proxyAllowed(drawn, record)],
  ]
  for (const [name, allowed] of expected) {
    const values = valuesOf(head, name)
    if (values.length > 1) return `${name} came ${values.length} times`
    if (!allowed.includes(values[0])) return `${name} is ${String(values[0])}, not ${allowed.join(' or ')}`
  }
  const isSession = drawn.cookies?.kind === 'session'
  if (isSession !== (sessionOf(record) !== undefined)) return `x-session is ${String(sessionOf(record))}`
  const [method = ''] = head.split(' ')
  if (hop === 0 && method !== methodOf(drawn)) return `${method} is not ${methodOf(drawn)}`
  return loginProblem(drawn, record, isAway) ?? viaProblem(drawn, record)
}

function methodOf({ isHead, sent }: SoakCase): string {
  if (isHead) return 'HEAD'
  if (sent === null) return 'GET'
  const isPosted = sent.kind === 'text' || sent.kind === 'form' || sent.kind === 'bytes'
  return isPosted || sent.isPost ? 'POST' : 'PUT'
}

function cookiesAllowed(
  drawn: SoakCase,
  record: FaultRecord,
  isAway: boolean,
): readonly (string | undefined)[] {
  if (drawn.cookies?.kind === 'session') return [undefined, `session=${String(sessionOf(record))}`]
  const own = cookiesOf(drawn) ?? undefined
  // libcurl may send the value of COOKIE to other hosts, too.
  return drawn.cookies?.kind === 'own' && isAway ? [undefined, own] : [own]
}

function loginProblem(
  { id, login, plan }: SoakCase,
  { head, step }: FaultRecord,
  isAway: boolean,
): string | null {
  const values = valuesOf(head, 'authorization')
  if (values.length > 1) return `authorization came ${values.length} times`
  const [value] = values
  const isOptional = plan.challenge !== null || plan.redirect !== null
  if (value === undefined) return login === null || isAway || isOptional ? null : 'authorization is missing'
  if (login === null || isAway) return `authorization is ${value}, where none should be (step ${step})`
  if (login === 'bearer')
    return value === `Bearer ${tokenOf(id)}` ? null : `authorization is ${value}, not that of ${id}`
  const isRight = value.startsWith('Digest ')
    ? value.includes(`username="${userOf(id)}"`) && plan.challenge !== null
    : value === basic(`${userOf(id)}:${passwordOf(id)}`)
  return isRight ? null : `authorization is ${value}, not that of ${id}`
}

/**
 * Returns the allowed proxy credentials. They are in the request if the proxy is used without a tunnel;
 * inside a tunnel there are none.
 */
function proxyAllowed({ proxy }: SoakCase, { via }: FaultRecord): readonly (string | undefined)[] {
  if (proxy === null || (via !== 'A' && via !== 'B')) return [undefined]
  return (proxy.kind === 'pool' ? POOL_USERS : [proxy.user]).map((user) => basic(proxyLogin(user)))
}

function viaProblem({ proxy }: SoakCase, { via }: FaultRecord): string | null {
  if (proxy === null) return via === '' ? null : `it came through ${via}`
  if (via === '') return 'it came through no proxy'
  const [kind] = via.startsWith('SOCKS') ? ['socks'] : via.includes(' for ') ? ['tunnel'] : ['http']
  if (proxy.kind === 'pool') {
    if (kind === 'http' || POOL_USERS.some((user) => via.includes(shown(kind, user)))) return null
    return `it came through ${via}, which the pool does not have`
  }
  if (kind !== proxy.kind) return `it came through ${via}, not by ${proxy.kind}`
  return kind === 'http' || via.includes(shown(kind, proxy.user)) ? null : `it came as ${via}`
}

/** Returns the user as it appears in the records. */
const shown = (kind: string | undefined, user: string): string =>
  kind === 'socks' ? ` ${proxyLogin(user)} to ` : ` ${basic(proxyLogin(user))} to `

/** Returns what is wrong with a body; null if nothing is. */
export function bodyProblem(drawn: SoakCase, record: FaultRecord): string | null {
  const { id, sent, plan } = drawn
  const { body } = record
  if (body === '') return isEmptyRight(drawn, record) ? null : 'it came without its body'
  if (sent === null) return `it came with a body: ${body.slice(0, 60)}`
  const text = sentText(id, sent)
  if (sent.kind === 'form') {
    if (!record.isWhole) return null
    const isThere = body.includes(`\r\n\r\n${id}\r\n`) && body.includes(`\r\n\r\n${text}\r\n`)
    return isThere ? null : `its form is ${body.slice(0, 200)}`
  }
  const isSame = record.isWhole && sent.kind !== 'failing' ? body === text : text.startsWith(body)
  if (isSame) return null
  return `its body is ${body.slice(0, 60)} (${body.length} bytes, redirect ${String(plan.redirect?.status)})`
}

function isEmptyRight({ sent, plan }: SoakCase, record: FaultRecord): boolean {
  if (sent === null || !record.isWhole || sent.length === 0 || sent.kind === 'failing') return true
  // A redirect may turn the request into a GET, and before the login is complete, no body is sent.
  return hopOf(record) > 0 || plan.challenge !== null
}
