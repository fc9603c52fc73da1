/**
 * Sequences with which a fault was found once. Does not know how they are run.
 */
import type { Request, Sequence } from './any-sequence.js'

const REQUEST: Request = {
  way: 'callback',
  url: 0,
  access: 'none',
  signal: null,
  timeout: null,
  retry: 0,
  isNewSession: false,
  priority: 0,
  then: 'nothing',
}

/** A gate of proxies was asked while every slot was taken, and no proxy that came free afterwards woke it. */
const ASKED_IN_VAIN: Sequence = {
  steps: [
    ['now', { do: 'request', given: { ...REQUEST, access: 'both' } }],
    ['now', { do: 'request', given: REQUEST }],
    ['now', { do: 'request', given: REQUEST }],
    ['now', { do: 'sessions' }],
  ],
  moods: [{ session: 'made', act: 'start' }],
  maxRequests: 4,
  idle: 0,
  strategy: 'function',
}

/** An awaited transfer was launched while it still waited for its session. */
const LAUNCHED_TOO_EARLY: Sequence = {
  steps: [
    [
      'microtask',
      {
        do: 'request',
        given: {
          way: 'onData',
          url: 2,
          access: 'none',
          signal: 2,
          timeout: 1,
          retry: 0,
          isNewSession: false,
          priority: 0,
          then: 'start',
        },
      },
    ],
    ['turn', { do: 'signal', at: 2 }],
    ['turn', { do: 'abort', at: 1 }],
    ['now', { do: 'receive', at: 3, status: 0 }],
    ['turn', { do: 'end', at: 8, code: 3, status: 3 }],
    [
      'tick',
      {
        do: 'stream',
        given: {
          urls: [2, 0, 0, 1, 1],
          access: 'session',
          signal: 2,
          inputSignal: 2,
          isAsync: false,
          isOrdered: true,
          window: 1,
          leavesAfter: Infinity,
          atOnce: 3,
          ends: 'well',
        },
      },
    ],
    [
      'tick',
      {
        do: 'stream',
        given: {
          urls: [0, 0],
          access: 'session',
          signal: 1,
          inputSignal: 1,
          isAsync: true,
          isOrdered: true,
          window: 1,
          leavesAfter: 1,
          atOnce: 2,
          ends: 'well',
        },
      },
    ],
    [
      'now',
      {
        do: 'request',
        given: {
          way: 'dedupe',
          url: 0,
          access: 'none',
          signal: null,
          timeout: null,
          retry: 1,
          isNewSession: false,
          priority: 0,
          then: 'finish',
        },
      },
    ],
    ['tick', { do: 'limits', maxRequests: 3, bytes: 500, perHost: null }],
    ['tick', { do: 'finish' }],
  ],
  moods: [
    { session: 'soon', act: 'signal' },
    { session: 'rejected', act: 'nothing' },
    { session: 'rejected', act: 'throw' },
    { session: 'rejected', act: 'nothing' },
  ],
  maxRequests: 1,
  idle: Infinity,
  strategy: 'function',
}

export const FOUND: readonly Sequence[] = [ASKED_IN_VAIN, LAUNCHED_TOO_EARLY]
