/**
 * Which of several queues a host belongs to: always the same one, on every machine. Does not know Redis.
 */
import { createHash } from 'node:crypto'
import { OptionError } from '../../errors.js'
import { hostKeyOf } from '../../url/url-parts.js'

/** The names of the queues of `shardByHost: count`; without it, the one. */
export function shardNames(name: string, count?: number): string[] {
  if (name === '' || name.includes(':')) {
    throw new OptionError(
      `the name of a queue is not empty and has no colon, got ${JSON.stringify(name)}`,
      'queue',
    )
  }
  if (count === undefined) return [name]
  if (!Number.isInteger(count) || count < 1) {
    throw new OptionError(
      `shardByHost must be a whole number of at least 1, got ${String(count)}`,
      'shardByHost',
    )
  }
  return Array.from({ length: count }, (_, i) => `${name}-${i}-of-${count}`)
}

/** The number of the queue that the host of this URL belongs to. */
export function shardOf(url: string, count: number): number {
  if (count === 1) return 0
  return createHash('sha256').update(hostKeyOf(url)).digest().readUInt32BE(0) % count
}
