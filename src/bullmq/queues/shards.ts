/** Assigns each host to one of several queues, the same one on every machine. Does not depend on Redis. */
import { createHash } from 'node:crypto'
import { OptionError } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import { hostKeyOf } from '../../url/url-parts.js'

/** Returns the names of the queues for `shardByHost: count`; without a count, the name itself. */
export function shardNames(name: string, count?: number): string[] {
  if (name === '' || name.includes(':')) {
    throw new OptionError(
      `the name of a queue is not empty and has no colon, got ${JSON.stringify(name)}`,
      'queue',
    )
  }
  if (count === undefined) return [name]
  if (!Number.isInteger(count) || count < 1) {
    throw mustBe('shardByHost', 'a whole number of at least 1', count)
  }
  return Array.from({ length: count }, (_, i) => `${name}-${i}-of-${count}`)
}

/** Returns the number of the queue for the host of this URL. */
export function shardOf(url: string, count: number): number {
  if (count === 1) return 0
  return createHash('sha256').update(hostKeyOf(url)).digest().readUInt32BE(0) % count
}
