/** Reports of a run (`parallelcurl/report`): exports, nothing else. */
export { entryOf, type EntryDetails, type Phases, type RunEntry } from './entry.js'
export { harEntry, toHar, type Har, type HarEntry, type HarOptions, type NameValue } from './har.js'
export { renderReport, reportPieces, type ReportOptions } from './page.js'
