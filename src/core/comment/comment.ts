import type { Diagnostic } from '../../contract/diagnostic.ts'
import { nameOf } from '../../contract/name.ts'
import type { ContentDiff, FileChange } from '../diff/content-diff.ts'
import type { FieldChange } from '../diff/field-diff.ts'
import type { PlanItem, PublishPlan } from '../publish/publish-plan.ts'
import { code, details, fence } from './markdown.ts'
import {
  breaksSection,
  changesSection,
  findingsSection,
  plural,
  removalsSection,
  risksSection,
  selectErrors,
  short,
} from './sections.ts'

/** GitHub accepts 65,536 characters in a comment; the difference is left for what a workflow adds around it. */
export const LONGEST_COMMENT = 60_000

/** The first line of every comment. The next run finds the comment to replace by it; readers do not see it. */
export const COMMENT_MARK = '<!-- nofx -->'

const LONGEST_VALUE = 80

/**
 * The content of a comment. Without a plan there are only findings: those of a validation, or those that prevent a
 * plan.
 */
export interface CommentContent {
  plan?: PublishPlan
  diagnostics: readonly Diagnostic[]
  /** Trusted Markdown that goes above everything else, such as the address of a preview. */
  intro?: string
}

/**
 * Writes what a change would do, for a pull request's comment: findings and risks first, then what would break, then
 * each definition with its diffs collapsed. All text from a definition is written as code, so that it cannot format,
 * mention, link or end anything. Content that does not fit is left out and counted.
 * @param longest characters (UTF-16); the default leaves room for all lists
 */
export function writeComment(content: CommentContent, longest = LONGEST_COMMENT): string {
  const { plan, diagnostics, intro } = content
  const parts = [
    `${COMMENT_MARK}\n### ${title(content)}`,
    ...(intro ? [intro] : []),
    ...findingsSection(diagnostics),
    ...(plan ? [risksSection, breaksSection, changesSection, removalsSection].flatMap((of) => of(plan)) : []),
  ]
  let left = longest - 200 - parts.join('\n\n').length
  let omitted = 0
  for (const item of plan?.items ?? []) {
    if (!item.diff) continue
    const block = left > 0 ? renderDiff(item, item.diff) : ''
    if (block === '' || block.length + 2 > left) omitted += 1
    else {
      left -= block.length + 2
      parts.push(block)
    }
  }
  if (omitted) parts.push(`_${plural(omitted, 'more diff')} left out here; the job's log has all of them._`)
  return parts.join('\n\n')
}

function title({ plan, diagnostics }: CommentContent): string {
  const errors = selectErrors(diagnostics).length
  if (!plan) return errors ? `Nothing can be published: ${plural(errors, 'error')}` : 'No errors found'
  const of = (...actions: PlanItem['action'][]) => plan.items.filter((item) => actions.includes(item.action))
  const words = [
    [of('add').length, 'added'],
    [of('change').length, 'changed'],
    [plan.prune ? plan.missing.length : 0, 'removed'],
    [of('stale', 'held', 'refused').length, 'not moved'],
  ] as const
  const phrases = words.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  return phrases.length ? `Publishing this: ${phrases.join(', ')}` : 'Publishing this changes nothing'
}

function renderDiff(item: PlanItem, { fields, files }: ContentDiff): string {
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

const shownValue = (value: unknown) => short(JSON.stringify(value) ?? 'nothing', LONGEST_VALUE)
