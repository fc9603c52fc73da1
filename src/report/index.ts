/** Reports of a run (`parallelcurl/report`): exports, nothing else. */
export { entryOf, type EntryDetails, type Phases, type RunEntry } from './entry.js'
export {
  harEntries,
  harEntry,
  toHar,
  type Har,
  type HarContent,
  type HarEntry,
  type HarOptions,
  type NameValue,
  type PostData,
} from './har.js'
export { renderReport, reportPieces, type ReportOptions } from './page.js'
export { ExchangeLog, type Exchange } from '../recordings/exchange-log.js'
