/**
 * Converts a generated transfer to a URL, a body, and options that contain its number wherever possible. Does
 * not run it.
 */
import { join } from 'node:path'
import { CookieJar, ProxyPool, SessionPool, type PostFields, type RequestOptions } from '../../src/index.js'
import { cookiesOf, FILES, JARS, sentText, type Sent, type SoakCase } from './case.js'
import { passwordOf, POOL_USERS, proxyLogin, tokenOf, userOf } from './check-request.js'
import type { Ports } from './server.js'

const HOSTS = ['127.0.0.1', '127.0.0.2'] as const
const ANY_LOGIN = -17
const BEARER = 64
const SESSIONS = 20
const USES_OF_SESSION = 60
const COOL_DOWN = { baseMs: 1, maxMs: 10 }

/** The shared objects of all transfers. */
export interface Surroundings {
  /** The ports of the honest servers and of the faulty ones. */
  readonly ports: readonly [Ports, Ports]
  readonly folder: string
  readonly jars: readonly CookieJar[]
  readonly sessions: SessionPool
  readonly pools: readonly [ProxyPool, ProxyPool]
}

/** Returns the path of a file to send. */
export const pathOfFile = (folder: string, file: number, length: number): string =>
  join(folder, `sent-${file}-${length}`)
export const pathOfDownload = (folder: string, number: number): string => join(folder, `${number}.bin`)

export function surroundings(ports: readonly [Ports, Ports], folder: string): Surroundings {
  const jars = Array.from({ length: JARS }, (_, jar) => {
    const made = new CookieJar()
    for (const host of HOSTS) made.set(`jar=${jar}; Path=/`, `http://${host}/`)
    return made
  })
  return {
    ports,
    folder,
    jars,
    sessions: new SessionPool({
      size: SESSIONS,
      maxUses: USES_OF_SESSION,
      create: (name) => Promise.resolve({ headers: { 'X-Session': name } }),
    }),
    pools: [poolOf(ports[0]), poolOf(ports[1])],
  }
}

function poolOf(ports: Ports): ProxyPool {
  const [first, second, third] = POOL_USERS
  return new ProxyPool(
    [
      `http://${proxyLogin(first)}@${HOSTS[0]}:${ports.proxyA}`,
      {
        url: `http://${proxyLogin(second)}@${HOSTS[0]}:${ports.proxyB}`,
        options: { HTTPPROXYTUNNEL: true },
      },
      `socks5h://${proxyLogin(third)}@${HOSTS[0]}:${ports.socks}`,
    ],
    { coolDown: COOL_DOWN },
  )
}

/** @param variant the number of the current shared options */
export function urlOf({ id, host, isFaulty, login }: SoakCase, variant: number, at: Surroundings): string {
  const who = login === 'url' ? `${userOf(id)}:${passwordOf(id)}@` : ''
  return `http://${who}${HOSTS[host]}:${at.ports[isFaulty ? 1 : 0].origin}/s${id}/path?k=${variant}`
}

/** Returns the options that all transfers share. They change with `variant`. */
export function sharedOptions(variant: number): RequestOptions {
  return {
    USERAGENT: `shared-${variant}`,
    FOLLOWLOCATION: true,
    ...(variant % 2 === 1 ? { HTTPHEADER: [`X-Shared: ${variant}`] } : {}),
    ...(variant % 3 === 0 ? { captureHeaders: true } : {}),
  }
}

/** Returns the post fields; null if there are none. */
export function postFieldsOf({ id, sent }: SoakCase): PostFields | null {
  switch (sent?.kind) {
    case 'text':
      return sentText(id, sent)
    case 'form':
      return { id: String(id), text: sentText(id, sent) }
    case 'bytes':
      return Buffer.from(sentText(id, sent))
    default:
      return null
  }
}

function uploadOf(id: number, sent: Sent, folder: string): RequestOptions['upload'] {
  const text = sentText(id, sent)
  switch (sent.kind) {
    case 'blob':
      return new Blob([text])
    case 'file':
      return pathOfFile(folder, id % FILES, sent.length)
    case 'iterable':
      return piecesOf(text, null)
    case 'failing':
      return piecesOf(text, new Error(`the source of ${id} has failed`))
    default:
      return undefined
  }
}

