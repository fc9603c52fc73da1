/** The options that take a list. Does not depend on what is installed. */
import { EASY_OPTIONS } from './option-table.js'
import { parseTable } from './table-rows.js'

const ROWS = parseTable(EASY_OPTIONS.list, 'list')

/** The names of the options, without `CURLOPT_`. */
export const LIST_NAMES: ReadonlySet<string> = new Set(ROWS.map(({ name }) => name))
/** Their numbers. */
export const LIST_IDS: ReadonlySet<number> = new Set(ROWS.map(({ id }) => id))
