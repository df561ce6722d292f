import type { ChalkInstance } from 'chalk'
import type { Risk } from '../../contract/kind.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import { firstNames } from '../../contract/text/join-names.ts'
import type { ContentDiff, FileChange } from '../../core/diff/content-diff.ts'
import type { FieldChange } from '../../core/diff/field-diff.ts'
import { printableText } from '../../core/printable.ts'
import type { PlanItem, PublishPlan } from '../../core/publish/publish-plan.ts'
import { describeSwitch } from '../../core/registry/operator-switch.ts'
import { oneLine } from './one-line.ts'
import { summarizeDiff } from './summarize-diff.ts'
import { count } from './table.ts'

/** More risks are summed up: a first publish of thousands of definitions cannot be read line by line. */
const MOST_RISKS = 50
/** The same for high risks, which are all shown as long as a person may read them. */
const MOST_HIGH_RISKS = 500
/** More missing definitions are summed up: a small tree beside a large registry lacks most of it. */
const MOST_MISSING = 30
/** The same for those that others require, which are all shown as long as a person may read them. */
const MOST_REQUIRED = 500
/** After so many lines about definitions, the others are counted. */
const MOST_LINES = 2_000
/** The most definitions named as broken by one. */
const MOST_BROKEN = 50

const SIGNS = { add: '+', change: '~', stale: '=', held: '!', refused: 'x' } as const

/** How much of each definition is shown: the differences of texts, or the names of what differs on one line. */
interface PlanText {
  texts: boolean
  brief?: boolean
}

/** A plan for people: risks first, then each definition with its fields and texts, then the totals. */
export function presentPlan(plan: PublishPlan, paint: ChalkInstance, options: PlanText): string {
  const items = presentItems(plan.items, paint, options)
  return [...presentRisks(plan, paint), ...items, ...presentMissing(plan, paint), summarizePlan(plan)].join(
    '\n',
  )
}

/** Each definition, as far as a person may read them; what a person has to look at comes first if they do not fit. */
function presentItems(items: readonly PlanItem[], paint: ChalkInstance, options: PlanText): string[] {
  const lines: string[] = []
  const ordered = items.length > MOST_LINES ? [...items].sort((a, b) => urgencyOf(a) - urgencyOf(b)) : items
  for (const [at, item] of ordered.entries()) {
    if (lines.length >= MOST_LINES) return [...lines, presentRest(items.length - at, 'definition', paint)]
    for (const line of presentItem(item, paint, options)) lines.push(line)
  }
  return lines
}

const URGENCY: readonly PlanItem['action'][] = ['refused', 'held', 'stale', 'change', 'add']

function urgencyOf({ action, breaks }: PlanItem): number {
  return breaks.length > 0 ? -1 : URGENCY.indexOf(action)
}

function presentRest(rest: number, what: string, paint: ChalkInstance): string {
  return paint.dim(`  … and ${count(rest, `more ${what}`)}; --json has them all`)
}

/** Definitions that others require are first; all of them are shown when they would be removed. */
function presentMissing({ missing, prune }: PublishPlan, paint: ChalkInstance): string[] {
  const sign = prune ? paint.red('-') : paint.dim('?')
  const note = prune ? 'removed' : 'missing from this checkout; stays published unless --prune'
  const required = missing.filter(({ requiredBy }) => requiredBy.length > 0)
  const others = missing.filter(({ requiredBy }) => requiredBy.length === 0)
  const most = prune ? Math.max(MOST_MISSING, Math.min(required.length, MOST_REQUIRED)) : MOST_MISSING
  const removals = [...required, ...others].slice(0, most)
  const lines = removals.map((removal) => {
    const names = printableText(firstNames(removal.requiredBy).join(', '))
    return `${sign} ${shownName(removal)}  ${paint.dim(note)}${names && paint.red(` (required by ${names})`)}`
  })
  const left = missing.length - removals.length
  if (left > 0) lines.push(paint.dim(`  … and ${left} more; --json has them all`))
  return lines
}

/** The plan's totals on one line. */
export function summarizePlan(plan: PublishPlan): string {
  const of = (action: PlanItem['action']) => plan.items.filter((item) => item.action === action).length
  const parts = [`${of('add')} added`, `${of('change')} changed`, `${plan.unchanged} unchanged`]
  parts.push(
    plan.prune ? `${plan.missing.length} removed` : `${plan.missing.length} missing from this checkout`,
  )
  for (const action of ['stale', 'held', 'refused'] as const)
    if (of(action)) parts.push(`${of(action)} ${action}`)
  if (plan.draft) parts.push('all as drafts')
  return `${parts.join(', ')}  (${plan.registry}, ${shownCommit(plan)})`
}

/** `commit 4f2a9c10d3b7, dirty`; a plan that a preview is compared with names the preview. */
function shownCommit({ commit: { sha, dirty } }: PublishPlan): string {
  return /^[0-9a-f]+$/.test(sha) ? `commit ${sha.slice(0, 12)}${dirty ? ', dirty' : ''}` : printableText(sha)
}