const PIECE = 7_000

async function* piecesOf(text: string, failure: Error | null): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += PIECE) {
    yield text.slice(at, at + PIECE)
    await new Promise(setImmediate)
  }
  if (failure !== null) throw failure
}

/** Returns the transfer's own options; undefined if it has none. */
export function optionsOf(drawn: SoakCase, number: number, at: Surroundings): RequestOptions | undefined {
  if (drawn.isPlain) return drawn.way === 'bodyStream' ? { responseType: 'stream' } : undefined
  const { id, sent, retries, isFaulty } = drawn
  const upload = sent === null ? undefined : uploadOf(id, sent, at.folder)
  const own = cookiesOf(drawn)
  return {
    HTTPHEADER: [`X-Id: ${id}`],
    ...(drawn.way === 'dedupe' ? { dedupe: true } : {}),
    ...(drawn.way === 'bodyStream' ? { responseType: 'stream' as const } : {}),
    ...(drawn.isHead ? { NOBODY: true } : {}),
    ...(upload === undefined ? {} : { upload, ...(sent?.isPost ? { POST: true } : {}) }),
    ...loginOptions(drawn),
    ...(drawn.cookies?.kind === 'jar' ? { cookieJar: at.jars[drawn.cookies.jar] as CookieJar } : {}),
    ...(drawn.cookies?.kind === 'own' && own !== null ? { COOKIE: own } : {}),
    ...(drawn.cookies?.kind === 'session' ? { session: at.sessions } : {}),
    ...(drawn.proxy?.kind === 'pool' ? { proxies: at.pools[isFaulty ? 1 : 0] } : proxyOptions(drawn, at)),
    ...(drawn.hasOwnAgent ? { USERAGENT: `own-${id}` } : {}),
    ...intoOptions(drawn, number, at),
    ...(drawn.capturesHeaders ? { captureHeaders: true } : {}),
    ...(drawn.acceptsGzip ? { ACCEPT_ENCODING: 'gzip' } : {}),
    ...(retries > 0 ? { retry: { limit: retries, backoffMs: 2 } } : {}),
    ...endingOptions(drawn),
  }
}

function loginOptions({ id, login, plan }: SoakCase): RequestOptions {
  const isAsked = plan.challenge !== null ? { HTTPAUTH: ANY_LOGIN } : {}
  if (login === 'user') return { USERPWD: `${userOf(id)}:${passwordOf(id)}`, ...isAsked }
  return login === 'bearer' ? { XOAUTH2_BEARER: tokenOf(id), HTTPAUTH: BEARER } : {}
}

function proxyOptions({ proxy, isFaulty }: SoakCase, at: Surroundings): RequestOptions {
  if (proxy === null || proxy.kind === 'pool') return {}
  const ports = at.ports[isFaulty ? 1 : 0]
  const login = proxyLogin(proxy.user)
  if (proxy.kind === 'socks') return { PROXY: `socks5h://${login}@${HOSTS[0]}:${ports.socks}` }
  if (proxy.kind === 'http') return { PROXY: `http://${HOSTS[0]}:${ports.proxyA}`, PROXYUSERPWD: login }
  return { PROXY: `http://${login}@${HOSTS[0]}:${ports.proxyB}`, HTTPPROXYTUNNEL: true }
}

function intoOptions({ into }: SoakCase, number: number, { folder }: Surroundings): RequestOptions {
  if (into !== 'file' && into !== 'resumedFile') return {}
  return { output: pathOfDownload(folder, number), ...(into === 'resumedFile' ? { resume: true } : {}) }
}

function endingOptions({ givenUp, afterMs, plan }: SoakCase): RequestOptions {
  switch (givenUp) {
    case 'TIMEOUT_MS':
    case 'totalTimeoutMs':
      return { [givenUp]: afterMs + 1 }
    case 'maxBodySize':
      return { maxBodySize: 1 + ((plan.length ?? 0) >> 1) }
    case 'WRITEFUNCTION':
      return {
        WRITEFUNCTION: () => {
          throw new Error('enough')
        },
      }
    default:
      return {}
  }
}
