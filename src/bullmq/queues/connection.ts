/**
 * Checks the `connection` of queues and workers. Without one, ioredis would connect to localhost:6379, which
 * may be the Redis of somebody else. Does not connect.
 */
import { mustBe } from '../../wrong-value.js'

/** Throws `OptionError` unless the connection is options of ioredis, or one of its clients. */
export function checkConnection(where: string, connection: unknown): void {
  const isUsable =
    typeof connection === 'object' &&
    connection !== null &&
    !Array.isArray(connection) &&
    !(connection instanceof URL)
  if (isUsable) return
  throw mustBe(
    'connection',
    'an object: options of ioredis such as { host: "localhost" }, or a client of it',
    connection,
    { where, isSecret: true },
  )
}
