import type { ContentDiff, FileChange } from '../content-diff.ts'
import type { Diagnostic } from '../diagnostic.ts'
import type { FieldChange } from '../field-diff.ts'
import type { Plan, PlanItem } from '../plan.ts'
import { code, details, fence } from './markdown.ts'

/** GitHub takes 65,536 characters a comment; the rest is left for what a workflow adds around it. */
export const LONGEST_COMMENT = 60_000

/** Rows shown of any one list: beyond them nobody reads, and the job's log has them all. */
const MOST_ROWS = 30
const LONGEST_VALUE = 80

/** What a comment tells. Without a plan there are findings that prevent one. */
export interface CommentContent {
  /** Names the comment, so that the next run finds and replaces it: letters, digits, `_` and `-`. */
  mark: string
  plan?: Plan
  diagnostics: readonly Diagnostic[]
  /** Markdown of ours that goes above everything, such as where a preview is. */
  intro?: string
}

/**
 * Writes what a change would do, for a pull request's comment: findings and risks first, then what would break, then
 * each definition with its diffs closed. Whatever comes from a definition is code, so that it can neither format, mention,
 * link nor end anything. Diffs that do not fit are left out and counted.
 * @param longest characters (UTF-16)
 */
export function writeComment(content: CommentContent, longest = LONGEST_COMMENT): string {
  const { mark, plan, diagnostics, intro } = content
  const head = [
    `<!-- nofx:${mark} -->`,
    `### ${title(content)}`,
    ...(intro ? [intro] : []),
    ...findings(diagnostics),
    ...(plan ? [...risks(plan), ...breaks(plan), ...changes(plan), ...removals(plan)] : []),
  ]
  const parts = within(head, longest - 200)
  let left = longest - 200 - parts.join('\n\n').length
  let omitted = 0
  for (const item of plan?.items ?? []) {
    if (!item.diff) continue
    const block = diffOf(item, item.diff)
    if (block.length + 2 > left) omitted += 1
    else {
      left -= block.length + 2
      parts.push(block)
    }
  }
  if (omitted) parts.push(`_${omitted} more diffs do not fit here; the job's log has them._`)
  return parts.join('\n\n')
}

/** As many of the parts as fit; the first two, which name the comment, always do. */
function within(parts: readonly string[], longest: number): string[] {
  let length = 0
  return parts.filter((part, index) => {
    if (index > 1 && length + part.length + 2 > longest) return false
    length += part.length + 2
    return true
  })
}

function title({ plan, diagnostics }: CommentContent): string {
  if (!plan) return `Nothing can be published: ${plural(errorsOf(diagnostics).length, 'error')}`
  const of = (...actions: PlanItem['action'][]) => plan.items.filter((item) => actions.includes(item.action))
  const words = [
    [of('add').length, 'added'],
    [of('change').length, 'changed'],
    [plan.prune ? plan.missing.length : 0, 'removed'],
    [of('stale', 'held', 'refused').length, 'not moved'],
  ] as const
  const said = words.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  return said.length ? `Publishing this: ${said.join(', ')}` : 'Publishing this changes nothing'
}

function findings(diagnostics: readonly Diagnostic[]): string[] {
  const errors = errorsOf(diagnostics)
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning')
  const shown = [...errors, ...warnings].slice(0, MOST_ROWS)
  if (shown.length === 0) return []
  const rows = shown.map(
    ({ severity, path, line, rule, message }) =>
      `| ${severity === 'error' ? '❌' : '⚠️'} | ${code(`${path}:${line}`)} | ${code(rule)} | ${code(short(message, 200))} |`,
  )
  const table = ['| | where | rule | what |', '|---|---|---|---|', ...rows].join('\n')
  const counts = `${plural(errors.length, 'error')}, ${plural(warnings.length, 'warning')}`
  const rest = more(errors.length + warnings.length)
  return [errors.length ? `**${counts}**\n\n${table}${rest}` : details(counts, `${table}${rest}`)]
}

function risks(plan: Plan): string[] {
  const order = ['high', 'medium', 'low']
  const all = plan.items
    .filter(({ action }) => action === 'add' || action === 'change')
    .flatMap((item) => item.risks.map((risk) => ({ ...risk, item })))
    .filter(({ item, level }) => item.action === 'change' || level === 'high')
    .sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
  if (all.length === 0) return []
  const rows = all
    .slice(0, MOST_ROWS)
    .map(({ level, item, message }) => `| ${level} | ${code(nameOf(item))} | ${code(short(message, 200))} |`)
  return [
    `**Risks**\n\n${['| level | definition | what |', '|---|---|---|', ...rows].join('\n')}${more(all.length)}`,
  ]
}

function breaks(plan: Plan): string[] {
  const broken = [
    ...plan.items.flatMap((item) => item.breaks.map((other) => [nameOf(item), other] as const)),
    ...plan.missing.flatMap((gone) => gone.requiredBy.map((other) => [nameOf(gone), other] as const)),
  ]
  if (broken.length === 0) return []
  const rows = broken.slice(0, MOST_ROWS).map(([by, other]) => `- ${code(by)} breaks ${code(other)}`)
  return [`**Breaks what is live** (refused without \`--force\`)\n\n${rows.join('\n')}${more(broken.length)}`]
}

function changes(plan: Plan): string[] {
  if (plan.items.length === 0) return []
  const rows = plan.items.slice(0, MOST_ROWS).map((item) => {
    const note = item.note ?? (item.neededBy ? `comes along: ${item.neededBy} requires it` : '')
    return `| ${item.action} | ${code(nameOf(item))} | ${note ? code(short(note, 200)) : ''} |`
  })
  return [`${['| | definition | |', '|---|---|---|', ...rows].join('\n')}${more(plan.items.length)}`]
}

function removals(plan: Plan): string[] {
  if (plan.missing.length === 0) return []
  const names = plan.missing.slice(0, MOST_ROWS).map((gone) => code(nameOf(gone)))
  const what = plan.prune ? 'Removed' : 'Not in the tree, stay published'
  return [`${what}: ${names.join(', ')}${more(plan.missing.length)}`]
}

function diffOf(item: PlanItem, { fields, files }: ContentDiff): string {
  const blocks = [
    ...(fields.length ? [fence(fields.map(fieldLine).join('\n'), 'diff')] : []),
    ...files.map(fileBlock),
  ]
  return details(code(nameOf(item)), blocks.join('\n\n') || 'Only the formatting of the manifest changed.')
}

function fieldLine({ path, before, after }: FieldChange): string {
  const was = before === undefined ? [] : [`- ${path}: ${shownValue(before)}`]
  const is = after === undefined ? [] : [`+ ${path}: ${shownValue(after)}`]
  return [...was, ...is].join('\n')
}

function fileBlock({ path, change, sizes, patch, fields }: FileChange): string {
  const head = `${change} ${code(path)}, ${sizes[0]} → ${sizes[1]} bytes`
  const body = patch
    ? patch.trimEnd().split('\n').slice(2).join('\n')
    : (fields ?? []).map(fieldLine).join('\n')
  return body ? `${head}\n\n${fence(body, 'diff')}` : head
}

const errorsOf = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.filter(({ severity }) => severity === 'error')
const nameOf = ({ kind, id }: { kind: string; id: string }) => `${kind}/${id}`
const shownValue = (value: unknown) => short(JSON.stringify(value) ?? 'nothing', LONGEST_VALUE)
const short = (text: string, max: number) => (text.length > max ? `${text.slice(0, max - 1)}…` : text)
const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
const more = (count: number) => (count > MOST_ROWS ? `\n\n_… and ${count - MOST_ROWS} more._` : '')
