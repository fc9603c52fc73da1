/** Shows what the command took beside curl, and whether targets are met. Does not measure. */
import { median, ratio } from '../measure/measure.js'
import { markdown } from '../report/report.js'
import type { CommandMeasured, CommandSample } from './run.js'
import { CURL, NODE, OURS, PLAIN, type CommandRow, type Figure, type Target } from './rows.js'

const FIGURES: Readonly<Record<Figure, (sample: CommandSample) => number>> = {
  cpu: ({ cpuSeconds }) => cpuSeconds,
  wall: ({ seconds }) => seconds,
  rss: ({ maxRssKib }) => maxRssKib / 1024,
}
const NAMES: Readonly<Record<Figure, string>> = { cpu: 'CPU', wall: 'time', rss: 'peak RSS' }

/** Returns the table of a row, one line for each client. */
export function rowTable(row: CommandRow, measured: readonly CommandMeasured[]): string {
  const find = (client: string): CommandMeasured | undefined =>
    measured.find((each) => each.client === client)
  const base = find(row.clients.includes(NODE) ? NODE : CURL)
  const lines = measured.map((each) => {
    const of = (figure: Figure): number => median(each.rounds.map(FIGURES[figure]))
    const times = (figure: Figure): string =>
      base === undefined ? '' : `${ratio(each, base, FIGURES[figure]).toFixed(2)} x`
    return [
      each.client,
      of('cpu').toFixed(3),
      times('cpu'),
      of('wall').toFixed(3),
      times('wall'),
      of('rss').toFixed(0),
    ]
  })
  const head = ['client', 'CPU s', `x ${base?.client ?? ''}`, 'time s', 'x', 'peak RSS MiB']
  return `### ${row.title}\n\n${markdown(head, lines)}`
}

/** Returns the targets of all rows beside what was measured. */
export function commandTargets(rows: readonly CommandRow[], all: readonly CommandMeasured[]): string {
  const lines = rows.flatMap((row) => {
    const find = (client: string): CommandMeasured | undefined =>
      all.find((each) => each.row === row.name && each.client === client)
    return [OURS, PLAIN].flatMap((client) => {
      const of = find(client)
      return of === undefined ? [] : row.targets.flatMap((target) => lineOf(row, of, target, find))
    })
  })
  const head = ['the command beside curl', 'client', 'measured', 'target', 'met']
  return lines.length === 0 ? '' : `### Targets of the command\n\n${markdown(head, lines)}`
}

function lineOf(
  row: CommandRow,
  of: CommandMeasured,
  { figure, most, against }: Target,
  find: (client: string) => CommandMeasured | undefined,
): string[][] {
  const to = against === undefined ? undefined : find(against)
  if (against !== undefined && to === undefined) return []
  const value = to === undefined ? median(of.rounds.map(FIGURES[figure])) : ratio(of, to, FIGURES[figure])
  const unit = to === undefined ? ' MiB' : ` x ${to.client}`
  const digits = to === undefined ? 0 : 2
  const what = `${row.title.replace('The command: ', '')}: ${NAMES[figure]}`
  return [[what, of.client, value.toFixed(digits) + unit, `<= ${most}`, value <= most ? 'yes' : 'NO']]
}
