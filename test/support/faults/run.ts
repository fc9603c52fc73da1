/**
 * Runs steps on one instance, or on a new instance for each step, and returns what the servers saw and what
 * came back. Does not judge the results.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { CookieJar, OptionError, ParallelCurl, type Transfer } from '../../../src/index.js'
import { optionsOf, type Options, type Surroundings } from './options.js'
import { STAGES, type Stage } from './plan.js'
import type { FaultServer } from './server.js'
import type { FaultRecord } from './wire.js'
import type { Step } from './steps.js'

/** The result of one step. */
export interface Observed {
  /** The outcome; `'waits for ever'` if the step did not end. */
  readonly outcome: string
  /** Everything else that the callback can see. */
  readonly result: Readonly<Record<string, unknown>>
  readonly records: readonly FaultRecord[]
}

export interface Row {
  readonly steps: readonly Observed[]
  /** The cookies of both jars at the end. */
  readonly jars: readonly unknown[]
  /** The number of connections that were opened. */
  readonly connections: number
}

/** Longer than any step takes on a busy machine. */
const FOR_EVER_MS = 5_000
const TIMEOUT_MS = 25
/** Infos about what a transfer did, without times and connection numbers. */
const INFOS = [
  'EFFECTIVE_URL',
  'EFFECTIVE_METHOD',
  'REDIRECT_COUNT',
  'REDIRECT_URL',
  'CONTENT_TYPE',
  'HTTP_CONNECTCODE',
  'HTTPAUTH_AVAIL',
  'PROXYAUTH_AVAIL',
  'RETRY_AFTER',
  'HTTP_VERSION',
  'PROXY_ERROR',
  'SIZE_DOWNLOAD_T',
  'COOKIELIST',
] as const

export interface RunSettings {
  readonly server: FaultServer
  readonly netrc: string
}

/**
 * Runs the steps: on one instance for all steps (`'pool'`), or on a new instance for each step (`'fresh'`).
 */
export async function runRow(
  steps: readonly Step[],
  kind: 'pool' | 'fresh',
  settings: RunSettings,
): Promise<Row> {
  const { server } = settings
  const at: Surroundings = { ...settings, jarA: new CookieJar(), jarB: new CookieJar() }
  server.restart()
  const before = server.accepted
  const outcomes: Omit<Observed, 'records'>[] = []
  let pool: ParallelCurl | null = null
  let shared: Step['shared'] | null = null
  for (const [index, step] of steps.entries()) {
    if (pool === null || kind === 'fresh') {
      await pool?.close()
      pool = new ParallelCurl(1)
      shared = null
    }
    try {
      if (shared !== step.shared) pool.setOptions(optionsOf(step.shared, at))
      shared = step.shared
      outcomes.push(await runStep(pool, step, index, at))
      // Bytes that an aborted transfer has sent can arrive after the transfer has ended.
      if (endsItself(step)) for (let i = 0; i < 4; i++) await turn()
    } catch (error) {
      if (!(error instanceof OptionError)) throw error
      outcomes.push({ outcome: 'OptionError', result: { message: error.message } })
    }
  }
  await pool?.close()
  await server.untilQuiet()
  server.onStage = () => undefined
  const observed = outcomes.map((outcome, index) => ({
    ...outcome,
    records: server.records.filter((record) => record.step === index),
  }))
  const jars = [at.jarA, at.jarB].map((jar) => jar.toJSON())
  return { steps: observed, jars, connections: server.accepted - before }
}

/** True if the client ends the transfer by itself, perhaps before the server has seen it. */
function endsItself({ conduct }: Step): boolean {
  return conduct.kind === 'upload' ? conduct.fails : conduct.kind !== 'waits'
}

/** True if timing decides how far the transfer gets. */
export function isGivenUp({ conduct }: Step): boolean {
  if (conduct.kind === 'throws')
    return conduct.where === 'XFERINFOFUNCTION' || conduct.where === 'DEBUGFUNCTION'
  return conduct.kind === 'timeout' || conduct.kind === 'abort'
}

function urlOf({ target, isLoggedIn }: Step, index: number, { server }: Surroundings): string {
  const { origin } = server.ports
  const hosts = {
    one: `127.0.0.1:${origin}`,
    two: `127.0.0.2:${origin}`,
    resolved: `resolved.test:${origin}`,
    connectTo: `connected.test:${origin}`,
    refused: '127.0.0.1:1',
  }
  return `http://${isLoggedIn ? 'url-user:url-pass@' : ''}${hosts[target]}/s${index}/path`
}

const POSTS = {
  none: null,
  text: 'posted=text',
  empty: '',
  form: { part: 'value' },
  bytes: Buffer.from([0, 255, 10]),
  long: 'long '.repeat(4_000),
  blob: new Blob(['a blob']),
} as const

