import type { ChalkInstance } from 'chalk'
import type { Preview, RaisedPreview } from '../../contract/protocol/previews.ts'
import type { ReleaseResult } from '../../contract/protocol/sync.ts'
import { code } from '../../core/comment/markdown.ts'
import { printableText } from '../../core/printable.ts'
import type { PublishPlan } from '../../core/publish/publish-plan.ts'
import type { Screen } from '../terminal/screen.ts'
import { presentPlan } from './publish-plan.ts'
import { count, type TableColumn, table } from './table.ts'
import { shownTime } from './time.ts'

/** A preview that shows the tree, and its address. */
export interface ShownPreview {
  preview: RaisedPreview
  /** The changes of the tree against production. */
  plan: PublishPlan
  /** The changes that this run made in the preview. */
  result: ReleaseResult
  url: string | null
  header: string
}

/** The header of a request that reads a preview. */
export const renderHeader = (name: string) => `X-Nofx-Env: ${name}`

/** The changes of the tree against production, then the preview's address. */
export function presentPreview({ preview, plan, result, url, header }: ShownPreview, paint: ChalkInstance) {
  const moved = result.outcomes.filter(({ outcome }) => outcome !== 'unchanged' && outcome !== 'held').length
  const lines = [
    presentPlan(plan, paint, { texts: true }),
    '',
    `Preview ${paint.bold(preview.name)} ${preview.created ? 'is up' : 'is up to date'}: ${count(moved, 'definition')} moved in it.`,
    ...(url ? [`  url      ${printableText(url)}`] : []),
    `  header   ${header}`,
    `  origin   ${printableText(preview.origin)}`,
    `  expires  ${preview.expiresAt}`,
    `  see      nofx registry list --env ${preview.name}`,
  ]
  return lines.join('\n')
}

/** The preview's address as Markdown, for the head of a comment. */
export function renderIntro({ preview, url, header }: Omit<ShownPreview, 'plan' | 'result'>): string {
  const where = url ? `[${preview.name}](${url})` : code(preview.name)
  return `Preview ${where} (header ${code(header)}), until ${preview.expiresAt}.`
}

/** `leave` is the order in which a narrow screen leaves columns out. */
export const PREVIEW_COLUMNS: TableColumn<Preview>[] = [
  { heading: 'PREVIEW', of: ({ name }) => name },
  { heading: 'STATE', of: ({ expired, state }) => (expired ? 'expired' : state) },
  { heading: 'CHANGES', of: ({ changes }) => changes, leave: 4 },
  { heading: 'EXPIRES', of: ({ expiresAt }, screen) => shownTime(expiresAt, screen) },
  { heading: 'COMMIT', of: ({ commit }) => commit?.slice(0, 12) ?? null, leave: 1 },
  { heading: 'BY', of: ({ actor }) => actor, least: 10, leave: 3 },
  { heading: 'ORIGIN', of: ({ origin }) => origin, least: 12, leave: 2, middle: true },
]

export function presentPreviews(previews: readonly Preview[], screen: Screen): string {
  if (previews.length === 0) return 'There are no previews. Make one: nofx preview up <name>'
  return table(PREVIEW_COLUMNS, previews, screen)
}
