/** The clock of tests, which is also published: `parallelcurl/testing`. */
export { VirtualClock } from '../../src/testing/virtual-clock.js'
