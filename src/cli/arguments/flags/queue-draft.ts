/** The settings of `enqueue`, `work`, `status` and `drain`, as options set them. Does not depend on queues. */

/** What is missing was not given. */
export interface QueueDraft {
  redis?: string
  queue?: string
  shardByHost?: number
  /** `enqueue`: the attempts of each request. */
  attempts?: number
  /** `work`: the folder for bodies. */
  store?: string
  /** `work`: true if it ends when the queue is empty. */
  untilEmpty?: boolean
}
