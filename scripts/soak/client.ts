/**
 * Starts the generated transfers in all possible ways, many at a time, and checks that each ends once and as
 * expected. Does not depend on servers or memory.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { CurlError, type ParallelCurl, type StreamInput, type Transfer } from '../../src/index.js'
import { caseOf, type SoakCase } from './case.js'
import { problemOf, type Outcome } from './judge.js'
import { randomOf, type Random } from './random.js'
import {
  optionsOf,
  pathOfDownload,
  postFieldsOf,
  sharedOptions,
  urlOf,
  type Surroundings,
} from './request-options.js'

const MAX_OUTSTANDING = 300
const BATCH = 24
const WRONG_KEPT = 1_000
const EVERY_LIMITS = 400
const EVERY_OPTIONS = 150

/** The number of transfers with a feature, by outcome. */
export interface Counters {
  started: number
  ok: number
  failed: number
}

export class SoakClient {
  readonly wrong: string[] = []
  readonly tallies = new Map<string, Counters>()
  /** The number of ends of each transfer. */
  readonly #ends: Uint8Array
  /** The transfers without an outcome, because their stream was left. */
  readonly #dropped = new Set<number>()
  readonly #thrown = new Set<number>()
  readonly #random: Random
  /** The transfers that have not ended, by number. */
  readonly #outstanding = new Map<number, SoakCase>()
  readonly #running = new Set<Promise<void>>()
  #batch: number[] = []
  #variant = 0
  #waitsFor = 'nothing'
  #onEnd: (() => void) | null = null
  ended = 0

