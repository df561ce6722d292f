import type { Diagnostic } from '../../contract/diagnostic.ts'
import { isError } from '../../contract/diagnostic.ts'
import { nameOf } from '../../contract/name.ts'
import type { PublishPlan } from '../publish/publish-plan.ts'
import { code, details } from './markdown.ts'

/** Maximum number of rows of each list; the job's log has all of them. */
const MOST_ROWS = 30
const LONGEST_TEXT = 200
/** Maximum length of a risk: enough for a command's arguments unless there are very many. Its kind puts what matters first. */
const LONGEST_RISK = 3_500
/** Maximum number of characters of each list, so that every list and some diffs have room. */
const LONGEST_LIST = 8_000
/** The same for risks: one of the longest fits, however much of it has to be written as entities. */
const LONGEST_RISKS = 24_000

/** The findings, the most severe first; collapsed if none of them is an error. */
export function findingsSection(diagnostics: readonly Diagnostic[]): string[] {
  if (diagnostics.length === 0) return []
  const errors = selectErrors(diagnostics)
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning')
  const rows = [...errors, ...warnings].map(({ severity, path, line, rule, message }) => () => {
    const where = code(`${short(path)}:${line}`)
    return `| ${isError({ severity }) ? '❌' : '🟡'} | ${where} | ${code(rule)} | ${code(short(message))} |`
  })
  const table = list(rows, ['| | where | rule | what |', '|---|---|---|---|'])
  const counts = `${plural(errors.length, 'error')}, ${plural(warnings.length, 'warning')}`
  return [errors.length ? `**${counts}**\n\n${table.text}` : details(counts, table.text)]
}

/** The risks to look at: all risks of changes, and only the high ones of additions. High ones that do not fit are counted above. */
export function risksSection(plan: PublishPlan): string[] {
  const order = ['high', 'medium', 'low']
  const risks = plan.items
    .filter(({ action }) => action === 'add' || action === 'change')
    .flatMap((item) => item.risks.map((risk) => ({ ...risk, item })))
    .filter(({ item, level }) => item.action === 'change' || level === 'high')
    .sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
  const rows = risks.map(
    ({ level, item, message }) =>
      () =>
        `| ${level} | ${code(short(nameOf(item)))} | ${code(short(message, LONGEST_RISK))} |`,
  )
  const high = risks.filter(({ level }) => level === 'high').length
  const table = list(rows, ['| level | definition | what |', '|---|---|---|'], {
    longest: LONGEST_RISKS,
    most: Math.max(MOST_ROWS, high),
  })
  const hidden = high - table.shownLines
  const warning = `⚠️ ${plural(hidden, 'high risk')} more than fit here: read the job's log before you merge.`
  return titled(hidden > 0 ? `**Risks. ${warning}**` : '**Risks**', table)
}

/** The live definitions outside this change that would lose something they require. */
export function breaksSection(plan: PublishPlan): string[] {
  const broken = [
    ...plan.items.flatMap((item) => item.breaks.map((other) => [nameOf(item), other] as const)),
    ...plan.missing.flatMap((removal) =>
      removal.requiredBy.map((other) => [nameOf(removal), other] as const),
    ),
  ]
  const rows = broken.map(
    ([by, other]) =>
      () =>
        `- ${code(short(by))} breaks ${code(short(other))}`,
  )
  return titled('**Breaks what is live** (refused without `--force`)', list(rows))
}

export function changesSection(plan: PublishPlan): string[] {
  const rows = plan.items.map((item) => () => {
    const note = item.note ?? (item.neededBy ? `included: ${item.neededBy} requires it` : '')
    return `| ${item.action} | ${code(short(nameOf(item)))} | ${note ? code(short(note)) : ''} |`
  })
  const { text } = list(rows, ['| | definition | |', '|---|---|---|'])
  return text ? [text] : []
}

export function removalsSection(plan: PublishPlan): string[] {
  const rows = plan.missing.map((removal) => () => `- ${code(short(nameOf(removal)))}`)
  return titled(plan.prune ? '**Removed**' : '**Not in the tree, stay published**', list(rows))
}

/** Rows as Markdown, and the number of rows that fit. */
interface CutList {
  text: string
  shownLines: number
}

/**
 * As many rows as fit, and the number of rows left out; nothing if there are no rows. A row is written only if it is
 * shown.
 */
function list(
  rows: readonly (() => string)[],
  heading: readonly string[] = [],
  { longest = LONGEST_LIST, most = MOST_ROWS } = {},
): CutList {
  const shownLines: string[] = []
  let length = 0
  for (const row of rows.slice(0, most)) {
    const text = row()
    length += text.length + 1
    if (length > longest) break
    shownLines.push(text)
  }
  if (rows.length === 0) return { text: '', shownLines: 0 }
  const rest = rows.length - shownLines.length
  const more = rest > 0 ? `\n\n_… and ${rest} more._` : ''
  return { text: [...heading, ...shownLines].join('\n') + more, shownLines: shownLines.length }
}

const titled = (title: string, { text }: CutList) => (text ? [`${title}\n\n${text}`] : [])

export const selectErrors = (diagnostics: readonly Diagnostic[]) => diagnostics.filter(isError)
export const short = (text: string, max = LONGEST_TEXT) =>
  text.length > max ? `${text.slice(0, max - 1)}…` : text
export const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
