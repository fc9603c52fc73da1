/** Runs a random sequence on an instance without a network. Does not draw sequences. */
import { expect } from 'chai'
import {
  ProxyPool,
  SessionPool,
  type RequestCallback,
  type RequestOptions,
  type StreamInput,
  type Transfer,
} from '../../../src/index.js'
import { CODES, STATUSES, URLS, type Request, type Sequence, type Step, type Stream } from './any-sequence.js'
import { WirelessCurl } from './wireless-curl.js'

/** Far more than any sequence needs: what is not over by then waits forever. */
const TURNS = 400

/** One run of a sequence. */
export class SequenceRun {
  readonly curl: WirelessCurl
  /** Each one that waits, with its reason. */
  readonly waiting = new Set<string>()
  readonly wrong: string[] = []
  private readonly signals = [0, 1, 2].map(() => new AbortController())
  private readonly sessions: SessionPool
  private readonly proxies: ProxyPool
  private readonly gates: (() => void)[] = []
  private readonly hasByteLimit: boolean
  private count = 0
  private moods = 0
  /** Bounds what functions start in their turn. */
  private budget = 6

  constructor(private readonly given: Sequence) {
    this.curl = new WirelessCurl(given.maxRequests)
    this.curl.engine.idle = given.idle
    this.hasByteLimit = given.steps.some(([, one]) => one.do === 'limits' && one.bytes !== null)
    this.sessions = new SessionPool({
      size: 2,
      maxUses: 2,
      maxErrors: 1,
      create: () => this.makeSession() as object,
    })
    const { strategy } = given
    this.proxies = new ProxyPool(['http://p.example:1', 'http://p.example:2', null], {
      strategy:
        strategy === 'function'
          ? (_request, available) => (this.act(), available[0])
          : strategy === 'sticky'
            ? 'sticky'
            : 'round-robin',
      stickyBy: ({ host }) => (this.act(), host),
      maxRequestsPerProxy: 1,
      coolDown: { baseMs: 10, maxMs: 20 },
      clock: () => this.curl.clock.now(),
    })
  }

  async do([place, step]: readonly [string, Step]): Promise<void> {
    if (place === 'microtask') await Promise.resolve()
    if (place === 'tick') await new Promise<void>((resolve) => process.nextTick(resolve))
    if (place === 'turn') await new Promise(setImmediate)
    this.doNow(step)
  }

  /** Lets everything end, and reports who waits all the same. */
  async end(): Promise<void> {
    void this.finish()
    const { engine, clock, dispatcher } = this.curl
    for (let turn = 0; turn < TURNS; turn++) {
      this.openGates()
      for (const transfer of [...engine.onWire]) {
        engine.receive(transfer, 200, Buffer.from('body'))
        engine.end(transfer, 200)
      }
      await new Promise(setImmediate)
      if (this.waiting.size === 0 && dispatcher.isIdle) break
      if (engine.onWire.size === 0) clock.step()
    }
    const { pending, delayed, inFlight } = dispatcher.scheduler.numbers
    expect([...this.waiting], 'they wait').to.deep.equal([])
    expect(this.wrong).to.deep.equal([])
    expect({ pending, delayed, inFlight, isIdle: dispatcher.isIdle }).to.deep.equal({
      pending: 0,
      delayed: 0,
      inFlight: 0,
      isIdle: true,
    })
    expect([...dispatcher.scheduler.outstanding()], 'outstanding').to.have.lengthOf(0)
    expect(
      this.proxies.stats().map((proxy) => proxy.inFlight),
      'proxies in use',
    ).to.deep.equal([0, 0, 0])
  }

  private doNow(step: Step): void {
    const { engine, clock, dispatcher } = this.curl
    const onWire = [...engine.onWire]
    switch (step.do) {
      case 'request':
        this.start(step.given)
        break
      case 'stream':
        this.startStream(step.given)
        break
      case 'end': {
        const transfer = onWire[step.at % onWire.length]
        if (transfer !== undefined) engine.end(transfer, STATUSES[step.status] as number, CODES[step.code])
        break
      }
      case 'receive': {
        const transfer = onWire[step.at % onWire.length]
        if (transfer !== undefined)
          engine.receive(transfer, STATUSES[step.status] as number, Buffer.from('part'))
        break
      }
      case 'abort':
        this.abort(step.at)
        break
      case 'signal':
        this.signals[step.at]?.abort()
        this.signals[step.at] = new AbortController()
        break
      case 'advance':
        clock.advance(step.ms)
        break
      case 'sessions':
        this.openGates()
        break
      case 'limits':
        dispatcher.setLimits({
          maxRequests: step.maxRequests,
          maxBufferedBytes: step.bytes,
          maxRequestsPerHost: step.perHost,
        })
        break
      case 'finish':
        void this.finish()
    }
  }

  private abort(at: number | null): void {
    const all = [...this.curl.dispatcher.outstanding()]
    const one = at === null ? null : all[at % all.length]
    this.curl.abort(new Error('enough'), (transfer) => one === null || transfer === one)
  }

  private finish(): Promise<void> {
    return this.wait(`finishAllRequests() ${String(++this.count)}`, this.curl.finishAllRequests())
  }

  private openGates(): void {
    for (const open of this.gates.splice(0)) open()
  }

  /** Notes that somebody waits for a promise, and resolves when it has settled in any way. */
  private wait(who: string, promise: Promise<unknown>): Promise<void> {
    this.waiting.add(who)
    const done = (): void => void this.waiting.delete(who)
    return promise.then(done, done)
  }

