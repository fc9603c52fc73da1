/** The settings of the queue commands, as options set them. Does not depend on queues. */

/** The settings of a queue command. A missing field means that the option was not given. */
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
