/**
 * The least times between two starts to a host that the crawls of an instance want: the longest one holds. Does
 * not know where they come from.
 */
import type { Dispatcher } from '../../running/dispatch/dispatcher.js'

const byDispatcher = new WeakMap<Dispatcher, HostDelays>()

/** The delays of one instance. */
export class HostDelays {
  /** What each crawl wants, by origin. */
  private readonly wanted = new Map<string, Map<object, number>>()

  /** Returns those of an instance, which all its crawls share. */
  static of(dispatcher: Dispatcher): HostDelays {
    let delays = byDispatcher.get(dispatcher)
    if (delays === undefined) byDispatcher.set(dispatcher, (delays = new HostDelays(dispatcher)))
    return delays
  }

  private constructor(private readonly dispatcher: Dispatcher) {}

  /** Sets the delay that a crawl wants for an origin; 0 takes it back. Milliseconds. */
  set(crawl: object, origin: string, delayMs: number): void {
    let all = this.wanted.get(origin)
    if (all === undefined) this.wanted.set(origin, (all = new Map<object, number>()))
    if (delayMs > 0) all.set(crawl, delayMs)
    else all.delete(crawl)
    if (all.size === 0) this.wanted.delete(origin)
    const { scheduler, clock } = this.dispatcher
    scheduler.setHostDelay(`${origin}/`, Math.max(0, ...all.values()), clock.now())
  }
}
