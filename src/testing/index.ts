/** A mock for tests (`parallelcurl/testing`): exports, nothing else. */
export { CurlMock, UnmatchedRequestError, type CurlMockOptions } from './curl-mock.js'
export type { MockFailure, MockMatcher, MockRule } from './mock-rule.js'
export type { MockBody, MockHeaders, MockReply, MockReplyInput } from './mock-reply.js'
export type { MockedRequest } from './mocked-request.js'
export { VirtualClock } from './virtual-clock.js'
export type { Clock } from '../scheduling/time/clock.js'