  constructor(
    private readonly curl: ParallelCurl,
    private readonly seed: number,
    count: number,
    private readonly at: Surroundings,
  ) {
    this.#ends = new Uint8Array(count)
    this.#random = randomOf(seed, -1)
    curl.setOptions(sharedOptions(this.#variant))
  }

  /** Starts transfers. Resolves when all of them have ended. */
  async run(from: number, to: number): Promise<void> {
    this.#waitsFor = 'startRequest()'
    for (let number = from; number < to; number++) {
      this.#changeSomething(number)
      await this.#start(number)
    }
    this.#startBatch()
    this.#waitsFor = `${this.#running.size} requests and streams that do not end`
    await Promise.all(this.#running)
    this.#waitsFor = 'finishAllRequests()'
    await this.#finish()
    this.#waitsFor = 'nothing'
    for (let number = from; number < to; number++) {
      const ends = this.#ends[number]
      if (ends !== 1 && !(ends === 0 && this.#dropped.has(number)))
        this.#complain(number, `ended ${String(ends)} times`)
    }
    this.#dropped.clear()
  }

  /** States what run() waits for. */
  get waitsFor(): string {
    return this.#waitsFor
  }

  /** Returns the transfers that have not ended, for a run that hangs. */
  describeOutstanding(): string[] {
    return [...this.#outstanding].map(([number, drawn]) => `${number}: ${JSON.stringify(drawn)}`)
  }

  /** Checks that finishAllRequests() rejects with all errors of callbacks, and no others. */
  async #finish(): Promise<void> {
    let thrown: unknown[] = []
    try {
      await this.curl.finishAllRequests()
    } catch (error) {
      thrown = error instanceof AggregateError ? (error.errors as unknown[]) : [error]
    }
    const messages = thrown.map((error) => (error instanceof Error ? error.message : String(error)))
    const expected = Array.from(this.#thrown, (number) => `callback ${number}`)
    if (messages.sort().join() !== expected.sort().join())
      this.wrong.push(`finishAllRequests: ${messages.join()} in the place of ${expected.join()}`)
    this.#thrown.clear()
  }

  #changeSomething(number: number): void {
    const random = this.#random
    if (number % EVERY_OPTIONS === 0) {
      this.#variant++
      this.curl.setOptions(sharedOptions(this.#variant))
    }
    if (number % EVERY_LIMITS !== 0) return
    this.curl.setMaxRequests(random.pick([3, 10, 40, 100]))
    this.curl.setLimits({
      maxRequestsPerHost: random.pick([null, 5, 30]),
      rateLimit: random.pick([null, null, '5000/s' as const]),
      maxBufferedBytes: random.pick([null, 1_000_000]),
      adaptive: random.chance(0.2),
    })
  }

  async #start(number: number): Promise<void> {
    const drawn = caseOf(this.seed, number)
    this.#outstanding.set(number, drawn)
    switch (drawn.way) {
      case 'callback':
      case 'dedupe':
        await this.#startRequest(number, drawn)
        break
      case 'promise':
      case 'bodyStream':
        this.#keep(this.#request(number, drawn))
        break
      case 'stream':
        this.#batch.push(number)
        if (this.#batch.length === BATCH) this.#startBatch()
    }
    while (this.#outstanding.size - this.#batch.length > MAX_OUTSTANDING)
      await new Promise<void>((resolve) => {
        this.#onEnd = resolve
      })
  }

  #keep(running: Promise<void>): void {
    const kept = running
      .catch((error: unknown) => {
        this.wrong.push(`threw ${error instanceof Error ? String(error.stack) : String(error)}`)
      })
      .finally(() => this.#running.delete(kept))
    this.#running.add(kept)
  }

  /** Returns the URL and options of a transfer. Call `done` when it has ended; nothing may follow. */
  #prepare(number: number, drawn: SoakCase) {
    const url = urlOf(drawn, this.#variant, this.at)
    const given = optionsOf(drawn, number, this.at)
    const chunks: Buffer[] = []
    const onData = drawn.into === 'onData' ? { onData: (chunk: Buffer) => void chunks.push(chunk) } : {}
    let timer: NodeJS.Timeout | undefined
    const abort = new AbortController()
    if (drawn.givenUp === 'signal') timer = setTimeout(() => abort.abort(), drawn.afterMs)
    // Repeated, because a stream may not have started the transfer yet.
    if (drawn.givenUp === 'abort')
      timer = setInterval(() => {
        this.curl.abort(new Error('enough'), (transfer) => transfer.url === url)
      }, drawn.afterMs)
    const signal = drawn.givenUp === 'signal' ? { signal: abort.signal } : {}
    const options = given === undefined ? undefined : { ...given, ...onData, ...signal }
    const done = (outcome: Outcome | null): void => {
      clearTimeout(timer)
      this.#end(number, drawn, outcome)
    }
    return { url, options, chunks, done }
  }

  #startRequest(number: number, drawn: SoakCase): Promise<void> {
    const { url, options, chunks, done } = this.#prepare(number, drawn)
    const callback = (content: string | null, asked: string, transfer: Transfer, userData: unknown): void => {
      if (asked !== url || userData !== number) this.#complain(number, `came back as ${asked}`)
      const outcome = outcomeOf(drawn, transfer, chunks)
      if (content !== null && outcome.body !== null && content !== outcome.body)
        this.#complain(number, `has a content that is not its body: ${content.slice(0, 60)}`)
      done(outcome)
      if (!drawn.throws) return
      this.#thrown.add(number)
      throw new Error(`callback ${number}`)
    }
    return this.curl.startRequest(url, callback, number, postFieldsOf(drawn), options)
  }

  async #request(number: number, drawn: SoakCase): Promise<void> {
    const { url, options, chunks, done } = this.#prepare(number, drawn)
    try {
      const transfer = await this.curl.request(url, { ...options, postFields: postFieldsOf(drawn) })
      if (drawn.way === 'bodyStream') done(await this.#read(drawn, transfer))
      else done(outcomeOf(drawn, transfer, chunks))
    } catch (error) {
      if (!(error instanceof CurlError)) throw error
      const { errno, message } = error
      done({ errno, error: message, status: 0, body: null, step: undefined, isCutShort: false })
    }
  }

  /** Reads the body stream. A failure after the headers comes out of it. */
  async #read(drawn: SoakCase, transfer: Transfer): Promise<Outcome> {
    const isCutShort = drawn.givenUp === 'destroys'
    const step = stepOf(drawn, transfer)
    let body = ''
    for await (const chunk of transfer.stream) {
      body += (chunk as Buffer).toString('latin1')
      if (isCutShort) break
    }
    return { errno: 0, error: '', status: transfer.responseCode, body, step, isCutShort }
  }

  #startBatch(): void {
    const numbers = this.#batch
    this.#batch = []
    if (numbers.length > 0) this.#keep(this.#streamOf(numbers))
  }

  async #streamOf(numbers: readonly number[]): Promise<void> {
    const prepared = new Map(
      numbers.map((number) => {
        const drawn = caseOf(this.seed, number)
        return [number, { drawn, ...this.#prepare(number, drawn) }] as const
      }),
    )
    const inputs = numbers.map((number): StreamInput => {
      const { drawn, url, options } = prepared.get(number)!
      return { url, userData: number, postFields: postFieldsOf(drawn), ...options }
    })
    const leaveAt = this.#random.chance(0.05) ? this.#random.below(BATCH) : Infinity
    let seen = 0
    for await (const transfer of this.curl.stream(inputs, { ordered: this.#random.chance(0.3) })) {
      const number = transfer.userData as number
      const one = prepared.get(number)
      if (one === undefined) throw new Error(`a stream gave what it was not asked for: ${number}`)
      one.done(outcomeOf(one.drawn, transfer, one.chunks))
      if (seen++ >= leaveAt) break
    }
    for (const number of numbers) {
      if (this.#ends[number] !== 0) continue
      this.#dropped.add(number)
      prepared.get(number)!.done(null)
    }
  }

  /** @param outcome the outcome; null if it was not seen */
  #end(number: number, drawn: SoakCase, outcome: Outcome | null): void {
    this.#outstanding.delete(number)
    this.ended++
    if (outcome !== null) {
      this.#ends[number]!++
      const problem = problemOf(drawn, outcome) ?? this.#fileProblem(number, drawn, outcome)
      if (problem !== null) this.#complain(number, problem)
    }
    if (drawn.into === 'file' || drawn.into === 'resumedFile') this.#clear(number, drawn)
    for (const feature of featuresOf(drawn)) this.#count(feature, outcome)
    this.#onEnd?.()
    this.#onEnd = null
  }

  #fileProblem(number: number, { into, isHead }: SoakCase, { errno, status, body }: Outcome): string | null {
    if (into !== 'file' && into !== 'resumedFile') return null
    const isThere = existsSync(pathOfDownload(this.at.folder, number))
    const isWanted = errno === 0 && status < 300 && !isHead
    // The file was compared as the body.
    if (isThere && isWanted) return body === null ? 'has a file that was not read' : null
    return isThere === isWanted
      ? null
      : `has ${isThere ? 'a' : 'no'} file, with errno ${errno} and status ${status}`
  }

  /** Deletes the download and what is kept to resume it. Any other file left in the folder is reported. */
  #clear(number: number, { into }: SoakCase): void {
    const path = pathOfDownload(this.at.folder, number)
    rmSync(path, { force: true })
    if (into !== 'resumedFile') return
    for (const kept of [`${path}.part`, `${path}.part.json`]) rmSync(kept, { force: true })
  }

  #count(feature: string, outcome: Outcome | null): void {
    let counters = this.tallies.get(feature)
    if (counters === undefined) this.tallies.set(feature, (counters = { started: 0, ok: 0, failed: 0 }))
    counters.started++
    if (outcome?.errno === 0) counters.ok++
    else if (outcome !== null) counters.failed++
  }

  #complain(number: number, problem: string): void {
    if (this.wrong.length < WRONG_KEPT)
      this.wrong.push(`${number} ${problem}\n    ${JSON.stringify(caseOf(this.seed, number))}`)
  }
}

function stepOf(drawn: SoakCase, transfer: Transfer): string | undefined {
  return drawn.capturesHeaders ? transfer.headers['x-step']?.toString() : undefined
}

function outcomeOf(drawn: SoakCase, transfer: Transfer, chunks: readonly Buffer[]): Outcome {
  const { errno, error, responseCode: status } = transfer
  const body = bodyOf(drawn, transfer, chunks)
  return { errno, error, status, body, step: stepOf(drawn, transfer), isCutShort: false }
}

/** Returns the received bytes from wherever they went; null if they were not kept. */
function bodyOf(
  { into, givenUp }: SoakCase,
  { output, body }: Transfer,
  chunks: readonly Buffer[],
): string | null {
  if (output !== null) {
    const text = readFileSync(output.path, 'latin1')
    return text.length === output.size ? text : `${text} (it says that it has ${output.size} bytes)`
  }
  if (into === 'onData') return Buffer.concat(chunks).toString('latin1')
  return givenUp === 'WRITEFUNCTION' ? null : body.toString('latin1')
}

/** Returns the features that are counted for a transfer. */
function featuresOf(drawn: SoakCase): string[] {
  const { way, sent, cookies, proxy, login, givenUp, fault, into, retries, isFaulty, plan } = drawn
  return [
    'all',
    `by ${way}`,
    ...(sent === null
      ? []
      : [['iterable', 'blob', 'file', 'failing'].includes(sent.kind) ? 'upload' : 'post']),
    ...(cookies === null ? [] : [cookies.kind === 'own' ? 'own cookie' : cookies.kind]),
    ...(proxy === null ? [] : [proxy.kind === 'pool' ? 'proxy pool' : `${proxy.kind} proxy`]),
    ...(login === null ? [] : ['credentials']),
    ...(plan.redirect === null ? [] : ['redirected']),
    ...(into === 'memory' ? [] : [into === 'onData' ? 'onData' : 'download']),
    ...(retries > 0 ? ['retry'] : []),
    ...(givenUp === null ? [] : ['given up']),
    ...(fault === null ? [] : ['server breaks']),
    ...(isFaulty ? ['faulty servers'] : []),
  ]
}