/** Returns the options that a step needs in addition to the chosen option sets. */
function conductOptions({ conduct, target }: Step, server: FaultServer, abort: AbortController): Options {
  const options: Options = {}
  if (target === 'resolved') options['RESOLVE'] = [`resolved.test:${server.ports.origin}:127.0.0.1`]
  if (target === 'connectTo') options['CONNECT_TO'] = ['connected.test::127.0.0.2:']
  switch (conduct.kind) {
    case 'waits':
      return options
    case 'timeout':
      return { ...options, TIMEOUT_MS }
    case 'abort':
      return { ...options, signal: abort.signal }
    case 'upload':
      return {
        ...options,
        upload: uploadOf(conduct),
        ...(conduct.isSized ? { uploadSize: conduct.chunks * 5 } : {}),
      }
    case 'throws':
      return { ...options, ...throwing(conduct) }
  }
}

function uploadOf({ chunks, fails }: Step['conduct'] & { kind: 'upload' }): AsyncIterable<string> {
  return (async function* () {
    for (let i = 0; i < chunks; i++) yield `part${i}`
    await turn()
    if (fails) throw new Error('the source has failed')
  })()
}

function throwing({ where, isError }: Step['conduct'] & { kind: 'throws' }): Options {
  const failing = (failure: number) => (): number => {
    if (isError) throw new Error('the function has failed')
    return failure
  }
  switch (where) {
    case 'WRITEFUNCTION':
    case 'HEADERFUNCTION':
      return { [where]: failing(-1) }
    case 'READFUNCTION':
      return { UPLOAD: true, INFILESIZE: 15, READFUNCTION: failing(0x10000000), SEEKFUNCTION: () => 0 }
    case 'XFERINFOFUNCTION':
      return { XFERINFOFUNCTION: failing(1), NOPROGRESS: false }
    case 'DEBUGFUNCTION':
      return { DEBUGFUNCTION: failing(0), VERBOSE: true }
    case 'onData':
      return { onData: failing(0) }
  }
}

async function runStep(
  curl: ParallelCurl,
  step: Step,
  index: number,
  at: Surroundings,
): Promise<Omit<Observed, 'records'>> {
  const { server } = at
  const abort = new AbortController()
  const { conduct } = step
  server.begin(index, step.plan)
  const given = conduct.kind === 'abort' ? conduct.at : null
  server.onStage = (stage) => {
    if (given !== null && STAGES.indexOf(stage) >= STAGES.indexOf(given as Stage)) abort.abort()
  }
  if (given === 'before') abort.abort()
  const options = { captureHeaders: true, ...optionsOf(step.own, at), ...conductOptions(step, server, abort) }
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => {
        resolve({ outcome: 'waits for ever', result: {} })
        curl.abort()
      }, FOR_EVER_MS)
      const callback = (_content: string | null, _url: string, transfer: Transfer): void => {
        try {
          resolve({ outcome: outcomeOf(transfer, step), result: resultOf(transfer) })
        } catch (error) {
          reject(new Error('the callback failed', { cause: error }))
        }
      }
      void curl.startRequest(urlOf(step, index, at), callback, null, POSTS[step.post], options)
      if (given === 'launched') abort.abort()
    })
  } finally {
    clearTimeout(timer)
  }
}

/** A broken connection gives one of these codes, depending on whether libcurl was sending or receiving. */
const DIED = new Set([52, 55, 56])
const CANNOT_CONNECT = 7
const NO_HTTP = new Set([1, 8])

function outcomeOf({ errno }: Transfer, { plan: { end } }: Step): string {
  // A connection that is reset at once may be reset before libcurl has noticed that it was accepted.
  const isNoConnection = errno === CANNOT_CONNECT && end.kind === 'die' && end.when === 'accepted'
  // libcurl 8 takes such a response for HTTP 0.9, which is not allowed; on a reused connection, for an
  // invalid response.
  if (end.kind === 'garbage' && NO_HTTP.has(errno)) return 'no http'
  return DIED.has(errno) || isNoConnection ? 'died' : String(errno)
}

function resultOf(transfer: Transfer): Record<string, unknown> {
  const result: Record<string, unknown> = {
    responseCode: transfer.responseCode,
    body: transfer.body.toString('latin1'),
    headers: headersOf(transfer),
  }
  for (const name of INFOS) result[name] = infoOf(transfer, name)
  return result
}

function headersOf(transfer: Transfer): unknown {
  try {
    return { ...transfer.headers }
  } catch (error) {
    return String(error)
  }
}

function infoOf(transfer: Transfer, name: (typeof INFOS)[number]): unknown {
  try {
    return transfer.getInfo(name)
  } catch (error) {
    return String(error)
  }
}