/** The plan's risks, the most severe first, and of these those of changes; empty when it has none. */
export function presentRisks(plan: PublishPlan, paint: ChalkInstance): string[] {
  const order: Risk['level'][] = ['high', 'medium', 'low']
  const risks = plan.items
    .filter((item) => item.action === 'add' || item.action === 'change')
    .flatMap((item) => item.risks.map((risk) => ({ item, risk })))
    .filter(({ item, risk }) => item.action === 'change' || risk.level === 'high')
    .sort(
      (a, b) =>
        order.indexOf(a.risk.level) - order.indexOf(b.risk.level) ||
        Number(a.item.action === 'add') - Number(b.item.action === 'add'),
    )
  if (risks.length === 0) return []
  const high = risks.filter(({ risk }) => risk.level === 'high').length
  const most = Math.max(MOST_RISKS, Math.min(high, MOST_HIGH_RISKS))
  const lines = risks.slice(0, most).map(({ item, risk }) => {
    const level =
      risk.level === 'high' ? paint.red('high') : risk.level === 'medium' ? paint.yellow('medium') : 'low'
    return `  ${level}  ${shownName(item)}  ${printableText(risk.message)}`
  })
  if (high > most) lines.push(paint.red(`  … and ${high - most} more high ones; --json has them all`))
  else if (risks.length > most)
    lines.push(paint.dim(`  … and ${risks.length - most} more; --json has them all`))
  return [paint.bold(`Risks (${risks.length})`), ...lines, '']
}

function presentItem(item: PlanItem, paint: ChalkInstance, { texts, brief }: PlanText): string[] {
  const colour = {
    add: paint.green,
    change: paint.yellow,
    stale: paint.dim,
    held: paint.red,
    refused: paint.red,
  }[item.action]
  const versions =
    item.action === 'add'
      ? ''
      : brief && item.diff
        ? paint.dim(`  v${item.expectedVersion}: ${summarizeDiff(item.diff)}`)
        : paint.dim(
            `  v${item.expectedVersion} ${[...new Set([item.previousDigest, item.digest])].map((digest) => digest?.slice(0, 12)).join(' → ')}`,
          )
  const along = item.neededBy ? paint.dim(`  included: ${printableText(item.neededBy)} requires it`) : ''
  const head = `${colour(SIGNS[item.action])} ${shownName(item)}${versions}${presentStanding(item, paint)}${along}${item.note ? `  ${colour(`${item.action}: ${printableText(item.note)}`)}` : ''}`
  const broken = firstNames(item.breaks, MOST_BROKEN).map((name) =>
    paint.red(`    breaks ${printableText(name)}`),
  )
  return [
    head,
    ...broken,
    ...(item.diff && !brief && !isSameDraft(item) ? presentDiff(item.diff, paint, texts) : []),
  ]
}

/** Whether the only change is that readers will see the definition. */
function isSameDraft({ previousDigest, digest, liveVersion }: PlanItem): boolean {
  return previousDigest === digest && liveVersion === undefined
}

/** The readers that will see a definition, where those are not all readers or change. */
function presentStanding({ action, draft, liveVersion, ...item }: PlanItem, paint: ChalkInstance): string {
  if (action !== 'add' && action !== 'change') return ''
  if (item.disabled && !draft) return paint.yellow(`  stays ${printableText(describeSwitch(item.disabled))}`)
  if (draft)
    return paint.cyan(liveVersion === undefined ? '  as a draft' : `  as a draft; v${liveVersion} stays live`)
  return action === 'change' && item.previousDigest === item.digest ? paint.cyan('  the draft goes live') : ''
}

/** The changes inside one definition, indented under its name. */
export function presentDiff(diff: ContentDiff, paint: ChalkInstance, texts: boolean): string[] {
  const lines = diff.fields.map((field) => presentField(field, paint))
  for (const file of diff.files) lines.push(...presentFile(file, paint, texts))
  if (lines.length === 0) lines.push(paint.dim('    only the formatting of the manifest changed'))
  return lines
}

function presentField(field: FieldChange, paint: ChalkInstance): string {
  const path = printableText(field.path)
  if (!('before' in field)) return paint.green(`    + ${path}: ${oneLine(field.after)}`)
  if (!('after' in field)) return paint.red(`    - ${path}: ${oneLine(field.before)}`)
  return `    ${paint.yellow('~')} ${path}: ${oneLine(field.before)} → ${oneLine(field.after)}`
}

function presentFile(file: FileChange, paint: ChalkInstance, texts: boolean): string[] {
  const head = `    ${file.change} ${printableText(file.path)}  ${paint.dim(`${file.sizes[0]} → ${count(file.sizes[1], 'byte')}`)}`
  const fields = (file.fields ?? []).map((field) => `  ${presentField(field, paint)}`)
  const patch = texts && file.patch ? presentPatch(file.patch, paint) : []
  return [head, ...fields, ...patch]
}

function presentPatch(patch: string, paint: ChalkInstance): string[] {
  const lines = printableText(patch).trimEnd().split('\n').slice(2)
  const colours: Record<string, (text: string) => string> = {
    '+': paint.green,
    '-': paint.red,
    '@': paint.cyan,
  }
  return lines.map((line) => `      ${(colours[line[0] ?? ''] ?? String)(line)}`)
}

/** Names of folders, and names that another publisher chose, are untrusted like the contents. */
function shownName(definition: Named): string {
  return printableText(nameOf(definition))
}