  private optionsOf(given: Pick<Request, 'access' | 'signal'>): RequestOptions {
    const { access } = given
    const controller = given.signal === null ? undefined : this.signals[given.signal]
    return {
      ...(access === 'session' || access === 'both' ? { session: this.sessions } : {}),
      ...(access === 'proxies' || access === 'both' ? { proxies: this.proxies } : {}),
      ...(controller === undefined ? {} : { signal: controller.signal }),
    }
  }

  private start(given: Request): void {
    const name = `${given.way} ${String(++this.count)}`
    const { way, timeout, retry, isNewSession, priority } = given
    const options: RequestOptions = {
      ...this.optionsOf(given),
      ...(timeout === null ? {} : { totalTimeoutMs: timeout }),
      ...(priority === 0 ? {} : { priority }),
      ...(retry === 0
        ? {}
        : {
            retry: {
              limit: retry,
              backoffMs: 5,
              jitter: 'none' as const,
              ...(isNewSession ? { newSession: true } : {}),
              shouldRetry: () => (this.act(), undefined),
            },
          }),
      ...(way === 'dedupe' ? { dedupe: true } : {}),
      ...(way === 'bodyStream' ? { responseType: 'stream' as const } : {}),
      ...(way === 'onData'
        ? { onData: () => (given.then === 'wait' ? new Promise(setImmediate) : this.act()) }
        : {}),
    }
    const url = URLS[given.url] as string
    if (way === 'callback' || way === 'dedupe') {
      this.waiting.add(name)
      const callback: RequestCallback = () => {
        if (!this.waiting.delete(name)) this.wrong.push(`${name} was called twice`)
        return this.then(given)
      }
      void this.wait(`launch of ${name}`, this.curl.startRequest(url, callback, options))
      return
    }
    void this.wait(
      name,
      this.curl
        .request(url, options)
        .then((transfer) => (way === 'bodyStream' ? this.read(transfer, given) : this.then(given))),
    )
  }

  private async read(transfer: Transfer, given: Request): Promise<void> {
    const { stream } = transfer
    stream.on('error', () => undefined)
    if (given.then === 'destroy') stream.destroy()
    // Nobody reads it: it must not hold up the end.
    if (given.then === 'nothing') return
    try {
      for await (const chunk of stream) if (chunk !== null && given.then === 'abort') break
    } catch {
      // The transfer failed in the middle of its body.
    }
    await this.then(given)
  }

  private then(given: Request): unknown {
    switch (given.then) {
      case 'throw':
        throw new Error('the callback throws')
      case 'wait':
        return new Promise(setImmediate)
      case 'start':
        this.startAnother(given)
        return undefined
      case 'abort':
        this.abort(null)
        return undefined
      case 'finish':
        // A callback keeps its body until it has settled: with a limit of unread bytes, those that it waits
        // for could not start.
        return this.hasByteLimit ? undefined : this.finish()
      default:
        return undefined
    }
  }

  private startAnother(like: Request): void {
    if (this.budget-- > 0) this.start({ ...like, then: 'nothing' })
  }

  private get mood(): Sequence['moods'][number] {
    return this.given.moods[this.moods++ % this.given.moods.length] as Sequence['moods'][number]
  }

  /** A function of the user's that the instance calls while it decides. */
  private act(): void {
    const { act } = this.mood
    if (act === 'throw') throw new Error('a function throws')
    if (act === 'abortAll') this.abort(null)
    if (act === 'signal') for (const signal of this.signals) signal.abort()
    if (act === 'signal') this.signals.fill(new AbortController())
    if (act === 'start')
      this.startAnother({
        way: 'callback',
        url: 0,
        access: 'both',
        signal: 0,
        timeout: null,
        retry: 0,
        isNewSession: false,
        priority: 0,
        then: 'nothing',
      })
  }

  private makeSession(): unknown {
    const { session } = this.mood
    this.act()
    switch (session) {
      case 'soon':
        return Promise.resolve({})
      case 'later':
        return new Promise((resolve) => this.gates.push(() => resolve({})))
      case 'rejected':
        return Promise.reject(new Error('no session'))
      case 'throws':
        throw new Error('no session')
      default:
        return {}
    }
  }

  private startStream(given: Stream): void {
    const name = `stream ${String(++this.count)}`
    const { isOrdered: ordered, window } = given
    const inputs = this.inputsOf(given)
    const { signal, ...options } = this.optionsOf(given)
    const stream = this.curl.stream(given.isAsync ? later(inputs) : inputs, {
      ...options,
      ordered,
      window,
      ...(signal === undefined ? {} : { signal }),
    })
    void this.wait(name, this.loop(stream, given))
  }

  private *inputsOf({ urls, ends, inputSignal }: Stream): Generator<StreamInput> {
    for (const url of urls)
      yield { url: URLS[url] as string, ...this.optionsOf({ access: 'none', signal: inputSignal }) }
    if (ends === 'throws') throw new Error('the input throws')
    if (ends === 'badInput') yield {} as StreamInput
  }

  private async loop(
    stream: AsyncIterableIterator<Transfer>,
    { leavesAfter, atOnce }: Stream,
  ): Promise<void> {
    const seen = new Set<Transfer>()
    for (;;) {
      const results = await Promise.allSettled(Array.from({ length: atOnce }, () => stream.next()))
      for (const result of results) {
        if (result.status === 'rejected' || result.value.done) continue
        if (seen.has(result.value.value)) this.wrong.push('a stream gave a transfer twice')
        seen.add(result.value.value)
      }
      if (seen.size > leavesAfter) await stream.return?.()
      if (results.some((result) => result.status === 'fulfilled' && result.value.done)) return
    }
  }
}

async function* later(inputs: Iterable<StreamInput>): AsyncGenerator<StreamInput> {
  for (const input of inputs) {
    await new Promise(setImmediate)
    yield input
  }
}
