/** URLs of Redis. Does not connect. */
import { expect } from 'chai'
import { QueueProblem } from '../../../../src/bullmq/jobs/problems.js'
import { parseRedisUrl } from '../../../../src/bullmq/queues/redis.js'

describe('the URL of a Redis', () => {
  it('is read, and named without its password', () => {
    const place = parseRedisUrl('rediss://me:p%40ss@[::1]:6380/3')
    expect(place.name).to.equal('rediss://[::1]:6380/3')
    expect(place.connection).to.deep.equal({
      host: '::1',
      port: 6380,
      username: 'me',
      password: 'p@ss',
      db: 3,
      tls: {},
    })
    expect(parseRedisUrl('redis://localhost').connection).to.deep.equal({ host: 'localhost', port: 6379 })
  })

  for (const url of [
    '',
    'localhost',
    'http://localhost',
    'redis://:sesame@',
    'redis://:sesame@host/db',
    'redis://:sesame%@host',
  ]) {
    it(`is refused without showing what is in it: ${JSON.stringify(url)}`, () => {
      expect(() => parseRedisUrl(url))
        .to.throw(QueueProblem)
        .with.property('message')
        .that.does.not.include('sesame')
    })
  }
})
